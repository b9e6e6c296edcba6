import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiKeyService, SessionService, TokenService } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { statusOf } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { boot, closeAll, SECRET, type Booted } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';

/** The whole of it, with processes and times, is `npm run test:faults -- latency`. */
await describeIfServer(POSTGRES, 'an instance that hears of nothing', (url) => {
  let database: TestDatabase;
  let revoking: Booted;
  let seeing: Booted;
  /** Called with each reading of the log by the instance that sees, when it has ended. */
  let onRead: (startedAt: number) => void = () => undefined;

  beforeAll(async () => {
    database = await createDatabase(url);
    await migrate(database.pool());
    const start = async (): Promise<[Booted, ReturnType<typeof postgresStores>]> => {
      // No notifications: as if every one of them were lost.
      const { notifications: _lost, ...stores } = postgresStores(database.pool());
      return [await boot('fastify', { auth: { jwt: { secret: SECRET }, stores } }), stores as never];
    };
    [revoking] = await start();
    const [booted, { revocations }] = await start();
    seeing = booted;
    const read = revocations!.readAfter.bind(revocations);
    revocations!.readAfter = async (...args) => {
      const startedAt = performance.now();
      const entries = await read(...args);
      // The feed takes them in before anybody else gets to run.
      setImmediate(() => onRead(startedAt));
      return entries;
    };
  });
  afterAll(async () => {
    await closeAll();
    await database.drop();
  });

  const me = (credential: object): Promise<number> => statusOf(`${seeing.url}/auth/me`, credential);
  /** The end of the first reading that begins from now on. */
  const nextReading = (): Promise<void> => {
    const from = performance.now();
    return new Promise((resolve) => (onRead = (startedAt) => void (startedAt >= from && resolve())));
  };

  it('refuses what another one has revoked from its next reading on: each kind, and what is remembered', async () => {
    const [tokens, sessions, apiKeys] = [
      revoking.app.get(TokenService),
      revoking.app.get(SessionService),
      revoking.app.get(ApiKeyService),
    ];
    const token = tokens.createAccessToken({ userId: 'ada' });
    const [one, all] = [await sessions.open({ userId: 'bob' }), await sessions.open({ userId: 'carol' })];
    const made = await apiKeys.create({ name: 'k', userId: 'dan' });
    const untouched = { token: tokens.createAccessToken({ userId: 'eve' }) };
    const victims: [credential: object, revoke: () => Promise<unknown>][] = [
      [{ token }, async () => tokens.revoke(await tokens.verifyAccessToken(token))],
      [{ token: one.accessToken }, () => sessions.close(one.sessionId)],
      [{ token: all.accessToken }, () => sessions.closeAll('carol')],
      [{ apiKey: made.key }, () => apiKeys.revoke(made.apiKey.keyId)],
    ];
    for (const [credential, revoke] of victims) {
      expect(await me(credential)).toBe(200);
      await revoke();
      await nextReading();
      expect(await me(credential)).toBe(401);
    }
    expect(await me(untouched)).toBe(200);
  }, 30_000);
});
