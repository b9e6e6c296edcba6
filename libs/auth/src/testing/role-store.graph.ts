import assert from 'node:assert/strict';

import type { RoleChangeResult, RoleRecord, RoleStore } from '../roles/role.store.js';
import { newRole, permissionsEntry, type MakePeopleStores } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { loggedOf, type TestRunner } from './store-contract.js';

/** Which role inherits from which. */
export function roleGraphs({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  const withRoles = async (...roles: readonly RoleRecord[]) => {
    const stores = await makeStores();
    for (const role of roles) assert.equal(await stores.roles.insert(role, permissionsEntry()), 'inserted');
    return stores;
  };
  const named = (name: string, ...inherits: string[]): RoleRecord => newRole({ name, inherits });
  const inOrg = (name: string, ...inherits: string[]): RoleRecord =>
    newRole({ name, inherits, orgId: 'org_1' });
  const inherit = (
    roles: RoleStore,
    { name, orgId }: RoleRecord,
    inherits: readonly string[],
    entry = permissionsEntry(),
  ): Promise<RoleChangeResult> => roles.update(name, orgId, { inherits, permissions: ['x:y'] }, at(9), entry);

  describe('RoleStore, inheritance', () => {
    it('refuses a change by which a role would inherit from itself, and has done nothing then', async () => {
      const [a, b, c] = [named('a', 'b'), named('b', 'c', 'code'), named('c')];
      const { roles, revocations } = await withRoles(a, b, c);
      const entry = permissionsEntry();
      for (const inherits of [['a'], ['b'], ['c'], ['code', 'a']])
        assert.deepEqual(await inherit(roles, c, inherits, entry), { outcome: 'circle' });
      assert.deepEqual(await loggedOf(revocations, entry.id), []);
      assert.deepEqual(await roles.list({ limit: 100 }), [a, b, c]);
    });

    it('refuses a new role by which one would inherit from itself, and has done nothing then', async () => {
      const a = named('a', 'b');
      const { roles, revocations } = await withRoles(a);
      const entry = permissionsEntry();
      // A name may stand in `inherits` before there is such a role.
      for (const role of [named('b', 'a'), named('c', 'c'), named('b', 'code', 'b')])
        assert.equal(await roles.insert(role, entry), 'circle');
      assert.deepEqual(await loggedOf(revocations, entry.id), []);
      assert.deepEqual(await roles.list({ limit: 100 }), [a]);
      assert.equal(await roles.insert(named('b', 'c'), entry), 'inserted');
    });

    it('finds circles as names are understood: in the organisation first, then among those for all', async () => {
      const { roles } = await withRoles(named('base'), named('mid', 'base'), inOrg('top', 'mid'));
      // What is for all inherits from what is for all: no organisation's role closes a circle through it.
      assert.equal(await roles.insert(inOrg('base', 'top'), permissionsEntry()), 'inserted');
      assert.equal((await inherit(roles, named('base'), ['top'])).outcome, 'changed');
      // In the organisation, `base` and `mid` are its own from now on.
      assert.equal((await inherit(roles, inOrg('top'), ['base'])).outcome, 'circle');
      assert.equal(await roles.insert(inOrg('mid', 'base'), permissionsEntry()), 'circle');
      assert.equal(await roles.insert(inOrg('mid', 'mid'), permissionsEntry()), 'circle');
      assert.equal(await roles.insert(inOrg('mid', 'code'), permissionsEntry()), 'inserted');
      const elsewhere = newRole({ name: 'mid', orgId: 'org_2', inherits: ['top', 'base'] });
      assert.equal(await roles.insert(elsewhere, permissionsEntry()), 'inserted');
    });

    it('allows two ways to one role', async () => {
      const { roles } = await withRoles(named('a'), named('b', 'a'), named('c', 'a'), named('d', 'b', 'c'));
      assert.equal((await inherit(roles, named('d'), ['a', 'b', 'c'])).outcome, 'changed');
      assert.equal((await inherit(roles, named('c'), ['a', 'b'])).outcome, 'changed');
      assert.equal((await inherit(roles, named('b'), ['c'])).outcome, 'circle');
    });

    it('keeps a role from which another inherits, and has done nothing then', async () => {
      const [base, top] = [named('base'), named('top', 'base')];
      const { roles, revocations } = await withRoles(base, top);
      await roles.assign('subject', 'base', permissionsEntry());
      const entry = permissionsEntry();
      assert.deepEqual(await roles.remove('base', undefined, entry), { outcome: 'in-use' });
      assert.deepEqual(await loggedOf(revocations, entry.id), []);
      assert.deepEqual(await roles.list({ limit: 100 }), [base, top]);
      assert.deepEqual((await roles.holdingsOf('subject')).roles, ['base']);
      assert.equal((await roles.remove('top', undefined, entry)).outcome, 'changed');
      assert.equal((await roles.remove('base', undefined, entry)).outcome, 'changed');
    });

    it('keeps a role only where a name comes to it', async () => {
      const { roles } = await withRoles(named('base'), inOrg('base'), inOrg('top', 'base'));
      const elsewhere = newRole({ name: 'base', orgId: 'org_2' });
      await roles.insert(elsewhere, permissionsEntry());
      assert.equal((await roles.remove('base', 'org_1', permissionsEntry())).outcome, 'in-use');
      assert.equal((await roles.remove('base', 'org_2', permissionsEntry())).outcome, 'changed');
      assert.equal((await roles.remove('base', undefined, permissionsEntry())).outcome, 'changed');
      await roles.insert(named('all'), permissionsEntry());
      await inherit(roles, inOrg('top'), ['all']);
      assert.equal((await roles.remove('base', 'org_1', permissionsEntry())).outcome, 'changed');
      assert.equal((await roles.remove('all', undefined, permissionsEntry())).outcome, 'in-use');
    });
  });
}
