import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import { MemoryOneTimeTokenStore } from '../stores/memory/memory-one-time-token.store.js';
import { MemoryRefreshTokenStore } from '../stores/memory/memory-refresh-token.store.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { MemorySubjects } from '../stores/memory/memory-subjects.js';
import type { OneTimePurpose, OneTimeTokenRecord } from '../users/one-time-token.store.js';
import { oneTimeTokenStoreContract } from './one-time-token-store.contract.js';

type Found = OneTimeTokenRecord | undefined;

class FaultyStore extends MemoryOneTimeTokenStore {
  constructor(protected readonly state: MemorySubjects) {
    super(state);
  }
}

const EXPIRY = 'gives out a token until it expires, and not from then on';
const PURPOSE = 'knows no token by a part of its hash, nor for another purpose, and leaves it there';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, typeof FaultyStore][] = [
  [
    'looks at a token before it takes it out, and another may come in between',
    'gives a token to one of many callers',
    class extends FaultyStore {
      override async consume(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<Found> {
        const token = this.state.tokens.get(tokenHash);
        await Promise.resolve();
        return (await super.consume(tokenHash, purpose, now)) ?? token;
      }
    },
  ],
  [
    'leaves a token there',
    'gives a token out once, whole',
    class extends FaultyStore {
      override async consume(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<Found> {
        const token = await super.consume(tokenHash, purpose, now);
        if (token !== undefined) await this.insert(token);
        return token;
      }
    },
  ],
  [
    'takes a token out that is asked for with another purpose',
    PURPOSE,
    class extends FaultyStore {
      override async consume(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<Found> {
        const token = await super.consume(tokenHash, purpose, now);
        this.state.tokens.delete(tokenHash);
        return token;
      }
    },
  ],
  [
    'gives out a token for any purpose',
    PURPOSE,
    class extends FaultyStore {
      override consume(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<Found> {
        return super.consume(tokenHash, this.state.tokens.get(tokenHash)?.purpose ?? purpose, now);
      }
    },
  ],
  [
    'gives out a token at the moment of its end',
    EXPIRY,
    class extends FaultyStore {
      override consume(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<Found> {
        return super.consume(tokenHash, purpose, new Date(now.getTime() - 1));
      }
    },
  ],
  [
    'removes tokens of every purpose',
    'removes the tokens of a user, of one purpose or of all',
    class extends FaultyStore {
      override removeOf(userId: string): Promise<void> {
        return super.removeOf(userId);
      }
    },
  ],
  [
    'removes no token that has expired',
    'removes what has expired, and nothing else',
    class extends FaultyStore {
      override async prune(): Promise<void> {}
    },
  ],
];

function failures(Store: typeof FaultyStore): Promise<string[]> {
  return failuresOf((runner) =>
    oneTimeTokenStoreContract(runner, () => {
      const log = new MemoryRevocationStore();
      return { oneTimeTokens: new Store(new MemorySubjects(log, new MemoryRefreshTokenStore(log))) };
    }),
  );
}

describe('oneTimeTokenStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failures(FaultyStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failures(Store)).toContain(test);
  });
});
