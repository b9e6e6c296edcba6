import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import type { LoginState, LoginStep } from '../oauth/login-state.store.js';
import { MemoryLoginStateStore } from '../stores/memory/memory-login-state.store.js';
import { loginStateStoreContract } from './login-state-store.contract.js';

type Found = LoginState | undefined;
class FaultyStore extends MemoryLoginStateStore {}

const EXPIRY = 'gives out a login until it expires, and not from then on';
const STEP = 'knows no login by a part of its hash, nor at another step, and leaves it there';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, typeof FaultyStore][] = [
  [
    'leaves a login there',
    'gives a login out once, whole',
    class extends FaultyStore {
      override async consume(stateHash: string, step: LoginStep, now: Date): Promise<Found> {
        const state = await super.consume(stateHash, step, now);
        if (state !== undefined) await this.insert(state);
        return state;
      }
    },
  ],
  [
    'gives out a login at any step',
    STEP,
    class extends FaultyStore {
      override async consume(stateHash: string, _step: LoginStep, now: Date): Promise<Found> {
        return (await super.consume(stateHash, 'callback', now)) ?? super.consume(stateHash, 'exchange', now);
      }
    },
  ],
  [
    'gives out a login at the moment of its end',
    EXPIRY,
    class extends FaultyStore {
      override consume(stateHash: string, step: LoginStep, now: Date): Promise<Found> {
        return super.consume(stateHash, step, new Date(now.getTime() - 1));
      }
    },
  ],
  [
    'removes no login that has expired',
    'removes what has expired, and nothing else',
    class extends FaultyStore {
      override async prune(): Promise<void> {}
    },
  ],
  [
    'looks at a login before it takes it out, and another may come in between',
    'gives a login to one of many callers',
    class extends FaultyStore {
      readonly #seen = new Map<string, LoginState>();

      override insert(state: LoginState): Promise<void> {
        this.#seen.set(state.stateHash, state);
        return super.insert(state);
      }

      override async consume(stateHash: string, step: LoginStep, now: Date): Promise<Found> {
        const seen = this.#seen.get(stateHash);
        await Promise.resolve();
        const state = await super.consume(stateHash, step, now);
        if (state !== undefined) this.#seen.delete(stateHash);
        return state ?? (seen?.step === step ? seen : undefined);
      }
    },
  ],
];

function failures(Store: typeof FaultyStore): Promise<string[]> {
  return failuresOf((runner) => loginStateStoreContract(runner, () => ({ loginStates: new Store() })));
}

describe('loginStateStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failures(FaultyStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failures(Store)).toContain(test);
  });
});
