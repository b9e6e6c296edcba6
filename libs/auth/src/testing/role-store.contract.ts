import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { ADMINISTRATOR, type RoleRecord } from '../roles/role.store.js';
import { newRole, permissionsEntry, type MakePeopleStores } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { roleGraphs } from './role-store.graph.js';
import { roleHoldings } from './role-store.holdings.js';
import { roleRaces } from './role-store.races.js';
import { loggedOf, type TestRunner } from './store-contract.js';

/**
 * What every {@link RoleStore} has to do, races included, together with the other stores of its database. Run it on your
 * own, beside {@link userStoreContract}, which has the rules about administrators:
 *
 * ```ts
 * roleStoreContract({ describe, it }, async () => {
 *   await removeEverything(database);
 *   return mongoStores(database);
 * });
 * ```
 *
 * @param makeStores called for each test; there have to be no users, roles and holdings in them, since all roles are
 * listed, and one test has to be over before the next begins.
 */
export function roleStoreContract(runner: TestRunner, makeStores: MakePeopleStores): void {
  runner.describe('RoleStore', () => {
    records(runner, makeStores);
    changes(runner, makeStores);
  });
  roleGraphs(runner, makeStores);
  roleHoldings(runner, makeStores);
  roleRaces(runner, makeStores);
}

const FULL: Partial<RoleRecord> = {
  description: 'May "everything" \\ here',
  permissions: ['session:*', 'memory:read', '*'],
  inherits: ['of.the-code'],
};

function records({ it }: TestRunner, makeStores: MakePeopleStores): void {
  it('gives back what was inserted, by name and organisation', async () => {
    const { roles, revocations } = await makeStores();
    const forAll = newRole({ ...FULL, updatedAt: at(3) });
    const ofOrg = newRole({ name: forAll.name, orgId: 'org_1' });
    for (const role of [forAll, ofOrg]) {
      const entry = permissionsEntry();
      assert.equal(await roles.insert(role, entry), 'inserted');
      assert.deepEqual(await loggedOf(revocations, entry.id), [entry]);
    }
    assert.deepEqual(await roles.find(forAll.name, undefined), forAll);
    assert.deepEqual(await roles.find(forAll.name, 'org_1'), ofOrg);
    assert.equal(await roles.find(forAll.name, 'org_2'), undefined);
    for (const name of ['', '%', forAll.name.slice(1), forAll.name.toUpperCase(), `${forAll.name}\0`])
      assert.equal(await roles.find(name, undefined), undefined);
  });

  it('inserts a name once in an organisation and once for all, and never that of administrators', async () => {
    const { roles, revocations } = await makeStores();
    const forAll = newRole({ description: 'first' });
    const ofOrg = { ...forAll, orgId: 'org_1' };
    for (const role of [forAll, ofOrg]) await roles.insert(role, permissionsEntry());
    const taken = [
      { ...forAll, description: 'second' },
      { ...ofOrg, description: 'second' },
      newRole({ name: ADMINISTRATOR }),
      newRole({ name: ADMINISTRATOR, orgId: 'org_1' }),
    ];
    for (const role of taken) {
      const entry = permissionsEntry();
      assert.equal(await roles.insert(role, entry), 'taken');
      assert.deepEqual(await loggedOf(revocations, entry.id), []);
    }
    assert.deepEqual(await roles.list({ limit: 100 }), [forAll, ofOrg]);
  });

  it('does not let a caller change a record through what it was given', async () => {
    const { roles } = await makeStores();
    const role = newRole({ permissions: ['a:b'] });
    await roles.insert(role, permissionsEntry());
    (role.permissions as string[]).push('*');
    try {
      ((await roles.find(role.name, undefined))!.permissions as string[]).push('*');
    } catch {
      // A store may hand out frozen records.
    }
    assert.deepEqual((await roles.find(role.name, undefined))!.permissions, ['a:b']);
  });

  it('lists by name, then organisation, those for all first, in pages', async () => {
    const { roles } = await makeStores();
    const [a, b, c] = ['B', 'a', 'a.b'];
    const all = [
      newRole({ name: a }),
      newRole({ name: b, orgId: 'org_1' }),
      newRole({ name: b, orgId: 'org_2' }),
      newRole({ name: c, ...FULL }),
      newRole({ name: c, orgId: 'Org' }),
      newRole({ name: c, orgId: 'org_1' }),
    ];
    for (const i of [4, 2, 0, 5, 3, 1]) await roles.insert(all[i]!, permissionsEntry());
    assert.deepEqual(await roles.list({ limit: 100 }), all);
    for (let i = 0; i < all.length; i += 1) {
      assert.deepEqual(await roles.list({ limit: 2, after: all[i]! }), all.slice(i + 1, i + 3));
    }
    const ofOrg1 = [all[0], all[1], all[3], all[5]];
    assert.deepEqual(await roles.list({ limit: 100, orgId: 'org_1' }), ofOrg1);
    assert.deepEqual(await roles.list({ limit: 2, orgId: 'org_1', after: all[1]! }), ofOrg1.slice(2));
    assert.deepEqual(await roles.list({ limit: 100, orgId: 'org_3' }), [all[0], all[3]]);
    for (const after of [
      { name: b, orgId: undefined },
      { name: c, orgId: 'o' },
      { name: '', orgId: undefined },
    ])
      assert.deepEqual(await roles.list({ limit: 100, after }), []);
  });
}

