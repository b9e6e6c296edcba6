import { describe, expect, it } from '@jest/globals';

import {
  failuresOfPeople,
  FaultyRoleStore,
  FaultyUserStore,
  others,
  type FaultyStores,
} from '../../../../test/support/faulty-people.js';
import { ADMINISTRATOR } from '../roles/role.store.js';
import type { Revocation } from '../revocation/revocation.js';
import type {
  UserChangeResult,
  UserChanges,
  UserChangeTerms,
  UserQuery,
  UserRecord,
} from '../users/user.store.js';
import { userStoreContract } from './user-store.contract.js';

type Found = UserRecord | undefined;

/** Runs a change as if it were told something else. */
function changing(
  told: (changes: UserChanges, terms: UserChangeTerms) => readonly [UserChanges, UserChangeTerms],
): FaultyStores {
  return {
    Users: class extends FaultyUserStore {
      override update(
        userId: string,
        changes: UserChanges,
        terms: UserChangeTerms,
      ): Promise<UserChangeResult> {
        return super.update(userId, ...told(changes, terms));
      }
    },
  };
}

/** Lists as if it were asked something else. */
function listing(asked: (query: UserQuery) => UserQuery): FaultyStores {
  return {
    Users: class extends FaultyUserStore {
      override list(query: UserQuery): Promise<readonly UserRecord[]> {
        return super.list(asked(query));
      }
    },
  };
}

