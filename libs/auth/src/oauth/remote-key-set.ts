import { Logger } from '@nestjs/common';

import type { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import type { ExternalAlgorithm, ResolvedTrustedIssuer } from '../options/oauth-options.js';
import { fetchDeadline, fetchJsonObject } from './issuer-fetch.js';
import type { IssuerMetadata } from './issuer-metadata.js';
import { readKeySet, type RemoteKey } from './remote-key.js';

/** Milliseconds. From when on keys are fetched again behind the scenes. */
const REFRESH_AGE = 300_000;
/** Milliseconds. From when on a key is not used before the issuer was asked whether it still has it. */
const MAX_AGE = 600_000;
/** Milliseconds. How long keys are used while their issuer does not answer. */
const MAX_AGE_IN_OUTAGE = 3_600_000;
/** Milliseconds. After a fetch that failed, and between two that a `kid` nobody knows was the reason of. */
const COOLDOWN = 30_000;

/**
 * The keys of one issuer, fetched when they are needed. Whatever tokens say, they cause one fetch in 30 seconds at most,
 * and one is under way at a time; what takes longer than 2 seconds has failed.
 */
export class RemoteKeySet {
  readonly #logger = new Logger(RemoteKeySet.name);
  #keys: readonly RemoteKey[] = [];
  /** Milliseconds since 1970, as the other two. */
  #fetchedAt: number | undefined;
  /** Undefined when the last fetch did not fail. */
  #failedAt: number | undefined;
  /** When a `kid` that nobody knew was last the reason of a fetch. */
  #missedAt: number | undefined;
  /** How many fetches have succeeded. */
  #fetches = 0;
  #flight: Promise<void> | undefined;

  constructor(
    private readonly issuer: ResolvedTrustedIssuer,
    private readonly metadata: IssuerMetadata,
    private readonly clock: Clock,
  ) {}

  /** Until when an answer that was found with these keys may be remembered, in milliseconds since 1970. */
  get goodUntil(): number {
    return Math.max((this.#fetchedAt ?? 0) + MAX_AGE, this.clock.now() + COOLDOWN);
  }

  /**
   * The key that a token names.
   *
   * @param keyId `kid` of the token; without one, it is that of the only key that fits.
   * @throws AuthError (as a rejection) `credentials_invalid` when the issuer has no such key; `auth_unavailable` when it
   * cannot be asked.
   */
  async find(keyId: string | undefined, algorithm: ExternalAlgorithm): Promise<RemoteKey> {
    const fetches = this.#fetches;
    await this.#demandKeys();
    const known = this.#choose(keyId, algorithm);
    if (known !== undefined) return known;
    // They have just been fetched, on account of this very token.
    if (this.#fetches > fetches) throw unknownKey();
    await this.#lookForMore();
    const found = this.#choose(keyId, algorithm);
    if (found === undefined) throw unknownKey();
    return found;
  }

  /** After this there are keys that may be used. */
  async #demandKeys(): Promise<void> {
    const age = this.#ageOf(this.#fetchedAt);
    if (age < REFRESH_AGE) return;
    if (age < MAX_AGE || (age < MAX_AGE_IN_OUTAGE && this.#failedAt !== undefined)) {
      // An issuer that is known to be down keeps nobody waiting a second time.
      if (!this.#isCooling(this.#failedAt)) this.#fetch().catch(() => undefined);
      return;
    }
    if (age < MAX_AGE_IN_OUTAGE) return this.#fetch().catch(() => undefined);
    this.#keys = [];
    if (this.#isCooling(this.#failedAt)) throw this.#unavailable();
    return this.#fetch();
  }

  /** A `kid` that is unknown may be that of a new key. */
  async #lookForMore(): Promise<void> {
    if (this.#flight !== undefined) return this.#flight;
    if (this.#isCooling(this.#failedAt)) throw this.#unavailable();
    if (this.#isCooling(this.#missedAt)) return;
    this.#missedAt = this.clock.now();
    return this.#fetch();
  }

  #choose(keyId: string | undefined, algorithm: ExternalAlgorithm): RemoteKey | undefined {
    const fitting = this.#keys.filter((key) => key.algorithms.includes(algorithm));
    if (keyId !== undefined) return fitting.find((key) => key.keyId === keyId);
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #fetch(): Promise<void> {
    this.#flight ??= this.#load().finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  async #load(): Promise<void> {
    // From before the answer: it may be older than its arrival.
    const startedAt = this.clock.now();
    try {
      const signal = fetchDeadline();
      const address = this.issuer.jwksUri ?? (await this.metadata.address('jwks_uri', signal));
      const document = await fetchJsonObject(address, signal);
      if (document === undefined) throw new Error('The answer of an issuer is no JSON object');
      const { keys, leaked } = readKeySet(document, this.issuer.algorithms);
      if (leaked.length > 0)
        this.#keys = this.#keys.filter((key) => !leaked.some((one) => key.isSameAs(one)));
      if (keys.length === 0) throw new Error('The key set of an issuer has no key that may be used');
      this.#keys = keys;
      this.#fetchedAt = startedAt;
      this.#failedAt = undefined;
      this.#fetches += 1;
    } catch (cause) {
      this.#failedAt = this.clock.now();
      this.metadata.forget();
      this.#logger.error(`The keys of ${this.issuer.issuer} cannot be fetched`);
      throw this.#unavailable(cause);
    }
  }

  /** A clock that was set back says nothing of an age: then it is asked again. */
  #ageOf(time: number | undefined): number {
    if (time === undefined) return MAX_AGE_IN_OUTAGE;
    const age = this.clock.now() - time;
    return age >= 0 ? age : MAX_AGE;
  }

  #isCooling(since: number | undefined): boolean {
    return since !== undefined && this.#ageOf(since) < COOLDOWN;
  }

  #unavailable(cause?: unknown): AuthError {
    const left = COOLDOWN - this.#ageOf(this.#failedAt);
    return new AuthError('auth_unavailable', 'the keys of an issuer cannot be fetched', {
      retryAfter: Math.max(1, Math.ceil(left / 1_000)),
      cause,
    });
  }
}

function unknownKey(): AuthError {
  return new AuthError('credentials_invalid', 'the kid is unknown');
}
