import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Session } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

await describeIfServer(POSTGRES, 'the end of all sessions of a subject in Postgres', (url) => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterAll(() => database.drop());

  const waiting = async (): Promise<number> => {
    const { rows } = await pool.query<{ count: string }>(
      `select count(*) from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return Number(rows[0]!.count);
  };

  it('is in the log before a session is opened that it has not seen', async () => {
    const { refreshTokens, revocations } = postgresStores(pool);
    const userId = randomUUID();
    const now = new Date();
    // Whoever has the lock of the log keeps the end from being committed.
    const holder = await pool.connect();
    await holder.query('begin');
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('gatehouse.revocations', 0))`);
    const ended = refreshTokens.closeAll({
      kind: 'subject',
      id: userId,
      at: now.getTime(),
      expiresAt: now.getTime() + 60_000,
    });
    while ((await waiting()) < 1);
    let isOpened = false;
    const entriesWhenOpened = refreshTokens.open(newSession(userId, now), randomUUID()).then(() => {
      isOpened = true;
      return revocations.readAfter(0, 10);
    });
    // It waits as well, or goes ahead.
    while (!isOpened && (await waiting()) < 2);
    await holder.query('commit');
    holder.release();
    expect(await entriesWhenOpened).toMatchObject([{ kind: 'subject', id: userId }]);
    await ended;
  });
});

function newSession(userId: string, now: Date): Session {
  return {
    sessionId: randomUUID(),
    userId,
    orgId: undefined,
    email: undefined,
    name: undefined,
    permissions: [],
    metadata: {},
    createdAt: now,
    expiresAt: new Date(now.getTime() + 60_000),
    lastUsedAt: now,
    accessTokensEndAt: new Date(now.getTime() + 60_000),
    closedAt: undefined,
  };
}
