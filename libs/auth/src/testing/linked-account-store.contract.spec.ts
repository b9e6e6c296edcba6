import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import type { LinkedAccount, UnlinkResult } from '../oauth/linked-account.store.js';
import { MemoryLinkedAccountStore } from '../stores/memory/memory-linked-account.store.js';
import { MemoryRefreshTokenStore } from '../stores/memory/memory-refresh-token.store.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { MemorySubjects } from '../stores/memory/memory-subjects.js';
import { MemoryUserStore } from '../stores/memory/memory-user.store.js';
import { linkedAccountStoreContract } from './linked-account-store.contract.js';

class FaultyStore extends MemoryLinkedAccountStore {
  constructor(protected readonly state: MemorySubjects) {
    super(state);
  }
}

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, typeof FaultyStore][] = [
  [
    'takes subjects of two issuers for one',
    'finds a link by issuer and subject together, exactly',
    class extends FaultyStore {
      override async find(_issuer: string, subject: string): Promise<LinkedAccount | undefined> {
        return [...this.state.links.values()].find((link) => link.subject === subject);
      }
    },
  ],
  [
    'links a subject anew',
    'leaves a link as it is when its subject is to be linked again',
    class extends FaultyStore {
      override async insert(account: LinkedAccount): Promise<boolean> {
        const there = await this.find(account.issuer, account.subject);
        if (there !== undefined) await this.remove(there.userId, there.issuer, there.subject, false);
        return super.insert(account);
      }
    },
  ],
  [
    'links anybody',
    'links nobody who is not there',
    class extends FaultyStore {
      override async insert(account: LinkedAccount): Promise<boolean> {
        return (await super.insert(account)) || !this.state.users.has(account.userId);
      }
    },
  ],
  [
    "removes another's link",
    'removes a link of its user alone',
    class extends FaultyStore {
      override async remove(
        _userId: string,
        issuer: string,
        subject: string,
        keepsLast: boolean,
      ): Promise<UnlinkResult> {
        const link = await this.find(issuer, subject);
        return link === undefined ? 'unknown' : super.remove(link.userId, issuer, subject, keepsLast);
      }
    },
  ],
  [
    'removes the last link',
    'keeps the only link of a user when it is to stay',
    class extends FaultyStore {
      override remove(userId: string, issuer: string, subject: string): Promise<UnlinkResult> {
        return super.remove(userId, issuer, subject, false);
      }
    },
  ],
  [
    'counts before it removes, and another may come in between',
    'leaves one link of many that are removed at the same time',
    class extends FaultyStore {
      override async remove(
        userId: string,
        issuer: string,
        subject: string,
        keepsLast: boolean,
      ): Promise<UnlinkResult> {
        const held = await this.list(userId);
        await Promise.resolve();
        if (keepsLast && held.length === 1) return 'last';
        return super.remove(userId, issuer, subject, false);
      }
    },
  ],
];

function failures(Store: typeof FaultyStore): Promise<string[]> {
  return failuresOf((runner) =>
    linkedAccountStoreContract(runner, () => {
      const log = new MemoryRevocationStore();
      const subjects = new MemorySubjects(log, new MemoryRefreshTokenStore(log));
      return { linkedAccounts: new Store(subjects), users: new MemoryUserStore(subjects) };
    }),
  );
}

describe('linkedAccountStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failures(FaultyStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failures(Store)).toContain(test);
  });
});
