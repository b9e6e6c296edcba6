import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type AuthFact, type Origin } from '../events/auth-events.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Revocation } from '../revocation/revocation.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { generateClientSecret, hashClientSecret, liveSecrets } from './client-secret.js';
import {
  clientInputSchemas,
  type ClientInput,
  type ClientUpdate,
  type SecretRotation,
} from './client.input.js';
import { ClientStore, type ClientChanges, type ClientQuery, type ClientRecord } from './client.store.js';
import { clientView, isSigning, type Client } from './client.view.js';

/** A service that was just made, or got another secret. */
export interface NewClient {
  readonly client: Client;
  /** It can never be seen again. Undefined for a service that signs. */
  readonly secret: string | undefined;
}

/** What became of a change of a service. In every case but the first nothing has changed. */
export type ClientOutcome<Changed = { readonly client: Client }> =
  | ({ readonly outcome: 'changed' } & Changed)
  | { readonly outcome: 'unknown' }
  /** It has secrets and no keys, or keys and no secrets. */
  | { readonly outcome: 'other-authentication' }
  /** It has 10 good secrets. */
  | { readonly outcome: 'too-many-secrets' };

const MAX_SECRETS = 10;

/**
 * Services: makes them and changes them. What is changed counts for the tokens that they have from the next request on,
 * on every instance.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer.
 */
@Injectable()
export class ClientService {
  readonly #ids = new UuidV7Sequence();
  readonly #schemas: ReturnType<typeof clientInputSchemas>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: ClientStore,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#schemas = clientInputSchemas(options.permissions);
  }

  /**
   * Makes a service: with keys one that signs, without one that has a secret.
   *
   * @throws TypeError naming each field that is not as {@link ClientInput} says, or a grant that the catalogue does not
   * know.
   */
  async create(input: ClientInput, origin?: Origin): Promise<NewClient> {
    const { keys = [], ...fields } = readInput(this.#schemas.create, input, 'create');
    const now = new Date(this.clock.now());
    const secret = keys.length > 0 ? undefined : generateClientSecret();
    const record: ClientRecord = {
      clientId: this.#ids.next(now.getTime()),
      name: fields.name,
      orgId: fields.orgId,
      permissions: fields.permissions,
      secrets: secret === undefined ? [] : [newSecret(secret, now)],
      keys,
      isActive: true,
      createdAt: now,
      updatedAt: now,
    };
    await storeAnswer('the client store', this.store.insert(record));
    this.#tell('client.created', record.clientId, origin);
    return { client: clientView(record), secret };
  }

  async find(clientId: string): Promise<Client | undefined> {
    const record = await storeAnswer('the client store', this.store.findById(clientId));
    return record && clientView(record);
  }

  /** One page of services, oldest first; 50 unless the query says another limit. The next page begins `after` the last. */
  async list(query: Partial<ClientQuery> = {}): Promise<readonly Client[]> {
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100);
    return (await storeAnswer('the client store', this.store.list({ ...query, limit }))).map(clientView);
  }

  /**
   * Changes what is said of a service. Fewer permissions take them from the tokens that are out. Keys take the place of
   * those before.
   *
   * @throws TypeError naming each field that is not as {@link ClientUpdate} says.
   */
  async update(clientId: string, update: ClientUpdate, origin?: Origin): Promise<ClientOutcome> {
    const input = readInput(this.#schemas.update, update, 'update');
    const record = await storeAnswer('the client store', this.store.findById(clientId));
    if (record === undefined) return { outcome: 'unknown' };
    if (input.keys !== undefined && !isSigning(record)) return { outcome: 'other-authentication' };
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    if (given.length === 0) return { outcome: 'changed', client: clientView(record) };
    const revocations = input.permissions === undefined ? [] : [this.changes.changed(clientId)];
    return this.#change(clientId, Object.fromEntries(given), revocations, 'client.updated', origin);
  }

  /**
   * Gives a service another secret, and lets those that it has be good for a while yet.
   *
   * @throws TypeError when `overlap` is not as {@link SecretRotation} says.
   */
  async rotateSecret(
    clientId: string,
    rotation: SecretRotation = {},
    origin?: Origin,
  ): Promise<ClientOutcome<NewClient>> {
    const { overlap } = readInput(this.#schemas.rotation, rotation, 'rotateSecret');
    const record = await storeAnswer('the client store', this.store.findById(clientId));
    if (record === undefined) return { outcome: 'unknown' };
    if (isSigning(record)) return { outcome: 'other-authentication' };
    const now = new Date(this.clock.now());
    const isFull = overlap > 0 && liveSecrets(record.secrets, now.getTime()) >= MAX_SECRETS;
    if (isFull) return { outcome: 'too-many-secrets' };
    const secret = generateClientSecret();
    const othersEndAt = new Date(now.getTime() + overlap * 1_000);
    const changed = await storeAnswer(
      'the client store',
      this.store.addSecret(clientId, newSecret(secret, now), othersEndAt, now),
    );
    if (changed === undefined) return { outcome: 'unknown' };
    this.#tell('client.secret-added', clientId, origin);
    return { outcome: 'changed', client: clientView(changed), secret };
  }

  /** Refuses everything of a service from the next request on, and gives it no tokens. Nothing is lost by it. */
  disable(clientId: string, origin?: Origin): Promise<ClientOutcome> {
    return this.#change(clientId, { isActive: false }, this.#end(clientId), 'client.disabled', origin);
  }

  /** Lets a service get tokens again. Those from before stay refused. */
  enable(clientId: string, origin?: Origin): Promise<ClientOutcome> {
    const entries = [this.changes.changed(clientId)];
    return this.#change(clientId, { isActive: true }, entries, 'client.enabled', origin);
  }

  /** Removes a service for good, with its tokens. `changed` gives it as it was. */
  async remove(clientId: string, origin?: Origin): Promise<ClientOutcome> {
    const removed = this.store.remove(clientId, ...this.#end(clientId));
    return this.#conclude(await storeAnswer('the client store', removed), 'client.deleted', origin);
  }

  async #change(
    clientId: string,
    changes: ClientChanges,
    revocations: readonly Revocation[],
    type: ClientEvent,
    origin: Origin | undefined,
  ): Promise<ClientOutcome> {
    const changed = this.store.update(clientId, changes, new Date(this.clock.now()), ...revocations);
    return this.#conclude(await storeAnswer('the client store', changed), type, origin);
  }

  async #conclude(
    record: ClientRecord | undefined,
    type: ClientEvent,
    origin: Origin | undefined,
  ): Promise<ClientOutcome> {
    if (record === undefined) return { outcome: 'unknown' };
    await this.feed.announce();
    this.#tell(type, record.clientId, origin);
    return { outcome: 'changed', client: clientView(record) };
  }

  /** What is issued while the change is being made is looked at again: the first entry alone would miss it. */
  #end(clientId: string): readonly Revocation[] {
    return [this.changes.ended(clientId), this.changes.changed(clientId)];
  }

  #tell(type: ClientEvent, target: string, origin: Origin | undefined): void {
    this.events.emit({ type, target }, origin);
  }
}

type ClientEvent = Exclude<
  Extract<AuthFact['type'], `client.${string}`>,
  'client.refused' | 'client.limited'
>;

function newSecret(secret: string, now: Date) {
  return { secretHash: hashClientSecret(secret), createdAt: now, expiresAt: undefined };
}
