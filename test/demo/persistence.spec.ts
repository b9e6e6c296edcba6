import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildAndCopy, type BuiltCopy } from '../support/build.js';
import { call } from '../support/call.js';
import { killChildren, startNode, type Child } from '../support/child.js';
import { SECRET } from '../support/secret.js';
import { createDatabase, POSTGRES } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

let built: BuiltCopy;
beforeAll(async () => {
  built = await buildAndCopy();
}, 300_000);
afterEach(killChildren);
afterAll(() => built.remove());

/** Makes a key, ends the demo without a warning, starts it again; then the same after the key was revoked. */
async function keyOutlivesRestarts(env: Record<string, string>): Promise<void> {
  const start = async (): Promise<Child & { url: string; token: string }> => {
    const child = startNode(built.demo, { PORT: '0', AUTH_JWT_SECRET_KEY: SECRET, ...env });
    const [, url] = await child.until(/Listening on (http:\S+) with /);
    const [, token] = await child.until(/^TOKEN (\S+)$/m);
    return { ...child, url: url!, token: token! };
  };
  const kill = async (demo: Child): Promise<void> => {
    demo.kill('SIGKILL');
    await demo.ended;
  };
  const statusOf = async ({ url }: { url: string }, apiKey: string): Promise<number> =>
    (await call(`${url}/api/v1/me`, { apiKey })).status;

  const first = await start();
  const body = { name: 'kept', permissions: ['session:read'] };
  const made = await call(`${first.url}/api/v1/auth/api-keys`, { method: 'POST', token: first.token, body });
  expect(made.status).toBe(201);
  const { key, apiKey } = made.body as { key: string; apiKey: { keyId: string } };
  expect(await statusOf(first, key)).toBe(200);
  await kill(first);

  const second = await start();
  expect(await statusOf(second, key)).toBe(200);
  const path = `${second.url}/api/v1/auth/api-keys/${apiKey.keyId}`;
  expect((await call(path, { method: 'DELETE', token: second.token })).status).toBe(204);
  expect(await statusOf(second, key)).toBe(401);
  // A token that was made before the restart, and is taken back now.
  expect(
    (await call(`${second.url}/api/v1/auth/logout`, { method: 'POST', token: first.token })).status,
  ).toBe(204);
  await kill(second);

  const third = await start();
  expect(await statusOf(third, key)).toBe(401);
  expect((await call(`${third.url}/api/v1/me`, { token: first.token })).status).toBe(401);
  expect((await call(`${third.url}/api/v1/me`, { token: second.token })).status).toBe(200);
}

describe('what the demo keeps', () => {
  it('is in a folder: keys and revocations outlive the process', async () => {
    await keyOutlivesRestarts({ DATA_DIR: built.dataFolder() });
  }, 300_000);

  it('is an administrator who is made once', async () => {
    const env = { PORT: '0', DATA_DIR: built.dataFolder() };
    const start = async () => {
      const child = startNode(built.demo, env);
      const [, url] = await child.until(/Listening on (http:\S+) with /);
      await child.until(/^# 401: /m);
      return { ...child, auth: `${url}/api/v1/auth` };
    };
    const login = { email: 'root@example.com', password: 'violet gondola near 41 lanterns' };

    const first = await start();
    const [, setupToken] = /^SETUP_TOKEN (\S+)$/m.exec(first.stdout())!;
    const setUp = { method: 'POST', body: { setupToken, ...login } };
    expect((await call(`${first.auth}/setup`, setUp)).status).toBe(201);
    first.kill('SIGKILL');
    await first.ended;

    const second = await start();
    expect(second.stdout()).not.toMatch(/SETUP_TOKEN |curl .*\/setup/);
    expect((await call(`${second.auth}/setup`, setUp)).status).toBe(404);
    expect((await call(`${second.auth}/login`, { method: 'POST', body: login })).status).toBe(200);
  }, 300_000);

  it('is for one process at a time', async () => {
    const env = { PORT: '0', DATA_DIR: built.dataFolder() };
    await startNode(built.demo, env).until(/Listening on /);
    const second = startNode(built.demo, env);
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.stderr()).toMatch(/^DATA_DIR is in use by process \d+\. Remedy: /);
  }, 300_000);

  it.each([
    ['DATABASE_URL', 'postgres://user:hunter2@127.0.0.1:1/none'],
    ['REDIS_URL', 'redis://:hunter2@127.0.0.1:1'],
  ])(
    'is not started without the server that %s names, and its password is not told',
    async (name, url) => {
      const demo = startNode(built.demo, { PORT: '0', DATA_DIR: built.dataFolder(), [name]: url });
      expect(await demo.ended).toMatchObject({ code: 1 });
      expect(demo.stderr()).toContain(`${name} does not lead to a `);
      expect(demo.stdout() + demo.stderr()).not.toContain('hunter2');
    },
    300_000,
  );
});

await describeIfServer(POSTGRES, 'what the demo keeps in Postgres', (url) => {
  it('outlives the process as well', async () => {
    const database = await createDatabase(url);
    await keyOutlivesRestarts({ DATABASE_URL: database.url });
    await killChildren();
    await database.drop();
  }, 300_000);
});
