import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { AuthStores } from '../stores/auth-stores.js';
import { at, newSession, rotationOf, withSession } from './refresh-token-store.fixtures.js';
import { refreshTokenRaces } from './refresh-token-store.races.js';
import { loggedOf, newHash, newRevocation, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'refreshTokens' | 'revocations'>;

/**
 * What every {@link RefreshTokenStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * refreshTokenStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes ids of its own.
 */
export function refreshTokenStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('RefreshTokenStore', () => {
    it('gives back what was opened, by token and by id', async () => {
      const { refreshTokens } = await makeStores();
      const session = newSession({
        orgId: 'org_1',
        email: 'ada@example.com',
        name: 'Ada "the first" \\ Lovelace',
        permissions: ['session:read', 'memory:*'],
        metadata: { plan: 'pro', nested: { list: [1, 'two', null] } },
      });
      const token = newHash();
      await refreshTokens.open(session, token);
      assert.deepEqual(await refreshTokens.findById(session.sessionId), session);
      assert.deepEqual(await refreshTokens.findByToken(token), { session, isCurrent: true });
    });

    it('gives back absent fields as undefined, and knows nothing that is not there', async () => {
      const { refreshTokens, session, token } = await withSession(makeStores);
      assert.deepEqual(await refreshTokens.findById(session.sessionId), session);
      for (const unknown of [randomUUID(), '', '%', `${session.sessionId}\0`]) {
        assert.equal(await refreshTokens.findById(unknown), undefined);
        assert.equal(await refreshTokens.close(unknown, at(1)), undefined);
      }
      for (const unknown of ['', token.toUpperCase(), token.slice(0, -1)]) {
        assert.equal(await refreshTokens.findByToken(unknown), undefined);
        assert.deepEqual(await refreshTokens.rotate(rotationOf(unknown, 1)), { outcome: 'unknown' });
      }
    });

    it('lists the open, unexpired sessions of a user, oldest first', async () => {
      const { refreshTokens } = await makeStores();
      const userId = randomUUID();
      const made = [3, 1, 2, 4].map((second) => newSession({ userId, createdAt: at(second) }));
      const [third, first, second, closed] = made;
      const expired = newSession({ userId, expiresAt: at(10) });
      for (const session of [...made, expired]) await refreshTokens.open(session, newHash());
      await refreshTokens.close(closed!.sessionId, at(5));
      assert.deepEqual(await refreshTokens.list(userId, at(10), 100), [first, second, third]);
      assert.deepEqual(await refreshTokens.list(userId, at(10), 2), [first, second]);
      assert.deepEqual(await refreshTokens.list(randomUUID(), at(10), 100), []);
    });

    it('rotates: the successor is current, the session used, its access tokens last longer', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const rotation = rotationOf(token, 7, { accessTokenEndsAt: at(1_000) });
      const used = { ...session, lastUsedAt: at(7), accessTokensEndAt: at(1_000) };
      assert.deepEqual(await refreshTokens.rotate(rotation), { outcome: 'rotated', session: used });
      assert.deepEqual(await refreshTokens.findByToken(token), { session: used, isCurrent: false });
      assert.deepEqual(await refreshTokens.findByToken(rotation.nextHash), {
        session: used,
        isCurrent: true,
      });
      const shorter = rotationOf(rotation.nextHash, 8, { accessTokenEndsAt: at(900) });
      assert.equal((await refreshTokens.rotate(shorter)).outcome, 'rotated');
      const found = (await refreshTokens.findById(session.sessionId))!;
      assert.deepEqual(found.accessTokensEndAt, at(1_000));
      assert.deepEqual(found.expiresAt, session.expiresAt);
      assert.deepEqual(await loggedOf(revocations, session.sessionId), []);
    });

    it('repeats the rotation within the grace interval, to its last millisecond', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const first = rotationOf(token, 1, { grace: 5_000 });
      await refreshTokens.rotate(first);
      const again = rotationOf(token, 6, { grace: 5_000, accessTokenEndsAt: at(2_000) });
      const result = await refreshTokens.rotate(again);
      assert.ok(result.outcome === 'repeated');
      assert.equal(result.sealedNext, first.sealedNext);
      assert.deepEqual(result.session.accessTokensEndAt, at(2_000));
      assert.equal(await refreshTokens.findByToken(again.nextHash), undefined);
      assert.equal((await refreshTokens.findByToken(first.nextHash))!.isCurrent, true);
      assert.deepEqual(await loggedOf(revocations, session.sessionId), []);
    });

    it('closes the family on reuse after the grace interval, and writes that to the log', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const first = rotationOf(token, 1, { grace: 5_000, accessTokenEndsAt: at(901) });
      await refreshTokens.rotate(first);
      const late = { ...rotationOf(token, 6, { grace: 5_000 }), now: new Date(at(6).getTime() + 1) };
      const result = await refreshTokens.rotate(late);
      assert.ok(result.outcome === 'reused');
      assert.deepEqual(result.session.closedAt, late.now);
      const { closedAt, accessTokensEndAt } = (await refreshTokens.findById(session.sessionId))!;
      assert.deepEqual(closedAt, late.now);
      assert.deepEqual(await loggedOf(revocations, session.sessionId), [
        {
          kind: 'session',
          id: session.sessionId,
          at: late.now.getTime(),
          expiresAt: accessTokensEndAt.getTime(),
        },
      ]);
      for (const hash of [token, first.nextHash]) {
        assert.equal((await refreshTokens.rotate(rotationOf(hash, 7))).outcome, 'ended');
      }
      assert.equal((await loggedOf(revocations, session.sessionId)).length, 1);
    });

    it('grants grace to the token right before the current one alone', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const first = rotationOf(token, 1, { grace: 60_000 });
      const second = rotationOf(first.nextHash, 2, { grace: 60_000 });
      await refreshTokens.rotate(first);
      await refreshTokens.rotate(second);
      assert.equal(
        (await refreshTokens.rotate(rotationOf(first.nextHash, 3, { grace: 60_000 }))).outcome,
        'repeated',
      );
      assert.equal((await refreshTokens.rotate(rotationOf(token, 3, { grace: 60_000 }))).outcome, 'reused');
      assert.equal((await refreshTokens.rotate(rotationOf(second.nextHash, 3))).outcome, 'ended');
      assert.equal((await loggedOf(revocations, session.sessionId)).length, 1);
    });

    it('exchanges nothing once the session has expired, and leaves it as it was', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores, {
        expiresAt: at(10),
      });
      const result = await refreshTokens.rotate(rotationOf(token, 10));
      assert.deepEqual(result, { outcome: 'ended', session });
      assert.deepEqual(await refreshTokens.findByToken(token), { session, isCurrent: true });
      assert.deepEqual(await loggedOf(revocations, session.sessionId), []);
    });

    it('closes once: the first moment stays, and the log has one entry', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const closed = { ...session, closedAt: at(1) };
      assert.deepEqual(await refreshTokens.close(session.sessionId, at(1)), closed);
      assert.deepEqual(await refreshTokens.close(session.sessionId, at(2)), closed);
      assert.deepEqual(await refreshTokens.rotate(rotationOf(token, 3)), {
        outcome: 'ended',
        session: closed,
      });
      const { sessionId, accessTokensEndAt } = session;
      assert.deepEqual(await loggedOf(revocations, sessionId), [
        { kind: 'session', id: sessionId, at: at(1).getTime(), expiresAt: accessTokensEndAt.getTime() },
      ]);
    });

    it('closes all sessions of a subject and no other, and writes it to the log even when there is none', async () => {
      const { refreshTokens, revocations } = await makeStores();
      const userId = randomUUID();
      const sessions = [newSession({ userId }), newSession({ userId }), newSession()];
      for (const session of sessions) await refreshTokens.open(session, newHash());
      await refreshTokens.close(sessions[0]!.sessionId, at(1));
      for (const subject of [userId, randomUUID()]) {
        const revocation = {
          ...newRevocation('subject', subject, at(2).getTime()),
          kind: 'subject' as const,
        };
        await refreshTokens.closeAll(revocation);
        assert.deepEqual(await loggedOf(revocations, subject), [revocation]);
      }
      const found = await Promise.all(sessions.map(({ sessionId }) => refreshTokens.findById(sessionId)));
      assert.deepEqual(
        found.map((session) => session!.closedAt),
        [at(1), at(2), undefined],
      );
      // An access token that is issued while its session is being closed may be younger than the subject's revocation.
      const { sessionId: id, accessTokensEndAt } = sessions[1]!;
      assert.deepEqual(await loggedOf(revocations, id), [
        { kind: 'session', id, at: at(2).getTime(), expiresAt: accessTokensEndAt.getTime() },
      ]);
      assert.equal((await loggedOf(revocations, sessions[0]!.sessionId)).length, 1);
      assert.deepEqual(await loggedOf(revocations, sessions[2]!.sessionId), []);
    });

    it('removes a session with its tokens when all of them have ended, and not before', async () => {
      const { refreshTokens } = await makeStores();
      const ended = newSession({ expiresAt: at(1), accessTokensEndAt: at(2) });
      const alive = newSession({ expiresAt: at(1), accessTokensEndAt: at(3) });
      const open = newSession({ expiresAt: at(3), accessTokensEndAt: at(1) });
      const closed = newSession({ expiresAt: at(9), accessTokensEndAt: at(1) });
      const tokens = await Promise.all(
        [ended, alive, open, closed].map(async (session) => {
          const token = newHash();
          await refreshTokens.open(session, token);
          return token;
        }),
      );
      await refreshTokens.close(closed.sessionId, at(2));
      await refreshTokens.prune(at(2));
      const found = await Promise.all(tokens.map((token) => refreshTokens.findByToken(token)));
      assert.deepEqual(
        found.map((one) => one?.session.sessionId),
        [undefined, alive.sessionId, open.sessionId, undefined],
      );
      assert.equal(await refreshTokens.findById(ended.sessionId), undefined);
      assert.equal(await refreshTokens.findById(closed.sessionId), undefined);
    });
  });

  refreshTokenRaces({ describe, it }, makeStores);
}
