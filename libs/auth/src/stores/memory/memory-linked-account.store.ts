import { frozenCopy } from '../../identity/frozen-copy.js';
import {
  LinkedAccountStore,
  type LinkedAccount,
  type UnlinkResult,
} from '../../oauth/linked-account.store.js';
import type { MemorySubjects } from './memory-subjects.js';

/** Links to accounts at login providers in the memory of one process. */
export class MemoryLinkedAccountStore extends LinkedAccountStore {
  /** @param subjects the same as for {@link MemoryUserStore}: the links of a user go with the user. */
  constructor(private readonly subjects: MemorySubjects) {
    super();
  }

  override async insert(account: LinkedAccount): Promise<boolean> {
    const key = keyOf(account.issuer, account.subject);
    if (this.subjects.links.has(key) || !this.subjects.users.has(account.userId)) return false;
    this.subjects.links.set(key, frozenCopy(account));
    return true;
  }

  override async find(issuer: string, subject: string): Promise<LinkedAccount | undefined> {
    return this.subjects.links.get(keyOf(issuer, subject));
  }

  override async list(userId: string): Promise<readonly LinkedAccount[]> {
    return this.#of(userId);
  }

  override async remove(
    userId: string,
    issuer: string,
    subject: string,
    keepsLast: boolean,
  ): Promise<UnlinkResult> {
    const key = keyOf(issuer, subject);
    if (this.subjects.links.get(key)?.userId !== userId) return 'unknown';
    if (keepsLast && this.#of(userId).length === 1) return 'last';
    this.subjects.links.delete(key);
    return 'removed';
  }

  #of(userId: string): LinkedAccount[] {
    return [...this.subjects.links.values()]
      .filter((account) => account.userId === userId)
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }
}

function keyOf(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}
