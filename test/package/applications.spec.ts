import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';

import { killChildren, startNode } from '../support/child.js';
import { SECRET } from '../support/secret.js';
import { ROOT } from '../support/source-files.js';
import { npm, output, pack, type Packed } from './packed.js';

/** One installation from the registry, or one compilation with every declaration checked, on a slow day. */
const SLOW = 240_000;

/** What the applications print when they listen. */
interface Ready {
  readonly url: string;
  /** A token and an API key with `note:read`. */
  readonly token: string;
  readonly key: string;
}

let packed: Packed;

/** Without a registry nothing can be installed: these are then reported as skipped, but never where they must pass. */
const isOffline = process.env.CI !== 'true' && !(await canReachRegistry());
const describeOnline = isOffline ? describe.skip : describe;
const REASON = isOffline ? ' (skipped: the package registry cannot be reached)' : '';

beforeAll(async () => {
  if (!isOffline) packed = await pack();
}, SLOW);

afterAll(async () => {
  await killChildren();
  await packed?.remove();
});

describeOnline(`installed into a Nest 12 application of ES modules${REASON}`, () => {
  let folder: string;
  let ready: Ready;

  beforeAll(async () => {
    folder = await install('nest12-esm', '12');
  }, SLOW);

  it(
    'compiles, our types and those of what we depend on included',
    async () => {
      await compile(folder);
    },
    SLOW,
  );

  it('boots', async () => {
    ready = await bootApplication(folder);
  });

  it('protects routes', async () => {
    await expectProtected(ready);
  });

  it.each([
    ['users', /users needs (@\S+), which cannot be loaded\. Remedy: npm install \1\./],
    ['trustedIssuers', /trustedIssuers needs (jose), which cannot be loaded\. Remedy: npm install \1\./],
  ])('does not boot with %s without the package that it needs, and names it', async (option, message) => {
    const env = { AUTH_JWT_SECRET_KEY: SECRET, OPTION: option };
    const child = startNode(join(folder, 'dist/main.js'), env);
    expect((await child.ended).code).not.toBe(0);
    expect(child.stderr()).toMatch(message);
    expect(child.stdout()).not.toContain('READY');
  });

  it('boots with services and the audit log, which need none', async () => {
    await expectProtected(await bootApplication(folder, { OPTION: 'services' }));
  });
});

describeOnline(`installed into a Nest 11 application of CommonJS${REASON}`, () => {
  let folder: string;
  let ready: Ready;

  beforeAll(async () => {
    folder = await install('nest11-cjs', '11');
  }, SLOW);

  it(
    'compiles',
    async () => {
      await compile(folder);
    },
    SLOW,
  );

  it(
    "compiles with the module resolution of Nest 10's template",
    async () => {
      await compile(folder, 'tsconfig.node10.json');
    },
    SLOW,
  );

  it.each(['nestjs-gatehouse', 'nestjs-gatehouse/testing'])(
    'require(%j) works, and silently',
    async (name) => {
      const print = `const all = require(${JSON.stringify(name)}); console.log(typeof all.guardAs, typeof all.AuthModule)`;
      const printed = await output(process.execPath, ['-e', print], folder, { PATH: process.env.PATH });
      expect(printed.trim()).toBe(name.endsWith('testing') ? 'function undefined' : 'undefined function');
    },
  );

  it('does not boot with a gateway that nothing guards, and says which', async () => {
    const child = startNode(join(folder, 'dist/main.js'), {
      AUTH_JWT_SECRET_KEY: SECRET,
      GATEWAY: 'unguarded',
    });
    expect((await child.ended).code).not.toBe(0);
    expect(child.stderr()).toContain('Gatehouse stops the boot');
    expect(child.stderr()).toContain(
      'UnguardedGateway.whoami: on Nest 11 global guards do not reach gateways: add @UseGuards(AuthGuard)',
    );
    expect(child.stdout()).not.toContain('READY');
  });

  it('boots with a public one, which answers everybody', async () => {
    const { url } = await bootApplication(folder, { GATEWAY: 'public' });
    expect(await say(url, 'version', {})).toEqual({ version: { version: 1 } });
  });

  it('boots with a guarded one', async () => {
    ready = await bootApplication(folder, { GATEWAY: 'guarded' });
  });

  it('protects routes', async () => {
    await expectProtected(ready);
  });

  it('refuses messages of sockets', async () => {
    expect(await say(ready.url, 'whoami', {})).toMatchObject({
      exception: { status: 'error', code: 'credentials_missing', statusCode: 401 },
    });
    expect(await say(ready.url, 'whoami', { authorization: `Bearer ${ready.token}x` })).toMatchObject({
      exception: { code: 'credentials_invalid', statusCode: 401 },
    });
    expect(await say(ready.url, 'write', { authorization: `Bearer ${ready.token}` })).toMatchObject({
      exception: { code: 'permission_denied', statusCode: 403 },
    });
  });

  it('and accepts them', async () => {
    expect(await say(ready.url, 'whoami', { authorization: `Bearer ${ready.token}` })).toEqual({
      you: { userId: 'ada', provider: 'jwt' },
    });
    expect(await say(ready.url, 'whoami', { 'x-api-key': ready.key })).toEqual({
      you: { userId: 'ada', provider: 'api_key' },
    });
  });
});

