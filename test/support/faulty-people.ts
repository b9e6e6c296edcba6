import { MemoryOneTimeTokenStore } from '../../libs/auth/src/stores/memory/memory-one-time-token.store.js';
import { MemoryRefreshTokenStore } from '../../libs/auth/src/stores/memory/memory-refresh-token.store.js';
import { MemoryRevocationStore } from '../../libs/auth/src/stores/memory/memory-revocation.store.js';
import { MemoryRoleStore } from '../../libs/auth/src/stores/memory/memory-role.store.js';
import { MemorySubjects } from '../../libs/auth/src/stores/memory/memory-subjects.js';
import { MemoryUserStore } from '../../libs/auth/src/stores/memory/memory-user.store.js';
import type { MakePeopleStores } from '../../libs/auth/src/testing/people.fixtures.js';
import type { TestRunner } from '../../libs/auth/src/testing/store-contract.js';
import { failuresOf } from './contract-failures.js';

/** To derive a store with a fault from: it can reach past its own verbs. */
export class FaultyUserStore extends MemoryUserStore {
  constructor(protected readonly state: MemorySubjects) {
    super(state);
  }
}

/** To derive a store with a fault from: it can reach past its own verbs. */
export class FaultyRoleStore extends MemoryRoleStore {
  constructor(protected readonly state: MemorySubjects) {
    super(state);
  }
}

/** Stores of people with a fault in one or both of them. */
export interface FaultyStores {
  readonly Users?: new (state: MemorySubjects) => MemoryUserStore;
  readonly Roles?: new (state: MemorySubjects) => MemoryRoleStore;
}

/** Lets everybody else do what they are about to do. */
export function others(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The names of a contract's tests that stores do not pass. */
export function failuresOfPeople(
  contract: (runner: TestRunner, makeStores: MakePeopleStores) => void,
  { Users = MemoryUserStore, Roles = MemoryRoleStore }: FaultyStores = {},
): Promise<string[]> {
  return failuresOf((runner) =>
    contract(runner, () => {
      const revocations = new MemoryRevocationStore();
      const refreshTokens = new MemoryRefreshTokenStore(revocations);
      const state = new MemorySubjects(revocations, refreshTokens);
      const oneTimeTokens = new MemoryOneTimeTokenStore(state);
      return { revocations, refreshTokens, oneTimeTokens, users: new Users(state), roles: new Roles(state) };
    }),
  );
}
