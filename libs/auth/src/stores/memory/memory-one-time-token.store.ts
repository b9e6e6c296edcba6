import { frozenCopy } from '../../identity/frozen-copy.js';
import {
  OneTimeTokenStore,
  type OneTimePurpose,
  type OneTimeTokenRecord,
} from '../../users/one-time-token.store.js';
import type { MemorySubjects } from './memory-subjects.js';

/** One-time tokens in the memory of one process. */
export class MemoryOneTimeTokenStore extends OneTimeTokenStore {
  /** @param subjects the same as for {@link MemoryUserStore}: the tokens of a user go with the user. */
  constructor(private readonly subjects: MemorySubjects) {
    super();
  }

  override async insert(token: OneTimeTokenRecord): Promise<void> {
    this.subjects.tokens.set(token.tokenHash, frozenCopy(token));
  }

  override async consume(
    tokenHash: string,
    purpose: OneTimePurpose,
    now: Date,
  ): Promise<OneTimeTokenRecord | undefined> {
    const token = this.subjects.tokens.get(tokenHash);
    if (token?.purpose !== purpose || token.expiresAt <= now) return undefined;
    this.subjects.tokens.delete(tokenHash);
    return token;
  }

  override async removeOf(userId: string, purpose?: OneTimePurpose): Promise<void> {
    this.#removeIf((token) => token.userId === userId && (purpose ?? token.purpose) === token.purpose);
  }

  override async prune(now: Date): Promise<void> {
    this.#removeIf(({ expiresAt }) => expiresAt <= now);
  }

  #removeIf(isVoid: (token: OneTimeTokenRecord) => boolean): void {
    for (const token of this.subjects.tokens.values()) {
      if (isVoid(token)) this.subjects.tokens.delete(token.tokenHash);
    }
  }
}
