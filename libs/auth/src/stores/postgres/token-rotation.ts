import { and, eq, exists, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';

import type { Rotation, RotationResult, Session } from '../../sessions/refresh-token.store.js';
import type { DatabaseClock } from './database-clock.js';
import type { PostgresConnection, Queries } from './postgres-connection.js';
import { recordOf } from './rows.js';
import { refreshTokens, sessions } from './schema.js';
import { closeSessions } from './session-changes.js';

/**
 * Milliseconds after which a rotation does nothing any more. Its caller was told before that it failed, and may present
 * the token again: they would be taken for a thief if it had been exchanged behind their back.
 */
const LATEST = 1_000;

/**
 * Exchanges a token. What happens all the time is one statement, and what happens when clients race is another one: no
 * lock is held while a statement travels. The rest is a transaction.
 */
export async function rotateToken(
  connection: PostgresConnection,
  clock: DatabaseClock,
  rotation: Rotation,
): Promise<RotationResult> {
  const latest = performance.now() + LATEST;
  if (!clock.isKnown) clock.observe(await connection.run(askTime));
  for (;;) {
    const result =
      (await connection.run((queries) => exchange(queries, rotation, clock.at(latest)))) ??
      (await connection.run((queries) => repeat(queries, rotation))) ??
      (await connection.transaction((queries) => refuse(queries, rotation, latest)));
    if (result !== undefined) return result;
    failIfAfter(latest);
  }
}

/** The database's time in milliseconds since 1970, to be selected. */
export const DATABASE_TIME = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`;

async function askTime(queries: Queries): Promise<number> {
  const { rows } = (await queries.execute(sql`select ${DATABASE_TIME} as time`)) as {
    rows: { time: number }[];
  };
  return rows[0]!.time;
}

function failIfAfter(latest: number): void {
  if (performance.now() > latest) throw new Error('the rotation takes too long');
}

/** The row of the token decides a race: who waits for it finds it rotated, and gets undefined. */
async function exchange(
  queries: Queries,
  rotation: Rotation,
  latest: Date,
): Promise<RotationResult | undefined> {
  const { presentedHash, nextHash, sealedNext, now } = rotation;
  const itsOpenSession = queries
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .where(
      and(
        eq(sessions.sessionId, refreshTokens.sessionId),
        isNull(sessions.closedAt),
        gt(sessions.expiresAt, now),
      ),
    );
  const spent = queries.$with('spent').as(
    queries
      .update(refreshTokens)
      .set({ rotatedAt: now, nextHash, sealedNext })
      .where(
        and(
          eq(refreshTokens.tokenHash, presentedHash),
          isNull(refreshTokens.rotatedAt),
          exists(itsOpenSession),
        ),
      )
      .returning({ sessionId: refreshTokens.sessionId }),
  );
  const used = queries.$with('used').as(
    queries
      .update(sessions)
      .set(useOf(rotation))
      // It may have been closed a moment ago. Then the token is spent, and good for nothing either way.
      .where(and(eq(sessions.sessionId, sql`(select session_id from spent)`), isNull(sessions.closedAt)))
      .returning(),
  );
  // Comes last, after all locks. When it is too late there is no hash, and without one the statement fails as a whole.
  const next = queries.$with('next', {}).as(sql`
    insert into ${refreshTokens} (token_hash, session_id)
    select case when clock_timestamp() <= ${latest.toISOString()}::timestamptz then ${nextHash}::text end, session_id
    from used`);
  const [row] = await queries.with(spent, used, next).select().from(used);
  return row && { outcome: 'rotated', session: recordOf(row) };
}

/** Answers as of its beginning: a rotation of the successor that overtakes it changes nothing of that. */
async function repeat(queries: Queries, rotation: Rotation): Promise<RotationResult | undefined> {
  const { presentedHash, now, grace } = rotation;
  const next = alias(refreshTokens, 'next');
  const [row] = await queries
    .update(sessions)
    .set(useOf(rotation))
    .from(refreshTokens)
    .innerJoin(next, eq(next.tokenHash, refreshTokens.nextHash))
    .where(
      and(
        eq(refreshTokens.tokenHash, presentedHash),
        eq(sessions.sessionId, refreshTokens.sessionId),
        isNull(sessions.closedAt),
        gt(sessions.expiresAt, now),
        isNotNull(refreshTokens.rotatedAt),
        sql`${refreshTokens.rotatedAt} >= ${new Date(now.getTime() - grace).toISOString()}`,
        isNull(next.rotatedAt),
      ),
    )
    .returning({ session: sessions, sealedNext: refreshTokens.sealedNext });
  return row && { outcome: 'repeated', session: recordOf(row.session), sealedNext: row.sealedNext! };
}

/**
 * Finds out, with the session held, why the token was neither exchanged nor repeated.
 *
 * @returns undefined when it has to be tried again: meanwhile it could be.
 */
async function refuse(
  queries: Queries,
  rotation: Rotation,
  latest: number,
): Promise<RotationResult | undefined> {
  const { presentedHash, now, grace } = rotation;
  const session = await holdSessionOf(queries, presentedHash);
  if (session === undefined) return { outcome: 'unknown' };
  if (session.closedAt !== undefined || session.expiresAt <= now) return { outcome: 'ended', session };
  const token = await findToken(queries, presentedHash);
  if (token === undefined || token.rotatedAt === null) return undefined;
  const next = await findToken(queries, token.nextHash!);
  if (next?.rotatedAt === null && now.getTime() - token.rotatedAt.getTime() <= grace) return undefined;
  // Others may have exchanged the successor since: that is no reuse of a token that was presented long before.
  failIfAfter(latest);
  const [closed] = await closeSessions(queries, eq(sessions.sessionId, session.sessionId), now);
  return { outcome: 'reused', session: closed! };
}

async function holdSessionOf(queries: Queries, tokenHash: string): Promise<Session | undefined> {
  const itsSession = queries
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, tokenHash));
  const [row] = await queries
    .select()
    .from(sessions)
    .where(eq(sessions.sessionId, sql`(${itsSession})`))
    .for('update');
  return row && recordOf(row);
}

async function findToken(queries: Queries, tokenHash: string) {
  const [row] = await queries.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash));
  return row;
}

function useOf({ now, accessTokenEndsAt }: Rotation) {
  return {
    lastUsedAt: now,
    accessTokensEndAt: sql`greatest(${sessions.accessTokensEndAt}, ${accessTokenEndsAt.toISOString()})`,
  };
}
