import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthEvents,
  memoryStores,
  UserService,
  type AuthEvent,
  type SessionTokens,
  type UsersOptions,
} from 'nestjs-gatehouse';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Platform } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { Mailbox, PASSWORD } from './accounts.support.js';

const TOKEN = 'set-up-token-of-this-test-7Qm2';
const BODY = { setupToken: TOKEN, email: 'root@example.com', password: PASSWORD, name: 'Root' };

async function bootSetup(
  platform: Platform,
  users: UsersOptions = { setupToken: TOKEN },
  stores = memoryStores(),
) {
  const logger = new RecordingLogger();
  const { app, url } = await boot(platform, {
    auth: { users, stores, mailer: new Mailbox() },
    nest: { logger },
  });
  const events: AuthEvent[] = [];
  app.get(AuthEvents).subscribe((event) => void events.push(event));
  const post = (path: string, body?: unknown): Promise<CallAnswer> =>
    call(url + path, { method: 'POST', body });
  const setUp = (more: object = {}): Promise<CallAnswer> => post('/auth/setup', { ...BODY, ...more });
  const people = () => stores.users.list({ limit: 100 });
  return { app, url, stores, events, logger, post, setUp, people };
}

/** What there is to be seen of an answer, but for its time and its path. */
function seen({ status, headers, body }: CallAnswer, path: string): unknown {
  const text = JSON.stringify(body).replaceAll(path, '/…');
  const named = [...headers]
    .filter(([name]) => !['date', 'content-length', 'etag'].includes(name))
    .map(String);
  return { status, text, named: named.toSorted() };
}

afterEach(closeAll);

