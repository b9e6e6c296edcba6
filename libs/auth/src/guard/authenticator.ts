import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { AuthScheme, AuthStrategies, Credential } from './auth-strategy.js';
import type { Carrier } from './carrier.js';
import { ofSchemes, presumedCredential, readCredentials } from './credentials.js';
import { digestOf, type IdentityCache } from './identity-cache.js';
import { runStrategy } from './run-strategy.js';

interface Flight {
  readonly scheme: AuthScheme;
  readonly since: number;
  readonly identity: Promise<UserIdentity>;
}

/**
 * From credentials to an identity: remembered, or verified by a strategy. The revocation feed has the last word on
 * either.
 */
export class Authenticator {
  readonly #flights = new Map<string, Flight>();

  /** @param cache undefined: nothing is remembered. */
  constructor(
    private readonly strategies: AuthStrategies,
    private readonly feed: RevocationFeed,
    private readonly cache: IdentityCache | undefined,
  ) {}

  /**
   * Who is calling?
   *
   * @param schemes those that count; undefined: all.
   * @returns undefined when the carrier has no credential; the identity itself when its credential is remembered, which
   * is the way of most calls; a promise of it otherwise.
   * @throws AuthError (or rejects with it) as {@link authenticate}; `request_malformed`.
   */
  identify(
    carrier: Carrier,
    schemes: readonly AuthScheme[] | undefined,
  ): UserIdentity | Promise<UserIdentity> | undefined {
    const strategies = this.strategies.all;
    const presumed = presumedCredential(carrier, strategies, schemes);
    const remembered = presumed && this.remembered(presumed);
    if (remembered !== undefined) return remembered;
    const credentials = ofSchemes(readCredentials(carrier, strategies, presumed), schemes);
    return credentials.length === 0 ? undefined : this.authenticate(credentials);
  }

  /** @returns whose credential this is, if that was found out before and still holds. */
  remembered(credential: Credential): UserIdentity | undefined {
    if (this.cache === undefined) return undefined;
    const entry = this.cache.get(digestOf(credential));
    if (entry?.scheme !== credential.scheme) return undefined;
    if (this.feed.verdict(entry.identity, entry.since) === 'good') return entry.identity;
    this.cache.delete(digestOf(credential));
    return undefined;
  }

  /**
   * @param credentials at least one; tried in their order, the first that verifies wins.
   * @returns the identity itself when the first credential is remembered, a promise of it otherwise.
   * @throws AuthError (or rejects with it): `credentials_invalid`, `token_expired`, `auth_unavailable`.
   */
  authenticate(credentials: readonly Credential[]): UserIdentity | Promise<UserIdentity> {
    return this.remembered(credentials[0]!) ?? this.#firstThatVerifies(credentials);
  }

  async #firstThatVerifies(credentials: readonly Credential[]): Promise<UserIdentity> {
    const refusals: AuthError[] = [];
    for (const credential of credentials) {
      try {
        return this.remembered(credential) ?? (await this.#shareFlight(credential));
      } catch (error) {
        refusals.push(asAuthError(error));
      }
    }
    throw refusals.find(({ code }) => code === 'auth_unavailable') ?? refusals[0]!;
  }

  /** Concurrent requests with one credential are one verification; never one that began before a revocation. */
  #shareFlight(credential: Credential): Promise<UserIdentity> {
    const digest = digestOf(credential);
    const flying = this.#flights.get(digest);
    const since = this.feed.position;
    if (flying?.since === since && flying.scheme === credential.scheme) return flying.identity;
    const identity = this.#verify(credential, since).finally(() => {
      if (this.#flights.get(digest) === flight) this.#flights.delete(digest);
    });
    const flight: Flight = { scheme: credential.scheme, since, identity };
    this.#flights.set(digest, flight);
    return identity;
  }

  async #verify(credential: Credential, since: number): Promise<UserIdentity> {
    const strategy = this.strategies.all.find(({ scheme }) => scheme === credential.scheme)!;
    const identity = await runStrategy(strategy, credential);
    switch (this.feed.verdict(identity, since)) {
      case 'good':
        this.cache?.set(digestOf(credential), { scheme: credential.scheme, identity, since });
        return identity;
      case 'revoked':
        throw new AuthError('credentials_invalid', 'revoked');
      case 'changed':
        // It was read while it changed: what was read may be what it was before.
        return this.#verify(credential, this.feed.position);
    }
  }
}

function asAuthError(error: unknown): AuthError {
  return error instanceof AuthError
    ? error
    : new AuthError('auth_unavailable', 'verification threw', { cause: error });
}
