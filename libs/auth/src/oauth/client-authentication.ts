import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { storeAnswer } from '../store-answer.js';
import { checkAssertion, openAssertion, type OpenedAssertion } from './client-assertion.js';
import { ClientAttempts } from './client-attempts.js';
import { isClientSecret } from './client-secret.js';
import { ClientStore, type ClientRecord } from './client.store.js';
import { ServiceAddresses } from './service-addresses.js';
import type { PresentedClient, TokenRefusal } from './token-endpoint.request.js';

/** Milliseconds between two rounds that forget used assertions. */
const PRUNE_INTERVAL = 60_000;

/** One answer, whatever is wrong. */
const REFUSED: TokenRefusal = {
  error: 'invalid_client',
  description: 'unknown client, or wrong credentials',
};

/** Finds out which service asks for a token (RFC 6749 section 2.3, RFC 7523 section 3). */
@Injectable()
export class ClientAuthentication implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ClientStore,
    private readonly attempts: ClientAttempts,
    private readonly addresses: ServiceAddresses,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.store.prune(new Date(this.clock.now())).catch(() => undefined);
    }, PRUNE_INTERVAL);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * @returns the service, which is active; or one refusal for all that may be wrong.
   * @throws AuthError `rate_limited` after too many failures, `auth_unavailable` when the store does not answer.
   */
  async authenticate(presented: PresentedClient, origin: Origin): Promise<ClientRecord | TokenRefusal> {
    const assertion = presented.method === 'private_key_jwt' ? openAssertion(presented.assertion) : undefined;
    const clientId = presented.clientId ?? assertion?.clientId ?? '';
    const client = await storeAnswer('the client store', this.store.findById(clientId));
    const reason = await this.#reasonAgainst(presented, assertion, client);
    if (reason === undefined && client !== undefined) {
      this.events.emit({ type: 'client.authenticated', target: client.clientId }, origin);
      return client;
    }
    this.events.emit({ type: 'client.refused', target: client?.clientId, reason: reason! }, origin);
    await this.attempts.failed(clientId, origin);
    return REFUSED;
  }

  /** Why it is refused; undefined when it is not. */
  async #reasonAgainst(
    presented: PresentedClient,
    assertion: OpenedAssertion | undefined,
    client: ClientRecord | undefined,
  ): Promise<string | undefined> {
    const now = this.clock.now();
    if (presented.method !== 'private_key_jwt') {
      const isRight = isClientSecret(presented.secret, client?.secrets ?? [], now);
      if (client === undefined) return 'no client has the id';
      if (!isRight) return 'the secret is wrong';
      return client.isActive ? undefined : 'the client is not active';
    }
    if (assertion === undefined) return 'the assertion is malformed';
    if (client === undefined) return 'no client has the id';
    if (assertion.clientId !== client.clientId) return 'the assertion is of another client';
    const good = checkAssertion(assertion, client, this.addresses.audiences, now);
    if (typeof good === 'string') return good;
    if (!client.isActive) return 'the client is not active';
    // Last, so that nobody but the client can use one up.
    const isFresh = this.store.useAssertion(client.clientId, good.jti, good.expiresAt);
    return (await storeAnswer('the client store', isFresh)) ? undefined : 'the assertion was used before';
  }
}