describe.each(PLATFORMS)('set-up on %s', (platform) => {
  it('makes the first administrator and logs them in', async () => {
    const { url, post, setUp, people, events, stores } = await bootSetup(platform);
    const { status, headers, body } = await setUp({ email: 'ROOT@example.com' });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(Object.keys(body as object).toSorted()).toEqual([
      'accessToken',
      'expiresIn',
      'refreshToken',
      'sessionId',
    ]);
    const [root, ...others] = await people();
    expect(others).toEqual([]);
    expect(root).toMatchObject({ email: 'root@example.com', name: 'Root', isActive: true });
    expect(root?.orgId).toBeUndefined();
    expect(root?.emailVerifiedAt).toBeInstanceOf(Date);
    expect(await stores.users.hasAdministrator()).toBe(true);
    const me = await call(`${url}/auth/me`, { token: (body as SessionTokens).accessToken });
    expect(me.body).toMatchObject({ userId: root?.userId, permissions: ['*'] });
    expect(await statusOf(`${url}/auth/users`, { token: (body as SessionTokens).accessToken })).toBe(200);
    const { email, password } = BODY;
    expect((await post('/auth/login', { email, password })).status).toBe(200);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'setup.completed', target: root?.userId, ip: '127.0.0.1' }),
    );
    expect(JSON.stringify(events)).not.toMatch(new RegExp(`${TOKEN}|violet|argon2`));
  });

  it('happens once, of a hundred at the same time', async () => {
    const { setUp, people, events } = await bootSetup(platform);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => setUp({ email: `root${index}@example.com` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(99);
    expect(await people()).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'setup.completed')).toHaveLength(1);
  });

  it.each<[string, UsersOptions]>([
    ['after it was done', { setupToken: TOKEN }],
    ['without a set-up token', {}],
  ])('is not there %s, whatever the body is', async (_says, users) => {
    const { post, setUp } = await bootSetup(platform, users);
    if (users.setupToken !== undefined) await setUp();
    for (const body of [
      BODY,
      { ...BODY, setupToken: 'wrong' },
      {},
      { role: 'administrator' },
      [],
      undefined,
    ]) {
      const nowhere = seen(await post('/auth/no-such-path', body), '/auth/no-such-path');
      expect(nowhere).toMatchObject({ status: 404 });
      expect(seen(await post('/auth/setup', body), '/auth/setup')).toEqual(nowhere);
    }
    const query = await post('/auth/setup?a=1', BODY);
    expect(seen(query, '/auth/setup?a=1')).toEqual(seen(await post('/auth/no?a=1', BODY), '/auth/no?a=1'));
  });

  it('is done for every other application with these stores', async () => {
    const first = await bootSetup(platform);
    const second = await bootSetup(platform, { setupToken: TOKEN }, first.stores);
    expect((await first.setUp()).status).toBe(201);
    expect((await second.setUp({ email: 'other@example.com' })).status).toBe(404);
    expect(await second.people()).toHaveLength(1);
  });

  it.each([
    ['another', 'set-up-token-of-this-test-7Qm3'],
    ['a part', TOKEN.slice(0, -1)],
    ['one that is longer', `${TOKEN}x`],
    ['one in another case', TOKEN.toUpperCase()],
  ])('401 for a wrong token: %s', async (_says, setupToken) => {
    const { setUp, people, events } = await bootSetup(platform);
    const { status, body } = await setUp({ setupToken });
    expect([status, body]).toEqual([401, expect.objectContaining({ code: 'credentials_invalid' })]);
    expect(await people()).toEqual([]);
    expect(events).toMatchObject([{ type: 'login.failed', reason: 'the set-up token is wrong' }]);
    expect((await setUp()).status).toBe(201);
  });

  it('429 after too many wrong tokens of one source', async () => {
    const source = { limit: 3, window: 600 };
    const { setUp } = await bootSetup(platform, { setupToken: TOKEN, loginLimits: { source } });
    for (let times = 0; times < 3; times += 1)
      expect((await setUp({ setupToken: `wrong${times}` })).status).toBe(401);
    expect((await setUp()).status).toBe(429);
  });

  it.each([
    ['setupToken is not text', { setupToken: undefined }],
    ['setupToken is longer than 200 characters', { setupToken: 'x'.repeat(201) }],
    ['email is no e-mail address', { email: 'root' }],
    ['password is not text', { password: 5 }],
    ['password is shorter than 15 characters', { password: 'zqkfwmvb' }],
    ['password is a common password, or one with little added', { password: 'Password12345678' }],
    [
      'password is built of your name, your address or a word that everybody here knows, with little added',
      { password: 'example-ROOT-example' },
    ],
    ['name is empty', { name: ' ' }],
    ['"role" is no field of it', { role: 'administrator' }],
    ['"permissions" is no field of it', { permissions: ['*'] }],
    ['"passwordHash" is no field of it', { passwordHash: 'x' }],
    ['"orgId" is no field of it', { orgId: 'org_1' }],
  ])('400: %s', async (problem, more) => {
    const { setUp, people } = await bootSetup(platform);
    const { status, body } = await setUp(more);
    expect([status, body]).toEqual([400, expect.objectContaining({ message: [problem] })]);
    expect(await people()).toEqual([]);
  });

  it('says nothing of the password to whoever has no set-up token', async () => {
    const { setUp } = await bootSetup(platform);
    expect((await setUp({ setupToken: 'wrong', password: 'short' })).status).toBe(401);
  });

  it('409 for the address of somebody who is no administrator, and stays open', async () => {
    const { app, setUp } = await bootSetup(platform);
    await app.get(UserService).create({ email: BODY.email, password: PASSWORD });
    expect((await setUp()).status).toBe(409);
    expect((await setUp({ email: 'other@example.com' })).status).toBe(201);
  });

  it('is in the log of the boot while it is open, without the token', async () => {
    const says = /no administrator yet/;
    const open = await bootSetup(platform);
    expect(open.logger.messages('SetupService')).toEqual([expect.stringMatching(says)]);
    await open.setUp();
    const done = await bootSetup(platform, { setupToken: TOKEN }, open.stores);
    const closed = await bootSetup(platform, {});
    for (const { logger } of [done, closed]) expect(logger.messages().join('\n')).not.toMatch(says);
    for (const { logger } of [open, done]) {
      const text = JSON.stringify(logger.lines);
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(PASSWORD);
    }
  });
});
