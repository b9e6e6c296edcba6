import { hash } from 'node:crypto';

import type { Clock } from '../clock.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedIdentityCacheOptions } from '../options/auth-options.js';
import type { AuthScheme, Credential } from './auth-strategy.js';

/** A verified credential, and the position of the revocation feed before it was verified. */
export interface Remembered {
  readonly scheme: AuthScheme;
  readonly identity: UserIdentity;
  readonly since: number;
}

interface Entry extends Remembered {
  /** Seconds since 1970. */
  readonly oldAt: number;
  /** Since the hand came by last. */
  isUsed: boolean;
}

/** So that one new entry never costs more than that, even when all others are in use. */
const MAX_SECOND_CHANCES = 16;

/**
 * Remembers whom a credential belongs to. Bounded; holds digests and no credential; an entry ends with its credential,
 * or when it is old. It does not know of revocations: whoever asks it asks the revocation feed as well.
 *
 * When it is full, a hand goes round and takes out the first entry that was not used since it last came by (the clock
 * algorithm). Unlike a list of the least recently used this costs a hit next to nothing, and an entry no links.
 */
export class IdentityCache {
  readonly #entries = new Map<string, Entry>();
  #hand = this.#entries.entries();

  constructor(
    private readonly options: ResolvedIdentityCacheOptions,
    private readonly clock: Clock,
  ) {}

  get(digest: string): Remembered | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    const now = this.clock.now();
    if (entry.identity.isExpiredAt(now) || now >= entry.oldAt * 1_000) {
      this.#entries.delete(digest);
      return undefined;
    }
    entry.isUsed = true;
    return entry;
  }

  set(digest: string, { scheme, identity, since }: Remembered): void {
    if (this.#entries.size >= this.options.maxEntries && !this.#entries.has(digest)) this.#evict();
    const now = Math.floor(this.clock.now() / 1_000);
    const { rememberUntil = Infinity } = identity;
    const oldAt = Math.min(now + this.options.maxAge, Math.floor(rememberUntil / 1_000));
    this.#entries.set(digest, { scheme, identity, since, oldAt, isUsed: false });
  }

  delete(digest: string): void {
    this.#entries.delete(digest);
  }

  #evict(): void {
    for (let passed = 0; ;) {
      const { value, done } = this.#hand.next();
      if (done) {
        this.#hand = this.#entries.entries();
        continue;
      }
      const [digest, entry] = value;
      if (!entry.isUsed || passed === MAX_SECOND_CHANCES) {
        this.#entries.delete(digest);
        return;
      }
      entry.isUsed = false;
      passed += 1;
    }
  }
}

/**
 * The key of a credential: SHA-256 over the whole of it, and not over its scheme: a caller may present a token as an API
 * key, so whoever finds something by it looks at the scheme as well.
 *
 * @returns 32 characters that stand for a byte each: the smallest form, and the quickest to make.
 */
export function digestOf(credential: Credential): string {
  return (credential.digest ??= hash('sha256', credential.value, 'binary'));
}
