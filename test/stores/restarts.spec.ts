import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { ApiKeyService, SessionService, TokenService } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import type { Pool } from 'pg';

import { call, statusOf } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { boot, closeAll, SECRET, type Booted } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';

await describeIfServer(POSTGRES, 'after a restart of the application', (url) => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterEach(closeAll);
  afterAll(() => database.drop());

  const start = (): Promise<Booted> =>
    boot('fastify', {
      auth: {
        jwt: { secret: SECRET },
        sessions: { rotationGrace: 0 },
        stores: postgresStores(database.pool()),
      },
    });
  const me = ({ url: at }: Booted, credential: object): Promise<number> =>
    statusOf(`${at}/auth/me`, credential);

  it('what was spent or revoked is refused, and what was not is good', async () => {
    const first = await start();
    const [sessions, tokens, apiKeys] = [
      first.app.get(SessionService),
      first.app.get(TokenService),
      first.app.get(ApiKeyService),
    ];
    const good = await sessions.open({ userId: 'good' });
    const spent = await sessions.open({ userId: 'spent' });
    const next = await sessions.refresh(spent.refreshToken);
    const closed = await sessions.open({ userId: 'closed' });
    await sessions.close(closed.sessionId);
    const everywhere = await sessions.open({ userId: 'everywhere' });
    await sessions.closeAll('everywhere');
    const token = tokens.createAccessToken({ userId: 'token' });
    await tokens.revoke(await tokens.verifyAccessToken(token));
    const keys = [
      await apiKeys.create({ name: 'a', userId: 'k' }),
      await apiKeys.create({ name: 'b', userId: 'k' }),
    ];
    await apiKeys.revoke(keys[1]!.apiKey.keyId);
    await closeAll();

    const second = await start();
    const refresh = async (refreshToken: string): Promise<number> =>
      statusOf(`${second.url}/auth/refresh`, { method: 'POST', body: { refreshToken } });
    for (const bad of [token, closed.accessToken, everywhere.accessToken])
      expect(await me(second, { token: bad })).toBe(401);
    expect(await me(second, { apiKey: keys[0]!.key })).toBe(200);
    expect(await me(second, { apiKey: keys[1]!.key })).toBe(401);
    for (const { refreshToken } of [closed, everywhere]) expect(await refresh(refreshToken)).toBe(401);
    expect(await refresh(good.refreshToken)).toBe(200);
    // It was spent before: its family ends, though this process has never seen it rotated.
    expect(await me(second, { token: next.accessToken })).toBe(200);
    expect(await refresh(spent.refreshToken)).toBe(401);
    expect(await refresh(next.refreshToken)).toBe(401);
    expect(await me(second, { token: next.accessToken })).toBe(401);
  });

  it('the database holds nothing that one could log in with', async () => {
    const { app, url: at } = await start();
    const session = await app.get(SessionService).open({ userId: 'ada' });
    const next = await app.get(SessionService).refresh(session.refreshToken);
    const { key } = await app.get(ApiKeyService).create({ name: 'ci', userId: 'ada' });
    const dump: string[] = [];
    for (const table of ['sessions', 'refresh_tokens', 'api_keys', 'revocations']) {
      const { rows } = await pool.query(`select row_to_json(t)::text as text from gatehouse.${table} t`);
      dump.push(...rows.map(({ text }) => text as string));
    }
    for (const credential of [session.refreshToken, next.refreshToken, next.accessToken, key])
      expect(dump.join('\n')).not.toContain(credential.slice(-20));
    const values = new Set(dump.flatMap((text) => Object.values(JSON.parse(text) as object)));
    const texts = [...values].filter((value) => typeof value === 'string');
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) {
      const credential = text.slice(0, 300).replaceAll(/[^\x21-\x7e]/g, '') || 'x';
      expect(await me({ app, url: at }, { apiKey: credential })).not.toBe(200);
      expect(await me({ app, url: at }, { token: credential })).not.toBe(200);
      const body = { refreshToken: credential };
      const { status } = await call(`${at}/auth/refresh`, { method: 'POST', body });
      expect(status).not.toBe(200);
    }
  });
});
