import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { UserRecord } from '../users/user.store.js';
import { newUser, termsFor, withUsers, type MakePeopleStores } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { loggedOf, type TestRunner } from './store-contract.js';
import { administrators } from './user-store.administrators.js';
import { userChanges } from './user-store.changes.js';
import { userRaces } from './user-store.races.js';

/**
 * What every {@link UserStore} has to do, races included, together with the other stores of its database. Run it on your
 * own:
 *
 * ```ts
 * userStoreContract({ describe, it }, async () => {
 *   await removeEverything(database);
 *   return mongoStores(database);
 * });
 * ```
 *
 * @param makeStores called for each test; there have to be no users, roles and holdings in them, since administrators are
 * counted, and one test has to be over before the next begins.
 */
export function userStoreContract(runner: TestRunner, makeStores: MakePeopleStores): void {
  runner.describe('UserStore', () => {
    records(runner, makeStores);
    lists(runner, makeStores);
  });
  userChanges(runner, makeStores);
  administrators(runner, makeStores);
  userRaces(runner, makeStores);
}

const FULL: Partial<UserRecord> = {
  name: 'Ada "the first" \\ Lovelace',
  orgId: 'org_1',
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
  isActive: false,
  emailVerifiedAt: at(5),
  metadata: { plan: 'pro', nested: { list: [1, 'two', null] } },
  updatedAt: at(6),
};

function records({ it }: TestRunner, makeStores: MakePeopleStores): void {
  it('gives back whom it was given, by id and by address', async () => {
    const user = newUser(FULL);
    const { users } = await withUsers(makeStores, newUser(), user);
    assert.deepEqual(await users.findById(user.userId), user);
    assert.deepEqual(await users.findByEmail(user.email), user);
  });

  it('gives back absent fields as undefined', async () => {
    const user = newUser();
    const { users } = await withUsers(makeStores, user);
    assert.deepEqual(await users.findById(user.userId), user);
  });

  it('knows nobody who is not there, nor by a part of an id or an address', async () => {
    const user = newUser();
    const { users } = await withUsers(makeStores, user);
    for (const id of [randomUUID(), '', '%', user.userId.slice(0, -1), `${user.userId}\0`]) {
      assert.equal(await users.findById(id), undefined);
      assert.deepEqual(await users.update(id, { name: 'x' }, termsFor(id)), { outcome: 'unknown' });
      assert.deepEqual(await users.remove(id, termsFor(id)), { outcome: 'unknown' });
    }
    for (const email of ['', '%', '%@example.com', user.email.slice(1), `${user.email}\0`])
      assert.equal(await users.findByEmail(email), undefined);
    assert.equal(await users.hasAdministrator(), false);
  });

  it('does not let a caller change a record through what it was given', async () => {
    const user = newUser({ metadata: { plan: 'free' } });
    const { users } = await withUsers(makeStores, user);
    (user.metadata as Record<string, unknown>).plan = 'pro';
    try {
      ((await users.findById(user.userId))!.metadata as Record<string, unknown>).plan = 'pro';
    } catch {
      // A store may hand out frozen records.
    }
    assert.deepEqual((await users.findById(user.userId))!.metadata, { plan: 'free' });
  });

  it('inserts an address once and an id once, and leaves the first record as it was', async () => {
    const first = newUser({ name: 'first' });
    const { users } = await withUsers(makeStores, first);
    const sameEmail = newUser({ email: first.email });
    assert.equal(await users.insert(sameEmail), false);
    assert.equal(await users.findById(sameEmail.userId), undefined);
    const sameId = newUser({ userId: first.userId });
    assert.equal(await users.insert(sameId), false);
    assert.equal(await users.findByEmail(sameId.email), undefined);
    assert.deepEqual(await users.findByEmail(first.email), first);
  });
}

function lists({ it }: TestRunner, makeStores: MakePeopleStores): void {
  const ids = (found: readonly UserRecord[]): string[] => found.map(({ userId }) => userId);

  it('lists in the order of ids, by organisation, in pages', async () => {
    const made = [1, 2, 3, 4, 5].map((i) => newUser({ orgId: i === 3 ? 'org_b' : 'org_a' }));
    const { users } = await withUsers(makeStores, ...made);
    const all = ids(made).sort();
    assert.deepEqual(ids(await users.list({ limit: 100 })), all);
    assert.deepEqual(ids(await users.list({ limit: 2 })), all.slice(0, 2));
    assert.deepEqual(ids(await users.list({ limit: 2, after: all[1]! })), all.slice(2, 4));
    assert.deepEqual(ids(await users.list({ limit: 2, after: all[4]! })), []);
    const ofA = all.filter((userId) => userId !== made[2]!.userId);
    assert.deepEqual(ids(await users.list({ limit: 100, orgId: 'org_a' })), ofA);
    assert.deepEqual(ids(await users.list({ limit: 1, orgId: 'org_a', after: ofA[2]! })), [ofA[3]]);
    assert.deepEqual(ids(await users.list({ limit: 100, orgId: 'org' })), []);
    for (const after of [randomUUID(), '', `${all[0]}\0`])
      assert.deepEqual(ids(await users.list({ limit: 100, after })), []);
  });

  it('lists whole records', async () => {
    const user = newUser(FULL);
    const { users } = await withUsers(makeStores, user);
    assert.deepEqual(await users.list({ limit: 1 }), [user]);
  });

  it('finds a part of the address or the name, in any case, and takes it literally', async () => {
    const ada = newUser({ email: 'a_da%50@one.example', name: 'Ada ÅNGSTRÖM \\o/' });
    const bob = newUser({ email: 'bob+ada@two.example', name: undefined });
    const eve = newUser({ email: 'eve@two.example', name: "O'Neil 100%", orgId: 'org_1' });
    const { users } = await withUsers(makeStores, ada, bob, eve);
    const found = async (search: string): Promise<string[]> =>
      ids(await users.list({ limit: 100, search })).sort();
    const expected: [string, UserRecord[]][] = [
      ['ADA', [ada, bob]],
      ['two.EXAMPLE', [bob, eve]],
      ['ångström', [ada]],
      ['a_d', [ada]],
      ['0%', [eve]],
      ['a%5', [ada]],
      ['b_b', []],
      ['\\', [ada]],
      ["o'neil", [eve]],
      ['.', [ada, bob, eve]],
      ['.*', []],
      ['undefined', []],
      ['bob\0', []],
    ];
    for (const [search, people] of expected)
      assert.deepEqual(await found(search), ids(people).sort(), search);
    assert.deepEqual(ids(await users.list({ limit: 100, search: 'two', orgId: 'org_1' })), [eve.userId]);
  });

  it('finds the name that somebody has now', async () => {
    const user = newUser({ name: 'Before' });
    const { users, revocations } = await withUsers(makeStores, user);
    await users.update(user.userId, { name: 'AFTER' }, termsFor(user.userId));
    assert.equal((await users.list({ limit: 1, search: 'before' })).length, 0);
    assert.equal((await users.list({ limit: 1, search: 'after' })).length, 1);
    await users.update(user.userId, { name: undefined }, termsFor(user.userId));
    assert.equal((await users.list({ limit: 1, search: 'after' })).length, 0);
    assert.equal((await loggedOf(revocations, user.userId)).length, 2);
  });
}
