import assert from 'node:assert/strict';

import {
  newRole,
  newToken,
  newUser,
  permissionsEntry,
  termsFor,
  withUsers,
  type MakePeopleStores,
  type PeopleContractStores,
} from './people.fixtures.js';
import { at, newSession } from './refresh-token-store.fixtures.js';
import { loggedOf, newHash, newRevocation, type TestRunner } from './store-contract.js';

/** Changes and removals of users, and what goes with them. */
export function userChanges({ describe, it }: TestRunner, makeStores: MakePeopleStores): void {
  describe('UserStore, changing people', () => {
    it('changes what is named and leaves the rest; undefined clears a field', async () => {
      const user = newUser({ name: 'Ada', passwordHash: 'old', emailVerifiedAt: at(1), metadata: { a: 1 } });
      const other = newUser();
      const { users } = await withUsers(makeStores, user, other);
      const changes = { passwordHash: 'new', emailVerifiedAt: undefined, metadata: { b: 2 } };
      const changed = { ...user, ...changes, updatedAt: at(20) };
      const result = await users.update(user.userId, changes, termsFor(user.userId, { now: at(20) }));
      assert.deepEqual(result, { outcome: 'changed', user: changed });
      assert.deepEqual(await users.findById(user.userId), changed);
      const more = { name: undefined, orgId: 'org_1', isActive: false };
      await users.update(user.userId, more, termsFor(user.userId, { now: at(30) }));
      assert.deepEqual(await users.findById(user.userId), { ...changed, ...more, updatedAt: at(30) });
      assert.deepEqual(await users.findById(other.userId), other);
    });

    it('writes the entries of a change, also when no field is named', async () => {
      const user = newUser();
      const { users, revocations } = await withUsers(makeStores, user);
      const entries = [newRevocation('subject', user.userId), permissionsEntry(user.userId)];
      const result = await users.update(user.userId, {}, termsFor(user.userId, { revocations: entries }));
      assert.deepEqual(result, { outcome: 'changed', user: { ...user, updatedAt: at(10) } });
      assert.deepEqual(await loggedOf(revocations, user.userId), entries);
      await users.update(user.userId, { name: 'x' }, termsFor(user.userId, { revocations: [] }));
      assert.deepEqual(await loggedOf(revocations, user.userId), entries);
    });

    it('moves an address: the user is found by the new one alone, and the old one is free', async () => {
      const user = newUser();
      const { users } = await withUsers(makeStores, user);
      const email = newUser().email;
      assert.equal((await users.update(user.userId, { email }, termsFor(user.userId))).outcome, 'changed');
      assert.equal((await users.findByEmail(email))!.userId, user.userId);
      assert.equal(await users.findByEmail(user.email), undefined);
      assert.equal((await users.update(user.userId, { email }, termsFor(user.userId))).outcome, 'changed');
      assert.equal(await users.insert(newUser({ email: user.email })), true);
    });

    it('refuses the address of another, and has changed, written and closed nothing', async () => {
      const [user, other] = [newUser(), newUser()];
      const stores = await withUsers(makeStores, user, other);
      const sessionId = await openSession(stores, user.userId);
      const terms = termsFor(user.userId, { closesSessions: true });
      const changes = { name: 'new', email: other.email };
      assert.deepEqual(await stores.users.update(user.userId, changes, terms), { outcome: 'email-taken' });
      await assertUntouched(stores, user.userId, sessionId);
      assert.deepEqual(await stores.users.findById(user.userId), user);
      assert.deepEqual(await stores.users.findByEmail(user.email), user);
      assert.deepEqual(await stores.users.findByEmail(other.email), other);
    });

    it('changes a user only while all is as expected, and has done nothing otherwise', async () => {
      const user = newUser({ passwordHash: 'now' });
      const bare = newUser();
      const stores = await withUsers(makeStores, user, bare);
      const sessionId = await openSession(stores, user.userId);
      const { users } = stores;
      for (const expected of [
        { passwordHash: 'then' },
        { passwordHash: undefined },
        { email: 'then@example.com' },
        { passwordHash: 'now', email: 'then@example.com' },
      ]) {
        const terms = termsFor(user.userId, { closesSessions: true, expected });
        assert.deepEqual(await users.update(user.userId, { name: 'x' }, terms), { outcome: 'outdated' });
      }
      await assertUntouched(stores, user.userId, sessionId);
      assert.deepEqual(await users.findById(user.userId), user);
      const expected = { passwordHash: 'now', email: user.email };
      const good = await users.update(
        user.userId,
        { passwordHash: 'new' },
        termsFor(user.userId, { expected }),
      );
      assert.equal(good.outcome, 'changed');
      for (const [hash, outcome] of [['some', 'outdated'] as const, [undefined, 'changed'] as const]) {
        const terms = termsFor(bare.userId, { expected: { passwordHash: hash } });
        assert.equal((await users.update(bare.userId, { passwordHash: 'set' }, terms)).outcome, outcome);
      }
    });

    it('closes every open session of the user, each with its entry, and no other', async () => {
      const [user, other] = [newUser(), newUser()];
      const stores = await withUsers(makeStores, user, other);
      const { users, refreshTokens, revocations } = stores;
      const mine = [await openSession(stores, user.userId), await openSession(stores, user.userId)];
      const closed = await openSession(stores, user.userId);
      await refreshTokens.close(closed, at(1));
      const others = await openSession(stores, other.userId);
      const entry = newRevocation('subject', user.userId);
      const terms = termsFor(user.userId, { revocations: [entry], closesSessions: true });
      await users.update(user.userId, { isActive: false }, terms);
      for (const id of mine) {
        const { closedAt, accessTokensEndAt } = (await refreshTokens.findById(id))!;
        assert.deepEqual(closedAt, at(10));
        const expiresAt = accessTokensEndAt.getTime();
        assert.deepEqual(await loggedOf(revocations, id), [
          { kind: 'session', id, at: at(10).getTime(), expiresAt },
        ]);
      }
      assert.deepEqual(await loggedOf(revocations, user.userId), [entry]);
      assert.deepEqual((await refreshTokens.findById(closed))!.closedAt, at(1));
      assert.equal((await refreshTokens.findById(others))!.closedAt, undefined);
    });

    it('leaves sessions open that it was not told to close', async () => {
      const user = newUser();
      const stores = await withUsers(makeStores, user);
      const sessionId = await openSession(stores, user.userId);
      await stores.users.update(user.userId, { name: 'x' }, termsFor(user.userId));
      await stores.users.remove(user.userId, termsFor(user.userId));
      assert.equal((await stores.refreshTokens.findById(sessionId))!.closedAt, undefined);
    });

    it('removes a user with roles, grants, tokens and sessions, and nobody else', async () => {
      const [user, other] = [newUser(), newUser()];
      const stores = await withUsers(makeStores, user, other);
      const { users, roles, oneTimeTokens, refreshTokens, revocations } = stores;
      const role = newRole();
      await roles.insert(role, permissionsEntry());
      const tokens = [user, other].map(({ userId }) => newToken({ userId }));
      for (const token of tokens) await oneTimeTokens.insert(token);
      for (const { userId } of [user, other]) {
        await roles.assign(userId, role.name, permissionsEntry());
        await roles.addGrant(userId, 'a:b', permissionsEntry());
      }
      const sessionId = await openSession(stores, user.userId);
      const terms = termsFor(user.userId, { closesSessions: true });
      assert.deepEqual(await users.remove(user.userId, terms), { outcome: 'changed', user });
      assert.equal(await users.findById(user.userId), undefined);
      assert.equal(await users.findByEmail(user.email), undefined);
      assert.deepEqual(await roles.holdingsOf(user.userId), {
        ...{ user: undefined, roles: [], grants: [], stored: [] },
      });
      assert.equal(await oneTimeTokens.consume(tokens[0]!.tokenHash, 'password-reset', at(1)), undefined);
      assert.deepEqual((await refreshTokens.findById(sessionId))!.closedAt, at(10));
      assert.equal((await loggedOf(revocations, sessionId)).length, 1);
      assert.deepEqual(await loggedOf(revocations, user.userId), terms.revocations);
      assert.deepEqual(await users.remove(user.userId, terms), { outcome: 'unknown' });
      assert.equal((await loggedOf(revocations, user.userId)).length, 1);
      assert.equal(await users.insert(newUser({ email: user.email })), true);
      assert.deepEqual((await roles.holdingsOf(other.userId)).roles, [role.name]);
      assert.deepEqual((await roles.holdingsOf(other.userId)).grants, ['a:b']);
      assert.deepEqual(await users.findByEmail(other.email), other);
      assert.notEqual(await oneTimeTokens.consume(tokens[1]!.tokenHash, 'password-reset', at(1)), undefined);
    });
  });
}

/** Opens a session of a user. */
export async function openSession({ refreshTokens }: PeopleContractStores, userId: string): Promise<string> {
  const session = newSession({ userId });
  await refreshTokens.open(session, newHash());
  return session.sessionId;
}

/** Nothing was written to the log about a user, and the session is open. */
export async function assertUntouched(
  { revocations, refreshTokens }: PeopleContractStores,
  userId: string,
  sessionId: string,
): Promise<void> {
  assert.deepEqual(await loggedOf(revocations, userId), []);
  assert.deepEqual(await loggedOf(revocations, sessionId), []);
  assert.equal((await refreshTokens.findById(sessionId))!.closedAt, undefined);
}
