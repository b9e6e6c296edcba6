import { and, eq, exists, isNotNull, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';

import type { Rotation, RotationResult, Session } from '../../sessions/refresh-token.store.js';
import type { DatabaseClock } from './database-clock.js';
import type { PostgresConnection, Queries } from './postgres-connection.js';
import { recordOf } from './rows.js';
import { refreshTokens, sessions } from './schema.js';
import { closeSessions } from './session-changes.js';

/**
 * Milliseconds after which a rotation does nothing any more. Its caller was told long before that it failed, and presents
 * the token again: beyond the grace interval they would be taken for a thief if it had been exchanged behind their back.
 */
const LATEST = 3_000;

/**
 * Exchanges a token. What happens all the time is one statement, and what happens when clients race is another one: no
 * lock is held while a statement travels. The rest is a transaction.
 */
export async function rotateToken(
  connection: PostgresConnection,
  clock: DatabaseClock,
  statements: RotationStatements,
  rotation: Rotation,
): Promise<RotationResult> {
  const latest = performance.now() + LATEST;
  if (!clock.isKnown) clock.observe(await connection.run(askTime));
  const latestThere = clock.at(latest);
  for (;;) {
    const result =
      (await connection.run(() => exchange(statements.exchange, rotation, latestThere))) ??
      (await connection.run(() => repeat(statements.repeat, rotation, latestThere))) ??
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

/** Both are made once: what they are made of takes longer to put together than to run. */
export interface RotationStatements {
  readonly exchange: ReturnType<typeof prepareExchange>;
  readonly repeat: ReturnType<typeof prepareRepeat>;
}

/** Makes them, for a pool or an instance of PGlite; nothing is sent yet. */
export function prepareRotation(queries: Queries): RotationStatements {
  return { exchange: prepareExchange(queries), repeat: prepareRepeat(queries) };
}

const given = (name: keyof ReturnType<typeof valuesOf>) => sql.placeholder(name);

function valuesOf(rotation: Rotation, latest: Date) {
  const { presentedHash, nextHash, sealedNext, now, grace, accessTokenEndsAt } = rotation;
  return {
    ...{ presentedHash, nextHash, sealedNext, now },
    nowText: now.toISOString(),
    graceBegan: new Date(now.getTime() - grace).toISOString(),
    accessTokenEndsAt: accessTokenEndsAt.toISOString(),
    latest: latest.toISOString(),
  };
}

/** The row of the token decides a race: who waits for it finds it rotated, and gets undefined. */
async function exchange(
  statement: RotationStatements['exchange'],
  rotation: Rotation,
  latest: Date,
): Promise<RotationResult | undefined> {
  const [row] = await statement.execute(valuesOf(rotation, latest));
  return row && { outcome: 'rotated', session: recordOf(row) };
}

function prepareExchange(queries: Queries) {
  const itsOpenSession = queries
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .where(and(eq(sessions.sessionId, refreshTokens.sessionId), IS_OPEN));
  const spent = queries.$with('spent').as(
    queries
      .update(refreshTokens)
      .set({
        rotatedAt: given('now'),
        nextHash: given('nextHash'),
        sealedNext: given('sealedNext'),
      } as object)
      .where(
        and(
          eq(refreshTokens.tokenHash, given('presentedHash')),
          isNull(refreshTokens.rotatedAt),
          exists(itsOpenSession),
        ),
      )
      .returning({ sessionId: refreshTokens.sessionId }),
  );
  const used = queries.$with('used').as(
    queries
      .update(sessions)
      .set(USE)
      // It may have been closed a moment ago. Then the token is spent, and good for nothing either way.
      .where(and(eq(sessions.sessionId, sql`(select session_id from spent)`), isNull(sessions.closedAt)))
      .returning(),
  );
  // Comes last, after all locks. When it is too late there is no hash, and without one the statement fails as a whole.
  const next = queries.$with('next', {}).as(sql`
    insert into ${refreshTokens} (token_hash, session_id)
    select case when clock_timestamp() <= ${given('latest')}::timestamptz then ${given('nextHash')}::text end, session_id
    from used`);
  return queries.with(spent, used, next).select().from(used).prepare('gatehouse_exchange');
}

/** Answers as of its beginning: a rotation of the successor that overtakes it changes nothing of that. */
async function repeat(
  statement: RotationStatements['repeat'],
  rotation: Rotation,
  latest: Date,
): Promise<RotationResult | undefined> {
  const [row] = await statement.execute(valuesOf(rotation, latest));
  return row && { outcome: 'repeated', session: recordOf(row.session), sealedNext: row.sealedNext! };
}

function prepareRepeat(queries: Queries) {
  const next = alias(refreshTokens, 'next');
  return queries
    .update(sessions)
    .set(USE)
    .from(refreshTokens)
    .innerJoin(next, eq(next.tokenHash, refreshTokens.nextHash))
    .where(
      and(
        eq(refreshTokens.tokenHash, given('presentedHash')),
        eq(sessions.sessionId, refreshTokens.sessionId),
        IS_OPEN,
        isNotNull(refreshTokens.rotatedAt),
        sql`${refreshTokens.rotatedAt} >= ${given('graceBegan')}`,
        isNull(next.rotatedAt),
      ),
    )
    .returning({ session: sessions, sealedNext: refreshTokens.sealedNext })
    .prepare('gatehouse_repeat');
}

const IS_OPEN = and(isNull(sessions.closedAt), sql`${sessions.expiresAt} > ${given('nowText')}`);
const USE = {
  lastUsedAt: given('now'),
  accessTokensEndAt: sql`greatest(${sessions.accessTokensEndAt}, ${given('accessTokenEndsAt')})`,
} as object;

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
