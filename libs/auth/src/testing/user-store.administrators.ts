import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { ADMINISTRATOR } from '../roles/role.store.js';
import {
  addHolder,
  newUser,
  permissionsEntry,
  termsFor,
  withAdministrator,
  withUsers,
  type MakePeopleStores,
  type PeopleContractStores,
} from './people.fixtures.js';
import { loggedOf, type TestRunner } from './store-contract.js';
import { assertUntouched, openSession } from './user-store.changes.js';

/** The first administrator, and the last. */
export function administrators({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  describe('UserStore and RoleStore, administrators', () => {
    it('makes the first administrator, and no second one', async () => {
      const { users, roles, administrator } = await withAdministrator(makeStores);
      assert.deepEqual(await users.findById(administrator.userId), administrator);
      assert.deepEqual((await roles.holdingsOf(administrator.userId)).roles, [ADMINISTRATOR]);
      assert.equal(await users.hasAdministrator(), true);
      const second = newUser();
      assert.equal(await users.insertFirstAdministrator(second), false);
      assert.equal(await users.findById(second.userId), undefined);
      assert.deepEqual((await roles.holdingsOf(second.userId)).roles, []);
    });

    it('makes none of an address or an id that is taken', async () => {
      const user = newUser();
      const { users } = await withUsers(makeStores, user);
      for (const fields of [{ email: user.email }, { userId: user.userId }]) {
        const taken = newUser(fields);
        assert.equal(await users.insertFirstAdministrator(taken), false);
        assert.equal(await users.hasAdministrator(), false);
      }
      assert.deepEqual(await users.findById(user.userId), user);
      assert.equal(await users.insertFirstAdministrator(newUser()), true);
    });

    it('makes none while a user holds the role who is not active', async () => {
      const stores = await makeStores();
      await addHolder(stores, { isActive: false });
      assert.equal(await stores.users.hasAdministrator(), true);
      assert.equal(await stores.users.insertFirstAdministrator(newUser()), false);
    });

    it('does not take what is no user for an administrator', async () => {
      const { users, roles } = await makeStores();
      await roles.assign(randomUUID(), ADMINISTRATOR, permissionsEntry());
      assert.equal(await users.hasAdministrator(), false);
      assert.equal(await users.insertFirstAdministrator(newUser()), true);
    });

    it('keeps the last active one, whoever else holds the role', async () => {
      const stores = await withAdministrator(makeStores);
      const { users, roles, revocations, administrator } = stores;
      const { userId } = administrator;
      // None of these counts.
      await addHolder(stores, { isActive: false });
      await addHolder(stores, { orgId: 'org_1' });
      await roles.assign(randomUUID(), ADMINISTRATOR, permissionsEntry());
      const sessionId = await openSession(stores, userId);
      for (const end of waysToEnd(stores, userId)) assert.equal(await end(), 'last-administrator');
      await assertUntouched(stores, userId, sessionId);
      assert.deepEqual(await users.findById(userId), administrator);
      assert.deepEqual((await roles.holdingsOf(userId)).roles, [ADMINISTRATOR]);
      const harmless = { name: 'new', isActive: true, orgId: undefined };
      assert.equal((await users.update(userId, harmless, termsFor(userId))).outcome, 'changed');
      assert.equal((await loggedOf(revocations, userId)).length, 1);
    });

    it('lets an administrator go in every way when there is another', async () => {
      const stores = await withAdministrator(makeStores);
      for (let way = 0; way < 4; way += 1) {
        const { userId } = await addHolder(stores);
        const before = (await loggedOf(stores.revocations, userId)).length;
        assert.equal(await waysToEnd(stores, userId)[way]!(), 'changed');
        assert.equal((await loggedOf(stores.revocations, userId)).length, before + 1);
      }
    });

    it('lets a holder of the role go who is no administrator', async () => {
      const stores = await withAdministrator(makeStores);
      for (const fields of [{ isActive: false }, { orgId: 'org_1' }]) {
        for (const way of [2, 3]) {
          const { userId } = await addHolder(stores, fields);
          assert.equal(await waysToEnd(stores, userId)[way]!(), 'changed');
        }
      }
      const service = randomUUID();
      await stores.roles.assign(service, ADMINISTRATOR, permissionsEntry());
      const unassigned = await stores.roles.unassign(service, ADMINISTRATOR, permissionsEntry());
      assert.equal(unassigned, 'changed');
      assert.equal(await stores.roles.unassign(service, ADMINISTRATOR, permissionsEntry()), 'unknown');
    });
  });
}

/** Disabled, moved into an organisation, removed, without the role: each answers with its outcome. */
export function waysToEnd(
  { users, roles }: PeopleContractStores,
  userId: string,
): readonly (() => Promise<string>)[] {
  const terms = termsFor(userId, { closesSessions: true });
  return [
    async () => (await users.update(userId, { isActive: false }, terms)).outcome,
    async () => (await users.update(userId, { orgId: 'org_1' }, terms)).outcome,
    async () => (await users.remove(userId, terms)).outcome,
    () => roles.unassign(userId, ADMINISTRATOR, permissionsEntry(userId)),
  ];
}
