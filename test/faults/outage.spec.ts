import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiKeyService, SessionService, TokenService } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, SECRET, type Booted } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** The whole of it, with servers that are stopped, is `npm run test:faults -- outage`. */
await describeIfServer(POSTGRES, 'an application whose Postgres', (url) => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let booted: Booted;
  beforeAll(async () => {
    database = await createDatabase(url);
    await migrate(database.pool());
    proxy = await startProxy(database.url);
    const pool = database.pool({ connectionString: proxy.url, max: 3 });
    pool.on('error', () => undefined);
    booted = await boot('fastify', {
      auth: { jwt: { secret: SECRET }, revocation: { maxStaleness: 2 }, stores: postgresStores(pool) },
    });
  });
  afterAll(async () => {
    await closeAll();
    await proxy.close();
    await database.drop();
  });

  const me = (credential: object): Promise<CallAnswer> => call(`${booted.url}/auth/me`, credential);

  it.each(['cut', 'freeze'] as const)(
    'is away (%s) says 503, never 401 nor 200, and goes on',
    async (how) => {
      const [sessions, tokens, apiKeys] = [SessionService, TokenService, ApiKeyService].map((type) =>
        booted.app.get(type as never),
      ) as unknown as [SessionService, TokenService, ApiKeyService];
      const known = { token: tokens.createAccessToken({ userId: 'ada' }) };
      const revoked = { token: tokens.createAccessToken({ userId: 'ada' }) };
      const forged = { token: forgeToken({ secret: SECRET.toLowerCase() }) };
      const { key } = await apiKeys.create({ name: 'not remembered', userId: 'ada' });
      const { refreshToken } = await sessions.open({ userId: 'ada' });
      const refresh = () => call(`${booted.url}/auth/refresh`, { method: 'POST', body: { refreshToken } });
      await tokens.revoke(await tokens.verifyAccessToken(revoked.token));
      expect((await me(known)).status).toBe(200);

      proxy[how]();
      for (const answer of await Promise.all([me({ apiKey: key }), refresh()])) {
        expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      }
      // What is remembered is good for as long as the log may go unread, and then nothing is.
      expect(await until(known, 503)).toEqual(new Set([200, 503]));
      for (const credential of [revoked, forged, { apiKey: key }])
        expect([401, 503]).toContain((await me(credential)).status);

      proxy.mend();
      expect(await until(known, 200)).toEqual(new Set([503, 200]));
      expect(await until({ apiKey: key }, 200)).not.toContain(401);
      for (const credential of [revoked, forged]) expect((await me(credential)).status).toBe(401);
      expect((await refresh()).status).toBe(200);
    },
    30_000,
  );

  /** @returns the statuses on the way to one. */
  async function until(credential: object, wanted: number): Promise<Set<number>> {
    const seen = new Set<number>();
    const end = performance.now() + 10_000;
    while (performance.now() < end) {
      const status = await statusOf(`${booted.url}/auth/me`, credential);
      seen.add(status);
      if (status === wanted) return seen;
    }
    throw new Error(`no ${wanted}, only ${[...seen].join(', ')}`);
  }
});
