import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { AuditLog, AuthEvents, Clock, TokenService, type AuthFact } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import { ManualClock } from 'nestjs-gatehouse/testing';
import type { Pool } from 'pg';

import { call } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { boot, closeAll } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';

interface Entry {
  readonly type: string;
  readonly target?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function start(pool: Pool, clock = new ManualClock()) {
  const { app, url } = await boot('fastify', {
    auth: { audit: { retention: '30d' }, stores: postgresStores(pool) },
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
  });
  const token = app.get(TokenService).createAccessToken({ userId: 'root', permissions: ['audit:read'] });
  return {
    url,
    clock,
    log: app.get(AuditLog),
    tell: (fact: AuthFact) => app.get(AuthEvents).emit(fact),
    entries: async (): Promise<readonly Entry[]> => {
      const { status, body } = await call(`${url}/auth/audit?limit=100`, { token });
      expect(status).toBe(200);
      return (body as { entries: Entry[] }).entries;
    },
  };
}

await describeIfServer(POSTGRES, 'the audit log in Postgres', (url) => {
  let database: TestDatabase;
  let pools: [Pool, Pool];
  beforeAll(async () => {
    database = await createDatabase(url);
    pools = [database.pool(), database.pool()];
    await migrate(pools[0]);
  });
  afterEach(async () => {
    await closeAll();
    await pools[0].query('truncate gatehouse.audit_entries');
  });
  afterAll(() => database.drop());

  it('is one log of all instances', async () => {
    const [one, other] = [await start(pools[0]), await start(pools[1])];
    one.tell({ type: 'user.created', target: 'ada' });
    expect(await one.entries()).toMatchObject([{ type: 'user.created', target: 'ada' }]);
    expect(await other.entries()).toEqual(await one.entries());
    other.tell({ type: 'user.disabled', target: 'ada' });
    await other.log.write();
    expect(new Set((await one.entries()).map(({ type }) => type))).toEqual(
      new Set(['user.disabled', 'user.created']),
    );
  });

  it('is there after the application has ended', async () => {
    const { tell } = await start(pools[0]);
    tell({ type: 'user.created', target: 'ada' });
    await closeAll();
    expect(await (await start(pools[0])).entries()).toMatchObject([{ target: 'ada' }]);
  });

  it('takes whatever text there is, so that no entry holds up those behind it', async () => {
    const { tell, entries } = await start(pools[0]);
    const texts = ['a\r\nb', '\u001b[2K', 'a\0b', '\uD800', `"'; drop table audit_entries; --`, 'ü\u2028'];
    for (const text of texts) tell({ type: 'role.created', target: text, orgId: text });
    tell({ type: 'user.created', target: 'last' });
    expect((await entries()).map(({ target }) => target).reverse()).toEqual([
      ...['a\r\nb', '\u001b[2K', 'a\uFFFDb', '\uFFFD', `"'; drop table audit_entries; --`, 'ü\u2028'],
      'last',
    ]);
  });

  it('has few rows of a flood', async () => {
    const { url, entries } = await start(pools[0]);
    for (let i = 0; i < 10; i += 1)
      await Promise.all(Array.from({ length: 50 }, () => call(`${url}/auth/me`, { token: 'wrong' })));
    const rows = await entries();
    const counts = rows.map(({ details }) => Number(details['count'] ?? 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(rows.length).toBeLessThan(20);
  });

  it('forgets what is older than the retention', async () => {
    const { tell, log, clock } = await start(pools[0]);
    tell({ type: 'user.created', target: 'old' });
    await log.write();
    clock.advance(29 * 86_400);
    await log.prune();
    tell({ type: 'user.created', target: 'new' });
    const { rowCount } = await pools[0].query('select from gatehouse.audit_entries');
    expect(rowCount).toBe(1);
    clock.advance(86_401);
    await log.write();
    await log.prune();
    const { rows } = await pools[0].query('select target from gatehouse.audit_entries');
    expect(rows).toEqual([{ target: 'new' }]);
  });
});