const IN_PAGES = 'lists in the order of ids, by organisation, in pages';
const LITERALLY = 'finds a part of the address or the name, in any case, and takes it literally';
const NAMED = 'changes what is named and leaves the rest; undefined clears a field';
const REMOVES = 'removes a user with roles, grants, tokens and sessions, and nobody else';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, FaultyStores][] = [
  [
    'loses a field',
    'gives back whom it was given, by id and by address',
    {
      Users: class extends FaultyUserStore {
        override insert(user: UserRecord): Promise<boolean> {
          return super.insert({ ...user, emailVerifiedAt: undefined });
        }
      },
    },
  ],
  [
    'gives null for what is absent',
    'gives back absent fields as undefined',
    {
      Users: class extends FaultyUserStore {
        override async findById(userId: string): Promise<Found> {
          const user = await super.findById(userId);
          return user && { ...user, name: user.name ?? (null as never) };
        }
      },
    },
  ],
  [
    'keeps what it was given, and not a copy',
    'does not let a caller change a record through what it was given',
    {
      Users: class extends FaultyUserStore {
        override async insert(user: UserRecord): Promise<boolean> {
          const isNew = await super.insert(user);
          if (isNew) this.state.users.set(user.userId, user);
          return isNew;
        }
      },
    },
  ],
  [
    'looks at the address before it inserts, and another may come in between',
    'inserts an address once, of many callers',
    {
      Users: class extends FaultyUserStore {
        override async insert(user: UserRecord): Promise<boolean> {
          if (this.state.userIdOfEmail.has(user.email) || this.state.users.has(user.userId)) return false;
          await others();
          this.state.userIdOfEmail.delete(user.email);
          return super.insert(user);
        }
      },
    },
  ],
  ...(['orgId', 'after', 'limit'] as const).map((field): (typeof FAULTS)[number] => [
    `lists without a look at ${field}`,
    IN_PAGES,
    listing((query) => ({ ...query, [field]: field === 'limit' ? 100 : undefined })),
  ]),
  [
    'searches for a pattern',
    LITERALLY,
    {
      Users: class extends FaultyUserStore {
        override async list({ search = '', ...query }: UserQuery): Promise<readonly UserRecord[]> {
          const text = search
            .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
            .replaceAll('%', '.*')
            .replaceAll('_', '.');
          const pattern = new RegExp(text, 'i');
          const found = await super.list(query);
          return found.filter(({ email, name }) => pattern.test(email) || pattern.test(name ?? ''));
        }
      },
    },
  ],
  [
    'knows the lower case of English letters alone',
    LITERALLY,
    listing(({ search, ...query }) => ({
      ...query,
      ...(search !== undefined && { search: search.replace(/[^ -~]/g, '?') }),
    })),
  ],
  [
    'ignores what is expected',
    'changes a user only while all is as expected, and has done nothing otherwise',
    changing((changes, { expected, ...terms }) => [changes, terms]),
  ],
  [
    'clears no field',
    NAMED,
    changing((changes, terms) => [JSON.parse(JSON.stringify(changes)) as UserChanges, terms]),
  ],
  [
    'closes no session',
    'closes every open session of the user, each with its entry, and no other',
    changing((changes, terms) => [changes, { ...terms, closesSessions: false }]),
  ],
  [
    'always closes sessions',
    'leaves sessions open that it was not told to close',
    changing((changes, terms) => [changes, { ...terms, closesSessions: true }]),
  ],
  [
    'writes no entry',
    'writes the entries of a change, also when no field is named',
    changing((changes, terms) => [changes, { ...terms, revocations: [] }]),
  ],
  [
    'writes the entry of a change that it refuses',
    'refuses the address of another, and has changed, written and closed nothing',
    {
      Users: class extends FaultyUserStore {
        override async update(...given: Parameters<FaultyUserStore['update']>): Promise<UserChangeResult> {
          const result = await super.update(...given);
          if (result.outcome !== 'changed') this.state.log.appendNow(given[2].revocations);
          return result;
        }
      },
    },
  ],
  [
    'looks at what is expected before it changes, and another may come in between',
    'changes a password once, of many callers who expect the same',
    {
      Users: class extends FaultyUserStore {
        override async update(
          userId: string,
          changes: UserChanges,
          { expected = {}, ...terms }: UserChangeTerms,
        ): Promise<UserChangeResult> {
          const user = (await this.findById(userId)) as Record<string, unknown> | undefined;
          if (user !== undefined && Object.entries(expected).some(([name, value]) => user[name] !== value))
            return { outcome: 'outdated' };
          return super.update(userId, changes, terms);
        }
      },
    },
  ],
  [
    'writes the whole record that it has read',
    'loses no change of another field',
    {
      Users: class extends FaultyUserStore {
        override async update(
          userId: string,
          changes: UserChanges,
          terms: UserChangeTerms,
        ): Promise<UserChangeResult> {
          const user = await this.findById(userId);
          await others();
          return super.update(userId, { ...user, ...changes }, terms);
        }
      },
    },
  ],
  ...(['rolesOf', 'grantsOf', 'tokens'] as const).map((part): (typeof FAULTS)[number] => [
    `leaves ${part} of who is removed`,
    REMOVES,
    {
      Users: class extends FaultyUserStore {
        override async remove(...given: Parameters<FaultyUserStore['remove']>): Promise<UserChangeResult> {
          const { tokens, [part]: holdings } = this.state;
          const kept = holdings instanceof Map ? [] : holdings.of(given[0]);
          const keptTokens = [...tokens.values()];
          const result = await super.remove(...given);
          if (holdings instanceof Map) for (const one of keptTokens) tokens.set(one.tokenHash, one);
          else for (const name of kept) holdings.add(given[0], name);
          return result;
        }
      },
    },
  ]),
  [
    'asks for an administrator before it makes one, and another may come in between',
    'makes one first administrator, of many callers, and no trace of the others',
    {
      Users: class extends FaultyUserStore {
        override async insertFirstAdministrator(user: UserRecord): Promise<boolean> {
          if ((await this.hasAdministrator()) || !(await this.insert(user))) return false;
          return this.state.rolesOf.add(user.userId, ADMINISTRATOR);
        }
      },
    },
  ],
  [
    'leaves the user there whom it did not make an administrator',
    'makes the first administrator, and no second one',
    {
      Users: class extends FaultyUserStore {
        override async insertFirstAdministrator(user: UserRecord): Promise<boolean> {
          return (await super.insertFirstAdministrator(user)) || (await this.insert(user), false);
        }
      },
    },
  ],
  [
    'makes a first administrator of who is there already',
    'makes none of an address or an id that is taken',
    {
      Users: class extends FaultyUserStore {
        override async insertFirstAdministrator(user: UserRecord): Promise<boolean> {
          const { userId } = (await this.findByEmail(user.email)) ?? user;
          const isFirst = await super.insertFirstAdministrator(user);
          return isFirst || this.state.rolesOf.add(userId, ADMINISTRATOR);
        }
      },
    },
  ],
  ...[
    (state: FaultyUserStore['state']) => state.administrators.filter(({ isActive }) => isActive),
    (state: FaultyUserStore['state']) => state.administrators.filter(({ orgId }) => orgId === undefined),
    (state: FaultyUserStore['state']) => state.rolesOf.holdersOf(ADMINISTRATOR),
  ].map((counted, i): (typeof FAULTS)[number] => [
    `counts as administrators ${['who is in an organisation', 'who is not active', 'what is no user'][i]}`,
    'keeps the last active one, whoever else holds the role',
    {
      Users: class extends FaultyUserStore {
        constructor(state: FaultyUserStore['state']) {
          super(state);
          state.isLastAdministrator = () => counted(state).length === 1;
        }
      },
    },
  ]),
  [
    'looks for another administrator before it removes one, and that may go in between',
    'keeps one administrator when two remove each other',
    {
      Users: class extends FaultyUserStore {
        override async remove(...given: Parameters<FaultyUserStore['remove']>): Promise<UserChangeResult> {
          if (this.state.isLastAdministrator(given[0])) return { outcome: 'last-administrator' };
          await others();
          this.state.rolesOf.remove(given[0], ADMINISTRATOR);
          return super.remove(...given);
        }
      },
    },
  ],
  [
    'looks for another administrator before it takes the role, and that may go in between',
    'keeps one administrator, however two are ended at once',
    {
      Roles: class extends FaultyRoleStore {
        override async unassign(subjectId: string, name: string, revocation: Revocation) {
          const isLast = name === ADMINISTRATOR && this.state.isLastAdministrator(subjectId);
          await others();
          if (isLast) return 'last-administrator';
          if (!this.state.rolesOf.remove(subjectId, name)) return 'unknown';
          this.state.log.appendNow([revocation]);
          return 'changed';
        }
      },
    },
  ],
];

describe('userStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failuresOfPeople(userStoreContract)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, stores) => {
    expect(await failuresOfPeople(userStoreContract, stores)).toContain(test);
  });
});
