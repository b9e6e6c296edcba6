import assert from 'node:assert/strict';

import { ADMINISTRATOR } from '../roles/role.store.js';
import {
  addHolder,
  newUser,
  termsFor,
  withAdministrator,
  withUsers,
  type MakePeopleStores,
} from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { loggedOf, race, type TestRunner } from './store-contract.js';
import { openSession } from './user-store.changes.js';
import { waysToEnd } from './user-store.administrators.js';

const ROUNDS = 10;
const WAYS = [0, 1, 2, 3];
/** Each way beside each: disabled, moved into an organisation, removed, without the role. */
const PAIRS = WAYS.flatMap((i) => WAYS.map((j) => [i, j] as const));

/** The races of {@link UserStore}: many callers at the same time. */
export function userRaces({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  describe('UserStore in races', () => {
    it('makes one first administrator, of many callers, and no trace of the others', async () => {
      const { users, roles } = await makeStores();
      const made = Array.from({ length: 100 }, () => newUser());
      const results = await race((i) => users.insertFirstAdministrator(made[i]!));
      const winners = made.filter((_, i) => results[i]);
      assert.equal(winners.length, 1);
      assert.deepEqual(await users.list({ limit: 100 }), winners);
      for (const { userId } of made) {
        const expected = userId === winners[0]!.userId ? [ADMINISTRATOR] : [];
        assert.deepEqual((await roles.holdingsOf(userId)).roles, expected);
      }
    });

    it('inserts an address once, of many callers', async () => {
      const { users } = await makeStores();
      const { email } = newUser();
      const inserted = await race(() => users.insert(newUser({ email })));
      assert.equal(inserted.filter(Boolean).length, 1);
      assert.equal((await users.list({ limit: 100 })).length, 1);
    });

    it('gives an address to one of many users', async () => {
      const made = Array.from({ length: 10 }, () => newUser());
      const { users, revocations } = await withUsers(makeStores, ...made);
      const { email } = newUser();
      const results = await race(async (i) => {
        const { userId } = made[i % made.length]!;
        const result = await users.update(userId, { email }, termsFor(userId));
        return { userId, outcome: result.outcome };
      });
      const winner = (await users.findByEmail(email))!.userId;
      for (const { userId, outcome } of results)
        assert.equal(outcome, userId === winner ? 'changed' : 'email-taken');
      for (const { userId } of made)
        assert.equal((await loggedOf(revocations, userId)).length, userId === winner ? 10 : 0);
    });

    it('changes a password once, of many callers who expect the same', async () => {
      const user = newUser({ passwordHash: 'old' });
      const { users, revocations } = await withUsers(makeStores, user);
      const terms = termsFor(user.userId, { expected: { passwordHash: 'old' } });
      const results = await race((i) => users.update(user.userId, { passwordHash: `new ${i}` }, terms));
      const winners = results.flatMap(({ outcome }, i) => (outcome === 'changed' ? [i] : []));
      assert.equal(winners.length, 1);
      assert.ok(results.every(({ outcome }) => outcome === 'changed' || outcome === 'outdated'));
      assert.equal((await users.findById(user.userId))!.passwordHash, `new ${winners[0]}`);
      assert.equal((await loggedOf(revocations, user.userId)).length, 1);
    });

    it('loses no change of another field', async () => {
      const user = newUser();
      const { users } = await withUsers(makeStores, user);
      await race(async (i) => {
        if (i === 30) await users.update(user.userId, { name: 'new' }, termsFor(user.userId));
        else if (i === 60) await users.update(user.userId, { isActive: false }, termsFor(user.userId));
        else await users.update(user.userId, { metadata: { i } }, termsFor(user.userId));
      });
      const { name, isActive } = (await users.findById(user.userId))!;
      assert.deepEqual({ name, isActive }, { name: 'new', isActive: false });
    });

    it('removes a user once, of many callers, whatever is changed meanwhile', async () => {
      const user = newUser();
      const stores = await withUsers(makeStores, user);
      const sessionId = await openSession(stores, user.userId);
      const terms = termsFor(user.userId, { closesSessions: true, revocations: [] });
      const results = await race(async (i) =>
        i % 2 === 0
          ? (await stores.users.remove(user.userId, terms)).outcome
          : (await stores.users.update(user.userId, { isActive: i % 3 === 0 }, terms)).outcome,
      );
      const removals = results.filter((_, i) => i % 2 === 0);
      assert.equal(removals.filter((outcome) => outcome === 'changed').length, 1);
      assert.equal(await stores.users.findById(user.userId), undefined);
      assert.deepEqual((await stores.refreshTokens.findById(sessionId))!.closedAt, at(10));
      assert.equal((await loggedOf(stores.revocations, sessionId)).length, 1);
    });

    it('keeps one administrator when two remove each other', async () => {
      const stores = await withAdministrator(makeStores);
      let { userId: one } = stores.administrator;
      for (let round = 0; round < ROUNDS; round += 1) {
        const { userId: other } = await addHolder(stores);
        const outcomes = await Promise.all(
          [one, other].map(async (id) => (await stores.users.remove(id, termsFor(id))).outcome),
        );
        assert.deepEqual(outcomes.toSorted(), ['changed', 'last-administrator']);
        one = outcomes[0] === 'changed' ? other : one;
        assert.equal((await stores.users.list({ limit: 100 })).length, 1);
      }
    });

    it('keeps one administrator, however two are ended at once', async () => {
      const stores = await withAdministrator(makeStores);
      let { userId: left } = stores.administrator;
      for (const [i, j] of PAIRS) {
        const { userId: added } = await addHolder(stores);
        const ends = [waysToEnd(stores, left)[i]!, waysToEnd(stores, added)[j]!];
        const outcomes = await Promise.all(ends.map((end) => end()));
        assert.deepEqual(outcomes.toSorted(), ['changed', 'last-administrator'], `${i} and ${j}`);
        left = outcomes[0] === 'changed' ? added : left;
        const { user, roles } = await stores.roles.holdingsOf(left);
        const expected = { user: { isActive: true, orgId: undefined }, roles: [ADMINISTRATOR] };
        assert.deepEqual({ user, roles }, expected);
      }
    });
  });
}
