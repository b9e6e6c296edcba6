import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import type { Session } from '../../sessions/refresh-token.store.js';
import type { Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { recordOf } from './rows.js';
import { sessions } from './schema.js';

/** A session by its id, open or not. */
export async function findSession(queries: Queries, sessionId: string): Promise<Session | undefined> {
  const [row] = await queries.select().from(sessions).where(eq(sessions.sessionId, sessionId));
  return row && recordOf(row);
}

/**
 * Until the end of the transaction nobody else opens a session of the subject, or ends all of them: who ends all of them
 * sees each session, or whoever opens it finds the end in the log. Taken before the locks of sessions.
 */
export async function holdSessionsOf(queries: Queries, userId: string): Promise<void> {
  await queries.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`gatehouse.sessions ${userId}`}, 0))`,
  );
}

/**
 * Closes those that are open, each with its entry in the log, as the last step of a transaction.
 *
 * @param also what else goes to the log.
 * @returns the sessions that this call has closed.
 */
export async function closeSessions(
  queries: Queries,
  which: SQL,
  now: Date,
  ...also: readonly Revocation[]
): Promise<readonly Session[]> {
  for (const { kind, id } of also) if (kind === 'subject') await holdSessionsOf(queries, id);
  const isOpen = and(which, isNull(sessions.closedAt));
  // Who takes hold of sessions in one order waits for others that do, and does not deadlock with them.
  const held = await queries
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .where(isOpen)
    .orderBy(asc(sessions.sessionId))
    .for('update');
  const ids = held.map(({ sessionId }) => sessionId);
  const rows =
    ids.length === 0
      ? []
      : await queries
          .update(sessions)
          .set({ closedAt: now })
          .where(inArray(sessions.sessionId, ids))
          .returning();
  const entries = rows.map(({ sessionId, accessTokensEndAt }): Revocation => {
    return { kind: 'session', id: sessionId, at: now.getTime(), expiresAt: accessTokensEndAt.getTime() };
  });
  await appendToLog(queries, [...entries, ...also]);
  return rows.map(recordOf);
}
