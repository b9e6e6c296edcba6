import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { ADMINISTRATOR, type RoleRecord, type RoleStore } from '../roles/role.store.js';
import {
  newRole,
  newUser,
  permissionsEntry,
  termsFor,
  withUsers,
  type MakePeopleStores,
} from './people.fixtures.js';
import { type TestRunner } from './store-contract.js';

/** What a subject holds. */
export function roleHoldings({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  const insertAll = async (roles: RoleStore, ...all: readonly RoleRecord[]): Promise<void> => {
    for (const role of all) assert.equal(await roles.insert(role, permissionsEntry()), 'inserted');
  };
  const give = async (roles: RoleStore, subjectId: string, ...names: readonly string[]): Promise<void> => {
    for (const name of names) await roles.assign(subjectId, name, permissionsEntry());
  };
  const storedOf = async (roles: RoleStore, subjectId: string, orgId?: string): Promise<RoleRecord[]> =>
    (await roles.holdingsOf(subjectId, orgId)).stored.toSorted(byName);

  describe('RoleStore, holdings', () => {
    it('knows nothing of who is not there', async () => {
      const { roles } = await makeStores();
      for (const id of [randomUUID(), '', '%', '\0'])
        assert.deepEqual(await roles.holdingsOf(id), { user: undefined, roles: [], grants: [], stored: [] });
    });

    it('says of a user whether it is active and where it belongs', async () => {
      const [one, other] = [newUser({ orgId: 'org_1' }), newUser({ isActive: false })];
      const { users, roles } = await withUsers(makeStores, one, other);
      const { user } = await roles.holdingsOf(one.userId, 'org_2');
      assert.deepEqual(user, { isActive: true, orgId: 'org_1' });
      assert.deepEqual((await roles.holdingsOf(other.userId)).user, { isActive: false, orgId: undefined });
      await users.update(one.userId, { orgId: undefined, isActive: false }, termsFor(one.userId));
      assert.deepEqual((await roles.holdingsOf(one.userId)).user, { isActive: false, orgId: undefined });
    });

    it('gives the names of roles and the grants of the subject alone, sorted, stored or not', async () => {
      const { roles } = await makeStores();
      const [subject, other] = [randomUUID(), randomUUID()];
      await give(roles, subject, 'of.the-code', 'b', ADMINISTRATOR, 'B');
      for (const grant of ['b:c', '*', 'b:*']) await roles.addGrant(subject, grant, permissionsEntry());
      await give(roles, other, 'c');
      await roles.addGrant(other, 'c:d', permissionsEntry());
      const { user, roles: names, grants, stored } = await roles.holdingsOf(subject);
      assert.equal(user, undefined);
      assert.deepEqual(names, ['B', ADMINISTRATOR, 'b', 'of.the-code']);
      assert.deepEqual(grants, ['*', 'b:*', 'b:c']);
      assert.deepEqual(stored, []);
    });

    it('gives whole roles, those inherited over several levels too, each once', async () => {
      const user = newUser();
      const { roles } = await withUsers(makeStores, user);
      const a = newRole({
        name: 'a',
        description: 'A',
        permissions: ['a:b', '*'],
        inherits: ['b', 'c', 'code'],
      });
      const b = newRole({ name: 'b', permissions: ['b:*'], inherits: ['d'] });
      const c = newRole({ name: 'c', inherits: ['d', ADMINISTRATOR] });
      const d = newRole({ name: 'd', inherits: ['e'] });
      const e = newRole({ name: 'e', permissions: ['e:f'] });
      await insertAll(roles, a, b, c, d, e, newRole({ name: 'f', inherits: ['a'] }));
      await give(roles, user.userId, 'a', 'c');
      assert.deepEqual(await storedOf(roles, user.userId), [a, b, c, d, e]);
      assert.deepEqual((await roles.holdingsOf(user.userId)).roles, ['a', 'c']);
    });

    it('takes a name for the role of the own organisation, else for the one for all', async () => {
      const [inOne, inTwo, inNone] = [newUser({ orgId: 'one' }), newUser({ orgId: 'two' }), newUser()];
      const { roles } = await withUsers(makeStores, inOne, inTwo, inNone);
      const forAll = newRole({ name: 'editor' });
      const ofOne = newRole({ name: 'editor', orgId: 'one' });
      const onlyInOne = newRole({ name: 'only', orgId: 'one' });
      await insertAll(roles, forAll, ofOne, onlyInOne);
      const service = randomUUID();
      for (const id of [inOne.userId, inTwo.userId, inNone.userId, service])
        await give(roles, id, 'editor', 'only');
      assert.deepEqual(await storedOf(roles, inOne.userId), [ofOne, onlyInOne]);
      assert.deepEqual(await storedOf(roles, inTwo.userId), [forAll]);
      assert.deepEqual(await storedOf(roles, inNone.userId), [forAll]);
      assert.deepEqual(await storedOf(roles, inTwo.userId, 'one'), [forAll]);
      assert.deepEqual(await storedOf(roles, inNone.userId, 'one'), [forAll]);
      assert.deepEqual(await storedOf(roles, service), [forAll]);
      assert.deepEqual(await storedOf(roles, service, 'one'), [ofOne, onlyInOne]);
    });

    it('never lets an organisation stand in for what a role for all inherits from', async () => {
      const user = newUser({ orgId: 'one' });
      const { roles } = await withUsers(makeStores, user);
      const base = newRole({ name: 'base' });
      const own = newRole({ name: 'base', orgId: 'one', permissions: ['*'] });
      const mid = newRole({ name: 'mid', inherits: ['base'] });
      const top = newRole({ name: 'top', orgId: 'one', inherits: ['mid'] });
      const ownTop = newRole({ name: 'own-top', orgId: 'one', inherits: ['base'] });
      await insertAll(roles, base, own, mid, top, ownTop);
      await give(roles, user.userId, 'top');
      assert.deepEqual(await storedOf(roles, user.userId), [base, mid, top]);
      await give(roles, user.userId, 'own-top');
      assert.deepEqual(await storedOf(roles, user.userId), [base, own, mid, ownTop, top]);
    });

    it('gives a new role to nobody who holds its name since before', async () => {
      const [inOne, inTwo, inNone] = [newUser({ orgId: 'one' }), newUser({ orgId: 'two' }), newUser()];
      const { roles } = await withUsers(makeStores, inOne, inTwo, inNone);
      const service = randomUUID();
      const holders = [inOne.userId, inTwo.userId, inNone.userId, service];
      const held = (): Promise<number[]> =>
        Promise.all(holders.map(async (id) => (await roles.holdingsOf(id)).roles.length));
      for (const id of holders) await give(roles, id, 'editor', 'other');
      await insertAll(roles, newRole({ name: 'editor', orgId: 'one' }));
      assert.deepEqual(await held(), [1, 2, 2, 2]);
      await give(roles, inOne.userId, 'editor');
      await insertAll(roles, newRole({ name: 'editor' }));
      assert.deepEqual(await held(), [2, 1, 1, 1]);
    });

    it('takes an organisation’s role, when it is removed, from its users alone', async () => {
      const [inOne, inTwo, inNone] = [newUser({ orgId: 'one' }), newUser({ orgId: 'two' }), newUser()];
      const { roles } = await withUsers(makeStores, inOne, inTwo, inNone);
      const forAll = newRole({ name: 'editor' });
      await insertAll(roles, forAll, { ...forAll, orgId: 'one' });
      for (const { userId } of [inOne, inTwo, inNone]) await give(roles, userId, 'editor', 'other');
      await roles.remove('editor', 'one', permissionsEntry());
      assert.deepEqual((await roles.holdingsOf(inOne.userId)).roles, ['other']);
      for (const { userId } of [inTwo, inNone]) {
        assert.deepEqual((await roles.holdingsOf(userId)).roles, ['editor', 'other']);
        assert.deepEqual(await storedOf(roles, userId), [forAll]);
      }
    });

    it('takes a role for all, when it is removed, from everybody for whom it stood', async () => {
      const [inOne, inTwo, inNone] = [newUser({ orgId: 'one' }), newUser({ orgId: 'two' }), newUser()];
      const { roles } = await withUsers(makeStores, inOne, inTwo, inNone);
      const ofOne = newRole({ name: 'editor', orgId: 'one' });
      const service = randomUUID();
      await insertAll(roles, ofOne, { ...ofOne, orgId: undefined });
      for (const id of [inOne.userId, inTwo.userId, inNone.userId, service])
        await give(roles, id, 'editor', 'other');
      await roles.remove('editor', undefined, permissionsEntry());
      for (const id of [inTwo.userId, inNone.userId, service])
        assert.deepEqual((await roles.holdingsOf(id)).roles, ['other']);
      assert.deepEqual((await roles.holdingsOf(inOne.userId)).roles, ['editor', 'other']);
      assert.deepEqual(await storedOf(roles, inOne.userId), [ofOne]);
    });
  });
}

function byName(a: RoleRecord, b: RoleRecord): number {
  const [left, right] = [a, b].map(({ name, orgId }) => `${name} ${orgId ?? ''}`);
  return left! < right! ? -1 : 1;
}
