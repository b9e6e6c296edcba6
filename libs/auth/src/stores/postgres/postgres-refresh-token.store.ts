import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import {
  RefreshTokenStore,
  type FoundSession,
  type Rotation,
  type RotationResult,
  type Session,
} from '../../sessions/refresh-token.store.js';
import { DatabaseClock } from './database-clock.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { pruneUntil } from './pruning.js';
import { canBeThere, recordOf, rowOf } from './rows.js';
import { refreshTokens, sessions } from './schema.js';
import { closeSessions, findSession, holdSessionsOf } from './session-changes.js';
import { DATABASE_TIME, prepareRotation, rotateToken, type RotationStatements } from './token-rotation.js';

/** Sessions and their refresh tokens in Postgres. */
export class PostgresRefreshTokenStore extends RefreshTokenStore {
  readonly #connection: PostgresConnection;
  readonly #clock = new DatabaseClock();
  #rotation: RotationStatements | undefined;
  #lookUp: ReturnType<typeof prepareLookUp> | undefined;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override open(session: Session, tokenHash: string): Promise<void> {
    return this.#connection.transaction(async (queries) => {
      await holdSessionsOf(queries, session.userId);
      await queries.insert(sessions).values(rowOf(session));
      await queries.insert(refreshTokens).values({ tokenHash, sessionId: session.sessionId });
    });
  }

  override async findByToken(tokenHash: string): Promise<FoundSession | undefined> {
    if (!canBeThere(tokenHash)) return undefined;
    const [row] = await this.#connection.run((queries) => {
      this.#lookUp ??= prepareLookUp(queries);
      return this.#lookUp.execute({ tokenHash });
    });
    if (row === undefined) return undefined;
    this.#clock.observe(row.time);
    return { session: recordOf(row.session), isCurrent: row.rotatedAt === null };
  }

  override async findById(sessionId: string): Promise<Session | undefined> {
    if (!canBeThere(sessionId)) return undefined;
    return this.#connection.run((queries) => findSession(queries, sessionId));
  }

  override async list(userId: string, now: Date, limit: number): Promise<readonly Session[]> {
    if (!canBeThere(userId)) return [];
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isNull(sessions.closedAt), gt(sessions.expiresAt, now)))
        .orderBy(asc(sessions.createdAt), asc(sessions.sessionId))
        .limit(limit),
    );
    return rows.map(recordOf);
  }

  override async rotate(rotation: Rotation): Promise<RotationResult> {
    if (!canBeThere(rotation.presentedHash)) return { outcome: 'unknown' };
    this.#rotation ??= prepareRotation(await this.#connection.queries);
    return rotateToken(this.#connection, this.#clock, this.#rotation, rotation);
  }

  override async close(sessionId: string, now: Date): Promise<Session | undefined> {
    if (!canBeThere(sessionId)) return undefined;
    return this.#connection.transaction(async (queries) => {
      const [closed] = await closeSessions(queries, eq(sessions.sessionId, sessionId), now);
      return closed ?? findSession(queries, sessionId);
    });
  }

  override async closeAll(revocation: Revocation & { readonly kind: 'subject' }): Promise<void> {
    await this.#connection.transaction(async (queries) => {
      await closeSessions(queries, eq(sessions.userId, revocation.id), new Date(revocation.at), revocation);
    });
  }

  override async prune(now: Date): Promise<void> {
    const until = pruneUntil(now.getTime());
    const hasEnded = lte(sql`coalesce(${sessions.closedAt}, ${sessions.expiresAt})`, until);
    await this.#connection.run((queries) => {
      const ended = queries
        .select({ sessionId: sessions.sessionId })
        .from(sessions)
        .where(and(hasEnded, lte(sessions.accessTokensEndAt, until)))
        .for('update', { skipLocked: true });
      return queries.delete(sessions).where(inArray(sessions.sessionId, ended));
    });
  }
}

function prepareLookUp(queries: Queries) {
  return queries
    .select({ session: sessions, rotatedAt: refreshTokens.rotatedAt, time: DATABASE_TIME })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.sessionId, refreshTokens.sessionId))
    .where(eq(refreshTokens.tokenHash, sql.placeholder('tokenHash')))
    .prepare('gatehouse_session_by_token');
}