function changes({ it }: TestRunner, makeStores: MakePeopleStores): void {
  it('changes what is named of one role and leaves the rest', async () => {
    const { roles, revocations } = await makeStores();
    const role = newRole({ ...FULL });
    const others = [{ ...role, orgId: 'org_1' }, newRole(FULL)];
    for (const one of [role, ...others]) await roles.insert(one, permissionsEntry());
    const entry = permissionsEntry();
    const changed = { ...role, permissions: ['a:b'], updatedAt: at(5) };
    const first = await roles.update(role.name, undefined, { permissions: ['a:b'] }, at(5), entry);
    assert.deepEqual(first, { outcome: 'changed', role: changed });
    assert.deepEqual(await roles.find(role.name, undefined), changed);
    assert.deepEqual(await loggedOf(revocations, entry.id), [entry]);
    const more = { description: undefined, inherits: [others[1]!.name] };
    await roles.update(role.name, undefined, more, at(6), permissionsEntry());
    assert.deepEqual(await roles.find(role.name, undefined), { ...changed, ...more, updatedAt: at(6) });
    for (const other of others) assert.deepEqual(await roles.find(other.name, other.orgId), other);
  });

  it('changes and removes nothing that is not there, and writes nothing then', async () => {
    const { roles, revocations } = await makeStores();
    const role = newRole({ orgId: 'org_1' });
    await roles.insert(role, permissionsEntry());
    const entry = permissionsEntry();
    for (const [name, orgId] of [
      [role.name, undefined],
      [role.name, 'org_2'],
      [`${role.name}\0`, 'org_1'],
      [ADMINISTRATOR, undefined],
    ] as const) {
      const result = await roles.update(name, orgId, { permissions: ['*'] }, at(1), entry);
      assert.deepEqual(result, { outcome: 'unknown' });
      assert.deepEqual(await roles.remove(name, orgId, entry), { outcome: 'unknown' });
    }
    assert.deepEqual(await loggedOf(revocations, entry.id), []);
    assert.deepEqual(await roles.list({ limit: 100 }), [role]);
  });

  it('removes one role, and its name is free', async () => {
    const { roles, revocations } = await makeStores();
    const role = newRole(FULL);
    const other = { ...role, orgId: 'org_1' };
    for (const one of [role, other]) await roles.insert(one, permissionsEntry());
    const entry = permissionsEntry();
    assert.deepEqual(await roles.remove(role.name, undefined, entry), { outcome: 'changed', role });
    assert.deepEqual(await loggedOf(revocations, entry.id), [entry]);
    assert.deepEqual(await roles.list({ limit: 100 }), [other]);
    assert.deepEqual(await roles.remove(role.name, undefined, entry), { outcome: 'unknown' });
    assert.equal(await roles.insert(role, permissionsEntry()), 'inserted');
  });

  it('gives and takes a role and a grant once, with an entry each time that something changes', async () => {
    const { roles, revocations } = await makeStores();
    const [subject, other] = [randomUUID(), randomUUID()];
    const entry = permissionsEntry(subject);
    const verbs: [() => Promise<unknown>, unknown][] = [
      [() => roles.unassign(subject, 'editor', entry), 'unknown'],
      [() => roles.removeGrant(subject, 'a:b', entry), false],
      [() => roles.assign(subject, 'editor', entry), true],
      [() => roles.assign(subject, 'editor', entry), false],
      [() => roles.addGrant(subject, 'a:b', entry), true],
      [() => roles.addGrant(subject, 'a:b', entry), false],
      [() => roles.unassign(other, 'editor', entry), 'unknown'],
      [() => roles.removeGrant(other, 'a:b', entry), false],
      [() => roles.unassign(subject, 'edito_', entry), 'unknown'],
      [() => roles.removeGrant(subject, 'a:*', entry), false],
      [() => roles.unassign(subject, 'editor\0', entry), 'unknown'],
      [() => roles.removeGrant(subject, 'a:b\0', entry), false],
      [() => roles.unassign(subject, 'editor', entry), 'changed'],
      [() => roles.unassign(subject, 'editor', entry), 'unknown'],
      [() => roles.removeGrant(subject, 'a:b', entry), true],
      [() => roles.removeGrant(subject, 'a:b', entry), false],
    ];
    let written = 0;
    for (const [verb, expected] of verbs) {
      assert.equal(await verb(), expected);
      if (expected === true || expected === 'changed') written += 1;
      assert.deepEqual(await loggedOf(revocations, subject), Array(written).fill(entry));
    }
  });

  it('gives a stored role only while it is there', async () => {
    const { roles, revocations } = await makeStores();
    const subject = randomUUID();
    const entry = permissionsEntry(subject);
    const role = newRole({ orgId: 'org_1' });
    await roles.insert(role, permissionsEntry());
    for (const orgId of [undefined, 'org_2'])
      assert.equal(await roles.assign(subject, role.name, entry, { orgId }), false);
    assert.deepEqual(await loggedOf(revocations, subject), []);
    assert.equal(await roles.assign(subject, role.name, entry, role), true);
    assert.equal(await roles.assign(subject, role.name, entry, role), false);
    await roles.remove(role.name, role.orgId, permissionsEntry());
    assert.equal(await roles.assign(randomUUID(), role.name, entry, role), false);
    assert.deepEqual(await loggedOf(revocations, subject), [entry]);
  });
}
