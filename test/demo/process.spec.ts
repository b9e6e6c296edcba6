import { createHmac } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildAndCopy, type BuiltCopy } from '../support/build.js';
import {
  announcedBlock,
  announcedCommands,
  HAS_CURL,
  killChildren,
  startNode,
  statusesOf,
  type Child,
} from '../support/child.js';
import { PLATFORMS } from '../support/platforms.js';
import { SECRET } from '../support/secret.js';

let built: BuiltCopy;
beforeAll(async () => {
  built = await buildAndCopy();
}, 120_000);
afterEach(killChildren);
afterAll(() => built.remove());

/** The demo, listening, with the lines that it prints for people to try it. */
async function startDemo(env: Record<string, string> = {}): Promise<Child & { url: string }> {
  const child = startNode(built.demo, { DATA_DIR: built.dataFolder(), PORT: '0', ...env });
  const [, url] = await child.until(/Listening on (http:\S+) with /);
  if (env.NODE_ENV !== 'production') await child.until(/^# 401: .*\ncurl .*\n/m);
  return { ...child, url: url! };
}

function printed(demo: Child, name: string): string {
  const lines = demo
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith(`${name} `));
  expect(lines).toHaveLength(1);
  return lines[0]!.slice(name.length + 1);
}

async function me(url: string, headers: Record<string, string>): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/v1/me`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

/** A line of a stack. */
const FRAME = /^\s+at /m;

describe.each(PLATFORMS)('the demo as a process, on %s', (adapter) => {
  it("prints a token, a key, an administrator's token and curl commands, and all of them work", async () => {
    const demo = await startDemo({ HTTP_ADAPTER: adapter });

    expect(demo.stdout()).toContain(`with ${adapter}\n`);
    expect(demo.stdout() + demo.stderr()).toContain('tokens end with this process');
    const ada = await me(demo.url, { Authorization: `Bearer ${printed(demo, 'TOKEN')}` });
    expect(ada).toMatchObject({
      name: 'Ada',
      orgId: 'org_456',
      provider: 'jwt',
      permissions: [
        ...['create', 'read', 'update', 'delete', 'list'].map((action) => `session:${action}`),
        ...['create', 'read', 'update', 'delete', 'search', 'list'].map((action) => `memory:${action}`),
      ],
    });
    expect(await me(demo.url, { 'X-API-Key': printed(demo, 'API_KEY') })).toMatchObject({
      userId: ada.userId,
      orgId: 'org_456',
      provider: 'api_key',
      permissions: ['session:read', 'session:list', 'memory:read', 'memory:search', 'memory:list'],
    });
    expect(await me(demo.url, { Authorization: `Bearer ${printed(demo, 'ADMIN_TOKEN')}` })).toMatchObject({
      permissions: ['admin:*'],
    });

    const commands = announcedCommands(demo.stdout());
    expect(commands.map(({ announced }) => announced)).toEqual([201, 200, 200, 403, 401]);
    expect(demo.stdout().match(/^curl /gm)).toHaveLength(5);
    expect(commands[0]!.command).toContain(printed(demo, 'SETUP_TOKEN'));
    expect(commands[1]!.command).toContain(printed(demo, 'TOKEN'));
    expect(commands[2]!.command).toContain(printed(demo, 'API_KEY'));
    if (!HAS_CURL) return;
    for (const { command, announced } of commands) expect(await statusesOf(command)).toEqual([announced]);
    // The first administrator is made once.
    expect(await statusesOf(announcedBlock(demo.stdout()))).toEqual([404, 200, 200, 403, 401]);
  });

  it('in production serves, and prints no credential, no command and no secret', async () => {
    const demo = await startDemo({
      HTTP_ADAPTER: adapter,
      NODE_ENV: 'production',
      AUTH_JWT_SECRET_KEY: SECRET,
    });
    expect((await fetch(`${demo.url}/health`)).status).toBe(200);
    expect((await fetch(`${demo.url}/api/v1/sessions`)).status).toBe(401);

    demo.kill('SIGTERM');
    expect(await demo.ended).toEqual({ code: 0, signal: null });
    const output = demo.stdout() + demo.stderr();
    expect(output).not.toMatch(/TOKEN |API_KEY |curl|eyJ|ck_|random|administrator/);
    expect(output).not.toContain(SECRET);
  });

  it('in production without a secret ends with code 1 and the reason on stderr, without frames', async () => {
    const demo = startNode(built.demo, {
      DATA_DIR: built.dataFolder(),
      HTTP_ADAPTER: adapter,
      PORT: '0',
      NODE_ENV: 'production',
    });

    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.stderr()).toContain('jwt.secret (AUTH_JWT_SECRET_KEY) is missing');
    expect(demo.stderr()).not.toMatch(FRAME);
    expect(demo.stdout()).not.toMatch(/TOKEN |Listening/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by %s with code 0 although a connection is kept alive',
    async (signal) => {
      const demo = await startDemo({ HTTP_ADAPTER: adapter });
      expect((await fetch(`${demo.url}/health`, { headers: { Connection: 'keep-alive' } })).status).toBe(200);

      demo.kill(signal);
      expect(await demo.ended).toEqual({ code: 0, signal: null });
      expect(demo.stderr()).not.toMatch(/ERROR/);
      await expect(fetch(`${demo.url}/health`)).rejects.toThrow();
    },
  );

  it('says which port is in use, and ends with code 1', async () => {
    const server = await occupyPort();
    const { port } = server.address() as AddressInfo;
    try {
      const demo = startNode(built.demo, {
        DATA_DIR: built.dataFolder(),
        HTTP_ADAPTER: adapter,
        PORT: String(port),
      });
      expect(await demo.ended).toEqual({ code: 1, signal: null });
      expect(demo.stderr()).toContain(`PORT ${port} is in use.`);
      expect(demo.stderr()).not.toMatch(FRAME);
    } finally {
      server.close();
    }
  });
});

describe('the demo as a process', () => {
  it('makes another random secret each time', async () => {
    const [one, other] = await Promise.all([startDemo(), startDemo()]);
    const headers = { Authorization: `Bearer ${printed(one, 'TOKEN')}` };

    expect((await fetch(`${one.url}/api/v1/me`, { headers })).status).toBe(200);
    expect((await fetch(`${other.url}/api/v1/me`, { headers })).status).toBe(401);
  });

  it('signs with the secret that it is given, and says nothing of a random one', async () => {
    const demo = await startDemo({ AUTH_JWT_SECRET_KEY: SECRET });
    const token = printed(demo, 'TOKEN');
    const [signed, signature] = [token.slice(0, token.lastIndexOf('.')), token.split('.')[2]];

    expect(createHmac('sha256', SECRET).update(signed).digest('base64url')).toBe(signature);
    expect(demo.stdout() + demo.stderr()).not.toContain('random');
    expect(demo.stdout() + demo.stderr()).not.toContain(SECRET);
  });

  it('prints only what works when API keys are switched off', async () => {
    const demo = await startDemo({ AUTH_API_KEY_ENABLED: 'false' });

    expect(demo.stdout()).not.toMatch(/API_KEY |X-API-Key/);
    expect(announcedCommands(demo.stdout()).map(({ announced }) => announced)).toEqual([201, 200, 403, 401]);
    if (HAS_CURL) expect(await statusesOf(announcedBlock(demo.stdout()))).toEqual([201, 200, 403, 401]);
  });

  it.each([
    [{ PORT: '65536' }, 'PORT is no port number'],
    [{ PORT: 'http' }, 'PORT is no port number'],
    [{ HTTP_ADAPTER: 'koa' }, 'HTTP_ADAPTER is unknown'],
    [{ PORT: '0', LISTEN_HOST: '192.0.2.1' }, 'LISTEN_HOST is no address of this machine'],
    [{ PORT: '0', AUTH_JWT_SECRET_KEY: 'tiny-secret' }, 'jwt.secret (AUTH_JWT_SECRET_KEY)'],
  ])('with %p ends with code 1 and "%s", without frames and without the value', async (env, reason) => {
    const demo = startNode(built.demo, env as Record<string, string>);

    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.stderr()).toContain(reason);
    expect(demo.stderr()).not.toMatch(FRAME);
    expect(demo.stdout() + demo.stderr()).not.toContain('tiny-secret');
  });

  it('listens on loopback only', async () => {
    const demo = await startDemo();
    const { port } = new URL(demo.url);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');

    expect(demo.url).toBe(`http://127.0.0.1:${port}`);
    for (const { address } of others)
      await expect(fetch(`http://${address}:${port}/health`)).rejects.toThrow();
  });
});

function occupyPort(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
