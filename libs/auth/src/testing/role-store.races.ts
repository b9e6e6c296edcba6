import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { newRole, newUser, permissionsEntry, withUsers, type MakePeopleStores } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { loggedOf, race, type TestRunner } from './store-contract.js';

const ROUNDS = 10;

/** The races of {@link RoleStore}: many callers at the same time. */
export function roleRaces({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  describe('RoleStore in races', () => {
    it('inserts a name once, of many callers, for all and in an organisation', async () => {
      const { roles, revocations } = await makeStores();
      for (const orgId of [undefined, 'org_1']) {
        const entry = permissionsEntry();
        const made = Array.from({ length: 100 }, (_, i) =>
          newRole({ name: 'a', orgId, description: `${i}` }),
        );
        const results = await race((i) => roles.insert(made[i]!, entry));
        const winners = made.filter((_, i) => results[i] === 'inserted');
        assert.equal(winners.length, 1);
        assert.ok(results.every((result) => result === 'inserted' || result === 'taken'));
        assert.deepEqual(await roles.find('a', orgId), winners[0]);
        assert.deepEqual(await loggedOf(revocations, entry.id), [entry]);
      }
    });

    it('closes no circle when each of several roles inherits from the next at once', async () => {
      const { roles } = await makeStores();
      const names = Array.from({ length: 5 }, (_, i) => `role-${i}`);
      const next = (i: number): string[] => [names[(i + 1) % names.length]!];
      for (const name of names) await roles.insert(newRole({ name }), permissionsEntry());
      const changed = await race(async (i) => {
        const n = i % names.length;
        const entry = permissionsEntry();
        return (await roles.update(names[n]!, undefined, { inherits: next(n) }, at(i), entry)).outcome;
      });
      assert.ok(changed.includes('circle'));
      const made = await roles.list({ limit: 100 });
      assert.equal(made.filter(({ inherits }) => inherits.length > 0).length, names.length - 1);
    });

    it('closes no circle by roles that are new at once', async () => {
      const { roles } = await makeStores();
      for (let round = 0; round < ROUNDS; round += 1) {
        const names = Array.from({ length: 4 }, (_, i) => `role-${round}-${i}`);
        const results = await Promise.all(
          names.map((name, i) =>
            roles.insert(newRole({ name, inherits: [names[(i + 1) % names.length]!] }), permissionsEntry()),
          ),
        );
        assert.deepEqual(results.toSorted(), ['circle', 'inserted', 'inserted', 'inserted']);
      }
    });

    it('gives and takes a role and a grant once, of many callers', async () => {
      const { roles, revocations } = await makeStores();
      const subject = randomUUID();
      const entry = permissionsEntry(subject);
      for (const [verb, success] of [
        [() => roles.assign(subject, 'a', entry), true],
        [() => roles.unassign(subject, 'a', entry), 'changed'],
        [() => roles.addGrant(subject, 'a:b', entry), true],
        [() => roles.removeGrant(subject, 'a:b', entry), true],
      ] as const) {
        const before = (await loggedOf(revocations, subject)).length;
        const results = await race<unknown>(verb);
        assert.equal(results.filter((result) => result === success).length, 1);
        assert.equal((await loggedOf(revocations, subject)).length, before + 1);
      }
    });

    it('leaves nobody with a role that is removed while it is given', async () => {
      const made = Array.from({ length: 5 }, () => newUser());
      const { roles } = await withUsers(makeStores, ...made);
      for (let round = 0; round < ROUNDS; round += 1) {
        const role = newRole();
        await roles.insert(role, permissionsEntry());
        await Promise.all([
          ...made.slice(0, 2).map(({ userId }) => roles.assign(userId, role.name, permissionsEntry(), role)),
          roles.remove(role.name, undefined, permissionsEntry()),
          ...made.slice(2).map(({ userId }) => roles.assign(userId, role.name, permissionsEntry(), role)),
        ]);
        for (const { userId } of made) assert.deepEqual((await roles.holdingsOf(userId)).roles, []);
      }
    });

    it('removes no role that begins to be inherited from at the same time', async () => {
      const { roles } = await makeStores();
      for (let round = 0; round < ROUNDS; round += 1) {
        const [base, top] = [newRole(), newRole()];
        for (const role of [base, top]) await roles.insert(role, permissionsEntry());
        const [removed] = await Promise.all([
          roles.remove(base.name, undefined, permissionsEntry()),
          roles.update(top.name, undefined, { inherits: [base.name] }, at(1), permissionsEntry()),
        ]);
        const found = await roles.find(base.name, undefined);
        assert.equal(found === undefined, removed.outcome === 'changed');
        assert.ok(removed.outcome === 'changed' || removed.outcome === 'in-use');
      }
    });
  });
}
