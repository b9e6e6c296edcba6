import assert from 'node:assert/strict';

import type { RotationResult } from '../sessions/refresh-token.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { at, newSession, rotationOf, withSession } from './refresh-token-store.fixtures.js';
import { loggedOf, newHash, newRevocation, race, RACERS, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'refreshTokens' | 'revocations'>;

/** The races of {@link RefreshTokenStore}: many callers at the same time. */
export function refreshTokenRaces(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('RefreshTokenStore in races', () => {
    it('lets one caller of many rotate a token, and repeats its answer to the others within grace', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const rotations = Array.from({ length: RACERS }, () => rotationOf(token, 1, { grace: 5_000 }));
      const results = await race((i) => refreshTokens.rotate(rotations[i]!));
      assert.deepEqual(tally(results), { rotated: 1, repeated: RACERS - 1 });
      const winner = rotations[results.findIndex(({ outcome }) => outcome === 'rotated')]!;
      for (const result of results) {
        if (result.outcome === 'repeated') assert.equal(result.sealedNext, winner.sealedNext);
      }
      const found = await Promise.all(rotations.map(({ nextHash }) => refreshTokens.findByToken(nextHash)));
      assert.deepEqual(
        found.filter((one) => one !== undefined).map(({ isCurrent }) => isCurrent),
        [true],
      );
      assert.equal((await refreshTokens.findByToken(winner.nextHash))!.isCurrent, true);
      assert.deepEqual(await loggedOf(revocations, session.sessionId), []);
    });

    it('without grace, ends the family of a token that several present: one reuse, one entry in the log', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      // An interval that is over before it begins: nobody is within it, not even in the same millisecond.
      const results = await race(() => refreshTokens.rotate(rotationOf(token, 1, { grace: -1 })));
      assert.deepEqual(tally(results), { rotated: 1, reused: 1, ended: RACERS - 2 });
      assert.equal((await loggedOf(revocations, session.sessionId)).length, 1);
      assert.notEqual((await refreshTokens.findById(session.sessionId))!.closedAt, undefined);
    });

    it('leaves a session closed, whatever is rotated at the same time', async () => {
      const { refreshTokens, revocations, session, token } = await withSession(makeStores);
      const rotations: ReturnType<typeof rotationOf>[] = [];
      const results = await race(async (i) => {
        if (i === RACERS / 2) {
          await refreshTokens.close(session.sessionId, at(1));
          return undefined;
        }
        rotations[i] = rotationOf(token, 1, { grace: 5_000 });
        return refreshTokens.rotate(rotations[i]);
      });
      for (const result of results) {
        assert.ok(
          result === undefined || ['rotated', 'repeated', 'ended'].includes(result.outcome),
          result?.outcome,
        );
      }
      assert.deepEqual((await refreshTokens.findById(session.sessionId))!.closedAt, at(1));
      assert.equal((await loggedOf(revocations, session.sessionId)).length, 1);
      for (const { nextHash } of Object.values(rotations)) {
        const { outcome } = await refreshTokens.rotate(rotationOf(nextHash, 2, { grace: 5_000 }));
        assert.ok(outcome === 'ended' || outcome === 'unknown', outcome);
      }
    });

    it('closes a session once, of many callers', async () => {
      const { refreshTokens, revocations, session } = await withSession(makeStores);
      const closed = await race((i) => refreshTokens.close(session.sessionId, at(i)));
      assert.equal(new Set(closed.map((one) => one!.closedAt!.getTime())).size, 1);
      assert.equal((await loggedOf(revocations, session.sessionId)).length, 1);
    });

    it('closes all sessions of a subject while others rotate, close and close all', async () => {
      const { refreshTokens, revocations } = await makeStores();
      const { userId } = newSession();
      const sessions = Array.from({ length: 10 }, () => ({
        session: newSession({ userId }),
        token: newHash(),
      }));
      for (const { session, token } of sessions) await refreshTokens.open(session, token);
      const revocation = { ...newRevocation('subject', userId, at(1).getTime()), kind: 'subject' as const };
      await race(async (i) => {
        const { session, token } = sessions[i % sessions.length]!;
        if (i % 7 === 0) await refreshTokens.closeAll(revocation);
        else if (i % 7 === 1) await refreshTokens.close(session.sessionId, at(1));
        else await refreshTokens.rotate(rotationOf(token, 1, { grace: 5_000 }));
      });
      assert.deepEqual(await refreshTokens.list(userId, at(2), 100), []);
      assert.equal((await loggedOf(revocations, userId)).length, Math.ceil(RACERS / 7));
    });

    it('closes a session that is opened while all of its subject are, or tells its opener of it', async () => {
      const { refreshTokens, revocations } = await makeStores();
      const { userId } = newSession();
      const revocation = { ...newRevocation('subject', userId, at(1).getTime()), kind: 'subject' as const };
      const known = await race(async (i) => {
        if (i === RACERS / 2) {
          await refreshTokens.closeAll(revocation);
          return undefined;
        }
        const session = newSession({ userId });
        await refreshTokens.open(session, newHash());
        return { sessionId: session.sessionId, isTold: (await loggedOf(revocations, userId)).length === 1 };
      });
      const open = new Set((await refreshTokens.list(userId, at(2), 100)).map(({ sessionId }) => sessionId));
      const missed = known.filter((one) => one !== undefined && open.has(one.sessionId) && !one.isTold);
      assert.deepEqual(missed, []);
    });
  });
}

function tally(results: readonly RotationResult[]): Partial<Record<RotationResult['outcome'], number>> {
  const counts: Partial<Record<RotationResult['outcome'], number>> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
