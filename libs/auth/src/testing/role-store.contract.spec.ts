import { describe, expect, it } from '@jest/globals';

import {
  failuresOfPeople,
  FaultyRoleStore,
  others,
  type FaultyStores,
} from '../../../../test/support/faulty-people.js';
import { RoleGraph } from '../roles/role-graph.js';
import { ADMINISTRATOR, type RoleQuery, type RoleRecord } from '../roles/role.store.js';
import { newRole } from './people.fixtures.js';
import { roleStoreContract } from './role-store.contract.js';

type Given<Verb extends 'insert' | 'update' | 'remove' | 'assign' | 'holdingsOf'> = Parameters<
  FaultyRoleStore[Verb]
>;

/** Lists as if it were asked something else. */
function listing(asked: (query: RoleQuery) => RoleQuery): FaultyStores {
  return {
    Roles: class extends FaultyRoleStore {
      override list(query: RoleQuery): Promise<readonly RoleRecord[]> {
        return super.list(asked(query));
      }
    },
  };
}

/** Puts a role there in whatever way. */
function put(store: FaultyRoleStore['state'], role: RoleRecord): void {
  store.roles.set(JSON.stringify([role.name, role.orgId ?? null]), role);
}

const IN_PAGES = 'lists by name, then organisation, those for all first, in pages';
const ONCE = 'gives and takes a role and a grant once, with an entry each time that something changes';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, FaultyStores][] = [
  [
    'lets the role of administrators be replaced',
    'inserts a name once in an organisation and once for all, and never that of administrators',
    {
      Roles: class extends FaultyRoleStore {
        override async insert(...[role, revocation]: Given<'insert'>) {
          if (role.name !== ADMINISTRATOR) return super.insert(role, revocation);
          put(this.state, role);
          return 'inserted' as const;
        }
      },
    },
  ],
  [
    'writes over a role of the same name',
    'inserts a name once in an organisation and once for all, and never that of administrators',
    {
      Roles: class extends FaultyRoleStore {
        override async insert(...given: Given<'insert'>) {
          const result = await super.insert(...given);
          if (result === 'taken') put(this.state, given[0]);
          return result;
        }
      },
    },
  ],
  [
    'writes no entry for a new role',
    'gives back what was inserted, by name and organisation',
    {
      Roles: class extends FaultyRoleStore {
        override insert(...[role, revocation]: Given<'insert'>) {
          return super.insert(role, { ...revocation, id: 'nobody' });
        }
      },
    },
  ],
  [
    'writes an entry for a change that it refuses',
    'refuses a change by which a role would inherit from itself, and has done nothing then',
    {
      Roles: class extends FaultyRoleStore {
        override async update(...given: Given<'update'>) {
          const result = await super.update(...given);
          if (result.outcome === 'circle') this.state.log.appendNow([given[4]]);
          return result;
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
    'begins a page after the name, whatever the organisation',
    IN_PAGES,
    {
      Roles: class extends FaultyRoleStore {
        override async list(query: RoleQuery): Promise<readonly RoleRecord[]> {
          return (await super.list(query)).filter(({ name }) => name !== query.after?.name);
        }
      },
    },
  ],
  [
    'looks for a circle before it changes a role, and another may close it in between',
    'closes no circle when each of several roles inherits from the next at once',
    {
      Roles: class extends FaultyRoleStore {
        override async update(...given: Given<'update'>) {
          const [name, orgId, changes] = given;
          const role = { ...newRole({ name, orgId }), ...changes };
          const isCircle = new RoleGraph(this.state.roles.values()).with(role).isInCircle(role);
          await others();
          if (isCircle) return { outcome: 'circle' as const };
          put(this.state, role);
          return { outcome: 'changed' as const, role };
        }
      },
    },
  ],
  [
    'looks for a circle among changed roles alone, not among new ones',
    'refuses a new role by which one would inherit from itself, and has done nothing then',
    {
      Roles: class extends FaultyRoleStore {
        override async insert(...given: Given<'insert'>) {
          const result = await super.insert(...given);
          if (result !== 'circle') return result;
          put(this.state, given[0]);
          return 'inserted' as const;
        }
      },
    },
  ],
  [
    'removes a role that another inherits from',
    'keeps a role from which another inherits, and has done nothing then',
    {
      Roles: class extends FaultyRoleStore {
        override async remove(...given: Given<'remove'>) {
          const result = await super.remove(...given);
          const role = await this.find(given[0], given[1]);
          if (result.outcome !== 'in-use' || role === undefined) return result;
          this.state.roles.delete(JSON.stringify([role.name, role.orgId ?? null]));
          return { outcome: 'changed' as const, role };
        }
      },
    },
  ],
  ...([true, false] as const).map((takesAll): (typeof FAULTS)[number] => [
    takesAll ? 'takes a removed role from every organisation' : 'leaves a removed role with its holders',
    'takes an organisation’s role, when it is removed, from its users alone',
    {
      Roles: class extends FaultyRoleStore {
        override async remove(...given: Given<'remove'>) {
          const holders = this.state.rolesOf.holdersOf(given[0]);
          const result = await super.remove(...given);
          for (const id of holders)
            if (takesAll) this.state.rolesOf.remove(id, given[0]);
            else this.state.rolesOf.add(id, given[0]);
          return result;
        }
      },
    },
  ]),
  [
    'gives a stored role that is not there',
    'gives a stored role only while it is there',
    {
      Roles: class extends FaultyRoleStore {
        override assign(...[subjectId, name, revocation]: Given<'assign'>) {
          return super.assign(subjectId, name, revocation);
        }
      },
    },
  ],
  [
    'looks for a stored role before it gives it, and that may be removed in between',
    'leaves nobody with a role that is removed while it is given',
    {
      Roles: class extends FaultyRoleStore {
        override async assign(...[subjectId, name, revocation, stored]: Given<'assign'>) {
          if (stored !== undefined && (await this.find(name, stored.orgId)) === undefined) return false;
          await others();
          return super.assign(subjectId, name, revocation);
        }
      },
    },
  ],
  [
    'writes an entry for a role that is there already',
    ONCE,
    {
      Roles: class extends FaultyRoleStore {
        override async assign(...given: Given<'assign'>) {
          const isNew = await super.assign(...given);
          if (!isNew) this.state.log.appendNow([given[2]]);
          return isNew;
        }
      },
    },
  ],
  [
    'lets an organisation stand in for what a role for all inherits from',
    'never lets an organisation stand in for what a role for all inherits from',
    {
      Roles: class extends FaultyRoleStore {
        override async holdingsOf(...given: Given<'holdingsOf'>) {
          const holdings = await super.holdingsOf(...given);
          const nearer = ({ name }: RoleRecord) => this.find(name, holdings.user?.orgId);
          const stored = await Promise.all(holdings.stored.map(async (role) => (await nearer(role)) ?? role));
          return { ...holdings, stored };
        }
      },
    },
  ],
  [
    'gives a new role to who holds its name',
    'gives a new role to nobody who holds its name since before',
    {
      Roles: class extends FaultyRoleStore {
        override async insert(...given: Given<'insert'>) {
          const [{ name }] = given;
          const holders = this.state.rolesOf.holdersOf(name);
          const result = await super.insert(...given);
          for (const subjectId of holders) this.state.rolesOf.add(subjectId, name);
          return result;
        }
      },
    },
  ],
  [
    'gives roles of other organisations',
    'takes a name for the role of the own organisation, else for the one for all',
    {
      Roles: class extends FaultyRoleStore {
        override async holdingsOf(...given: Given<'holdingsOf'>) {
          const holdings = await super.holdingsOf(...given);
          const stored = [...this.state.roles.values()].filter(({ name }) => holdings.roles.includes(name));
          return { ...holdings, stored };
        }
      },
    },
  ],
  [
    'follows inheritance for one level alone',
    'gives whole roles, those inherited over several levels too, each once',
    {
      Roles: class extends FaultyRoleStore {
        override async holdingsOf(...given: Given<'holdingsOf'>) {
          const holdings = await super.holdingsOf(...given);
          const own = holdings.stored.filter(({ name }) => holdings.roles.includes(name));
          const near = new Set([...holdings.roles, ...own.flatMap(({ inherits }) => inherits)]);
          return { ...holdings, stored: holdings.stored.filter(({ name }) => near.has(name)) };
        }
      },
    },
  ],
  [
    'takes the organisation that a caller names for that of a user',
    'takes a name for the role of the own organisation, else for the one for all',
    {
      Roles: class extends FaultyRoleStore {
        override async holdingsOf(...[subjectId, orgId]: Given<'holdingsOf'>) {
          const holdings = await super.holdingsOf(subjectId);
          const { stored } = await super.holdingsOf(subjectId, orgId);
          if (orgId === undefined) return holdings;
          const named = await Promise.all(holdings.roles.map((name) => this.find(name, orgId)));
          return { ...holdings, stored: [...stored, ...named.flatMap((role) => role ?? [])] };
        }
      },
    },
  ],
];

describe('roleStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failuresOfPeople(roleStoreContract)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, stores) => {
    expect(await failuresOfPeople(roleStoreContract, stores)).toContain(test);
  });
});
