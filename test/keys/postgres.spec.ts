import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { AuthOptionsError, CurrentUser, SigningKeyService, TokenService } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { statusOf } from '../support/call.js';
import { boot, closeAll, SECRET } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

const keyEncryptionKey = randomBytes(32).toString('base64');

async function start(pool: Pool, jwt: object = {}) {
  const { app, url } = await boot('fastify', {
    controllers: [WhoController],
    auth: { jwt: { secret: SECRET, keyEncryptionKey, ...jwt }, stores: postgresStores(pool) },
  });
  return {
    keys: app.get(SigningKeyService),
    token: () => app.get(TokenService).createAccessToken({ userId: 'ada' }),
    status: (token: string) => statusOf(`${url}/who`, { token }),
  };
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

await describeIfServer(POSTGRES, 'signing keys in Postgres', (url) => {
  let database: TestDatabase;
  let pools: [Pool, Pool];

  beforeAll(async () => {
    database = await createDatabase(url);
    pools = [database.pool(), database.pool()];
    await migrate(pools[0]);
  });
  afterEach(closeAll);
  afterAll(() => database.drop());

  it('change on two instances under load without a refused token, and end at once when they are removed', async () => {
    const [one, two] = [await start(pools[0]), await start(pools[1])];
    const refused: number[] = [];
    let [accepted, isOver] = [0, false];
    const load = async (): Promise<void> => {
      while (!isOver) {
        // Each of them takes what the other signs, with whatever key that has just then.
        const statuses = await Promise.all([two.status(one.token()), one.status(two.token())]);
        refused.push(...statuses.filter((status) => status !== 200));
        accepted += 2;
      }
    };
    const running = load();
    const removed: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const old = one.token();
      const { keyId: oldId } = one.keys.list().find(({ state }) => state === 'active')!;
      const { keyId } = await one.keys.add();
      await eventually(() => two.keys.list().some((key) => key.keyId === keyId));
      await one.keys.activate(keyId, { immediately: true });
      await eventually(() => two.keys.list().some((key) => key.keyId === keyId && key.state === 'active'));
      expect(await Promise.all([one.status(old), two.status(old)])).toEqual([200, 200]);
      // What was signed by the old key is under way no more.
      const seen = accepted;
      await eventually(() => accepted > seen + 2);
      await two.keys.remove(oldId);
      expect(await two.status(old)).toBe(401);
      await eventually(async () => (await one.status(old)) === 401);
      removed.push(old);
    }
    isOver = true;
    await running;
    expect(refused).toEqual([]);
    expect(accepted).toBeGreaterThan(10);
    for (const token of removed) {
      expect(await Promise.all([one.status(token), two.status(token)])).toEqual([401, 401]);
    }

    const last = one.token();
    await closeAll();
    const again = await start(pools[0]);
    expect(await again.status(last)).toBe(200);
    for (const token of removed) expect(await again.status(token)).toBe(401);
    expect(again.keys.list().map(({ state }) => state)).toEqual(['active']);
  });

  it('are made by the first instance when the options leave them to the store', async () => {
    const empty = await createDatabase(url);
    try {
      await migrate(empty.pool());
      const own = { secret: undefined, keys: 'store' };
      const instances = await Promise.all([1, 2, 3].map(() => start(empty.pool(), own)));
      const states = () => instances.map(({ keys }) => keys.list().map(({ keyId, state }) => keyId + state));
      await eventually(() => new Set(states().map((one) => one.toSorted().join())).size === 1);
      for (const { token } of instances) {
        const made = token();
        for (const { status } of instances) expect(await status(made)).toBe(200);
      }
      const last = instances[0]!.token();
      await closeAll();
      const again = await start(empty.pool(), own);
      expect(again.keys.list().filter(({ state }) => state === 'active')).toHaveLength(1);
      expect(await again.status(last)).toBe(200);
    } finally {
      await closeAll();
      await empty.drop();
    }
  });

  it('do not lie open in the database', async () => {
    const one = await start(pools[0]);
    const secret = 'canary-'.padEnd(64, randomBytes(48).toString('base64url'));
    await one.keys.add({ keyId: 'canary', algorithm: 'HS256', secret });
    const { rows } = await pools[0].query('select * from gatehouse.signing_keys');
    const dump = JSON.stringify(rows);
    expect(dump).toContain('canary');
    for (const form of [secret, Buffer.from(secret).toString('base64url').slice(0, 80)]) {
      expect(dump).not.toContain(form);
    }
  });

  it('stop the boot when they cannot be opened', async () => {
    await expect(start(pools[0], { keyEncryptionKey: randomBytes(32) })).rejects.toThrow(AuthOptionsError);
    await expect(start(pools[0], { keyEncryptionKey: undefined })).rejects.toThrow(
      'jwt.keyEncryptionKey is missing, and the store holds signing keys',
    );
  });
});