async function canReachRegistry(): Promise<boolean> {
  try {
    await npm(ROOT, 'ping', '--fetch-retries=0', '--fetch-timeout=10000');
    return true;
  } catch {
    return false;
  }
}

/** Writes an application into a folder of its own and installs what it depends on, the packed library with it. */
async function install(name: string, nestMajor: string): Promise<string> {
  const folder = join(packed.folder, name);
  await cp(join(ROOT, 'test/package/fixtures', name), folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  manifest.dependencies['nestjs-gatehouse'] = `file:../${basename(packed.tarball)}`;
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
  for (const peer of ['@nestjs/common', '@nestjs/core']) {
    // One copy: a peer that does not fit would stand a second time, below whoever wants it.
    const copies = await npm(folder, 'ls', '--all', '--parseable', peer);
    expect(copies.trim()).toBe(join(folder, 'node_modules', peer));
    const installed = await readFile(join(folder, 'node_modules', peer, 'package.json'), 'utf8');
    expect((JSON.parse(installed) as { version: string }).version.split('.')[0]).toBe(nestMajor);
  }
  return folder;
}

async function compile(folder: string, config = 'tsconfig.json'): Promise<void> {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc');
  expect(await output(process.execPath, [tsc, '-p', config], folder)).toBe('');
}

async function bootApplication(folder: string, env: Record<string, string> = {}): Promise<Ready> {
  const child = startNode(join(folder, 'dist/main.js'), { AUTH_JWT_SECRET_KEY: SECRET, ...env });
  const [, ready] = await child.until(/^READY (.*)$/m);
  expect(child.stderr()).toBe('');
  return JSON.parse(ready!) as Ready;
}

async function expectProtected({ url, token, key }: Ready): Promise<void> {
  const get = async (path: string, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
    const answer = await fetch(url + path, { headers });
    return [answer.status, await answer.json()];
  };
  const bearer = { authorization: `Bearer ${token}` };
  expect(await get('/notes/version')).toEqual([200, { version: 1 }]);
  expect(await get('/notes')).toEqual([401, expect.objectContaining({ code: 'credentials_missing' })]);
  expect(await get('/notes', { authorization: `Bearer ${token.slice(0, -2)}` })).toEqual([
    401,
    expect.objectContaining({ code: 'credentials_invalid' }),
  ]);
  expect(await get('/notes', bearer)).toEqual([200, { notes: [], userId: 'ada' }]);
  expect(await get('/notes', { 'x-api-key': key })).toEqual([200, { notes: [], userId: 'ada' }]);
  expect(await get('/notes', { 'x-api-key': `${key.slice(0, -1)}!` })).toEqual([
    401,
    expect.objectContaining({ code: 'credentials_invalid' }),
  ]);
  expect(await get('/notes/drafts', bearer)).toEqual([
    403,
    expect.objectContaining({ code: 'permission_denied' }),
  ]);
  expect(await get('/notes/drafts', { 'x-api-key': key })).toEqual([
    403,
    expect.objectContaining({ code: 'permission_denied' }),
  ]);
}

/** Sends one message over a new socket and returns the first event that comes back. */
async function say(
  url: string,
  message: string,
  headers: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const socket: Socket = io(url, { auth: { ...headers }, transports: ['websocket'], reconnection: false });
  try {
    return await new Promise((resolve, reject) => {
      socket.on('connect_error', reject);
      socket.onAny((event: string, data: unknown) => resolve({ [event]: data }));
      socket.emit(message, {});
    });
  } finally {
    socket.close();
  }
}
