import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Session } from 'nestjs-gatehouse';
import { migrate, PostgresRefreshTokenStore, PostgresRevocationStore } from 'nestjs-gatehouse/postgres';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

const MINUTE = 60_000;

await describeIfServer(POSTGRES, 'what an instance with a wrong clock removes', (url) => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterAll(() => database.drop());

  /** An instance that is two hours ahead, and one that is right. */
  it.each([120 * MINUTE, 0])(
    'are entries of the log that ended for everybody: %i ms ahead',
    async (ahead) => {
      const log = new PostgresRevocationStore(pool);
      const now = Date.now();
      const entry = (minutes: number) => {
        const id = `${minutes} ${randomUUID()}`;
        return { kind: 'token', id, at: now, expiresAt: now + minutes * MINUTE } as const;
      };
      const entries = [entry(60), entry(-1), entry(-10)];
      await log.append(entries);
      await log.prune(now + ahead);
      const left = (await log.readAfter(0, 1_000)).map(({ id }) => id);
      expect(entries.map(({ id }) => left.includes(id))).toEqual([true, true, false]);
    },
  );

  it.each([120 * MINUTE, 0])('are sessions that ended for everybody: %i ms ahead', async (ahead) => {
    const store = new PostgresRefreshTokenStore(pool);
    const now = Date.now();
    const sessions = [60, -1, -10].map((minutes) => sessionUntil(new Date(now + minutes * MINUTE)));
    for (const session of sessions) await store.open(session, randomUUID());
    await store.prune(new Date(now + ahead));
    const left = await Promise.all(sessions.map(({ sessionId }) => store.findById(sessionId)));
    expect(left.map((session) => session !== undefined)).toEqual([true, true, false]);
  });

  it('is not more than a clock that is behind has seen end', async () => {
    const log = new PostgresRevocationStore(pool);
    const now = Date.now();
    const revocation = { kind: 'token', id: randomUUID(), at: now, expiresAt: now - 30 * MINUTE } as const;
    await log.append([revocation]);
    await log.prune(now - 60 * MINUTE);
    expect((await log.readAfter(0, 1_000)).map(({ id }) => id)).toContain(revocation.id);
  });
});

function sessionUntil(end: Date): Session {
  const began = new Date(end.getTime() - 3_600_000);
  return {
    ...{ sessionId: randomUUID(), userId: 'ada', orgId: undefined, email: undefined, name: undefined },
    ...{ permissions: [], metadata: {}, createdAt: began, expiresAt: end, lastUsedAt: began },
    ...{ accessTokensEndAt: end, closedAt: undefined },
  };
}
