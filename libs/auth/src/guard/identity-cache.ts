import { hash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { Clock } from '../clock.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedIdentityCacheOptions } from '../options/auth-options.js';
import type { Credential } from './auth-strategy.js';

/** A verified credential, and the position of the revocation feed before it was verified. */
export interface Remembered {
  readonly identity: UserIdentity;
  readonly since: number;
}

interface Entry extends Remembered {
  readonly expiresAt: number;
}

/**
 * Remembers whom a credential belongs to. Bounded; holds SHA-256 digests and no credential; an entry ends with its
 * credential, or when it is old. It does not know of revocations: whoever asks it asks the revocation feed as well.
 */
export class IdentityCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxAge: number;
  readonly #clock: Clock;

  constructor({ maxEntries, maxAge }: ResolvedIdentityCacheOptions, clock: Clock) {
    this.#entries = new LRUCache({ max: maxEntries });
    this.#maxAge = maxAge * 1_000;
    this.#clock = clock;
  }

  get(digest: string): Remembered | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined || entry.expiresAt > this.#clock.now()) return entry;
    this.#entries.delete(digest);
    return undefined;
  }

  set(digest: string, { identity, since }: Remembered): void {
    const oldest = this.#clock.now() + this.#maxAge;
    const expiresAt = Math.min(identity.expiresAt?.getTime() ?? oldest, oldest);
    this.#entries.set(digest, { identity, since, expiresAt });
  }

  delete(digest: string): void {
    this.#entries.delete(digest);
  }
}

/** The key of a credential: SHA-256 over scheme and value, so that a token is never taken for an API key. */
export function digestOf({ scheme, value }: Credential): string {
  return hash('sha256', `${scheme}\n${value}`, 'base64url');
}
