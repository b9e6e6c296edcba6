import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { PostgresRefreshTokenStore, migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import { AuthError, SessionService, type Session } from 'nestjs-gatehouse';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { boot, closeAll, SECRET } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';

/** The whole of it, with processes, is `npm run test:faults -- refresh`. */
await describeIfServer(POSTGRES, 'refresh tokens on two instances', (url) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterEach(closeAll);
  afterAll(() => database.drop());

  it('are exchanged for one successor, however many ask at once, until one comes too late', async () => {
    const [one, two] = [await start(database.pool()), await start(database.pool())];
    const { refreshToken, sessionId } = await one.open({ userId: 'ada' });
    const asked = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? one : two).refresh(refreshToken));
    const successors = (await Promise.allSettled(asked)).flatMap((answer) => {
      if (answer.status === 'fulfilled') return [answer.value.refreshToken];
      // Not a 401: on a busy machine the store may take too long.
      expect(codeOf(answer.reason)).toBe('auth_unavailable');
      return [];
    });
    expect(new Set(successors).size).toBe(1);
    expect(await liveTokensOf(sessionId)).toBe(1);

    const next = await two.refresh(successors[0]!);
    await expect(one.refresh(refreshToken)).rejects.toMatchObject({ code: 'credentials_invalid' });
    for (const sessions of [one, two])
      await expect(sessions.refresh(next.refreshToken)).rejects.toMatchObject({
        code: 'credentials_invalid',
      });
  });

  it('are not exchanged behind the back of a caller who was told long before that it failed', async () => {
    const store = new PostgresRefreshTokenStore(pool);
    const now = new Date();
    const later = new Date(now.getTime() + 60_000);
    await store.open(newSession(now, later), 'late');
    const holder = await pool.connect();
    await holder.query(`begin; select from gatehouse.refresh_tokens where token_hash = 'late' for update`);
    const rotation = { presentedHash: 'late', nextHash: 'next', sealedNext: 'sealed', now, grace: 5_000 };
    const answer = store.rotate({ ...rotation, accessTokenEndsAt: later }).then(
      ({ outcome }) => outcome,
      () => 'failed',
    );
    await holder.query('select pg_sleep(3.2)');
    await holder.query('commit');
    holder.release();
    expect(await answer).toBe('failed');
    expect((await store.findByToken('late'))?.isCurrent).toBe(true);
    expect(await store.findByToken('next')).toBeUndefined();
    expect(await store.rotate({ ...rotation, accessTokenEndsAt: later })).toMatchObject({
      outcome: 'rotated',
    });
  });

  async function start(own: Pool): Promise<SessionService> {
    const { app } = await boot('fastify', {
      controllers: [],
      auth: { jwt: { secret: SECRET }, stores: postgresStores(own) },
    });
    return app.get(SessionService);
  }

  async function liveTokensOf(sessionId: string): Promise<number> {
    const { rows } = await pool.query(
      'select count(*)::int as live from gatehouse.refresh_tokens where session_id = $1 and rotated_at is null',
      [sessionId],
    );
    return rows[0].live as number;
  }
});

function newSession(now: Date, expiresAt: Date): Session {
  return {
    ...{ sessionId: 'session', userId: 'ada', orgId: undefined, email: undefined, name: undefined },
    ...{ permissions: [], metadata: {}, createdAt: now, expiresAt, lastUsedAt: now },
    ...{ accessTokensEndAt: expiresAt, closedAt: undefined },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AuthError ? error.code : undefined;
}
