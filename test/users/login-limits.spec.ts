import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { AuthError, AuthEvents, UserService, type AuthEvent } from 'nestjs-gatehouse';

import { PasswordHasher } from '../../libs/auth/src/users/password.hasher.js';
import { call, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Platform } from '../support/platforms.js';
import { Mailbox, NEW_PASSWORD, PASSWORD } from './accounts.support.js';

const [ADA, NOBODY] = ['ada@example.com', 'nobody@example.com'];
const LIMITS = { account: { limit: 3, window: 600 }, source: { limit: 8, window: 60 } };
const MANY = { limit: 1_000, window: 600 };

async function bootLimited(platform: Platform, loginLimits: object, trustsProxies = false) {
  const mailbox = new Mailbox();
  const auth = { users: { loginLimits }, mailer: mailbox };
  const { app, url } = await boot(platform, { auth, trustsProxies });
  const limited: AuthEvent[] = [];
  app.get(AuthEvents).subscribe((event) => {
    if (event.type === 'login.limited') limited.push(event);
  });
  const hashed = jest.spyOn(app.get(PasswordHasher), 'verify');
  const add = (email: string) =>
    app.get(UserService).create({ email, password: PASSWORD, isEmailVerified: true });
  const post = (path: string, body: object, from?: string): Promise<CallAnswer> =>
    call(`${url}/auth${path}`, {
      method: 'POST',
      body,
      ...(from !== undefined && { headers: { 'x-forwarded-for': from } }),
    });
  const attempt = (email: string, password: string, from?: string): Promise<CallAnswer> =>
    post('/login', { email, password }, from);
  return { app, add, attempt, post, mailbox, hashed, limited };
}

afterEach(async () => {
  jest.restoreAllMocks();
  await closeAll();
});

describe.each(PLATFORMS)('limits of login on %s', (platform) => {
  it('an account has so many attempts, whether it is there or not, and no hash is computed beyond', async () => {
    const { attempt, add, hashed, limited } = await bootLimited(platform, { ...LIMITS, source: MANY });
    await add(ADA);
    const answers: unknown[] = [];
    for (const email of [ADA, NOBODY]) {
      hashed.mockClear();
      const statuses: number[] = [];
      for (let times = 0; times < 3; times += 1) statuses.push((await attempt(email, NEW_PASSWORD)).status);
      // The right password does not help: whoever guesses it now must not learn that it is right.
      const { status, headers, body } = await attempt(email, PASSWORD);
      const seconds = Number(headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(600);
      answers.push([...statuses, status, body]);
      expect(hashed).toHaveBeenCalledTimes(3);
    }
    expect(answers[0]).toEqual([401, 401, 401, 429, expect.objectContaining({ code: 'rate_limited' })]);
    expect(answers[1]).toEqual(answers[0]);
    expect(limited).toMatchObject([{ target: 'account' }, { target: 'account' }]);
  });

  it('attempts at the same time are no more', async () => {
    const { attempt, hashed } = await bootLimited(platform, LIMITS);
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(ADA, NEW_PASSWORD)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(27);
    expect(hashed).toHaveBeenCalledTimes(3);
  });

  it('other spellings of an address are the same account', async () => {
    const { attempt } = await bootLimited(platform, LIMITS);
    for (const email of [ADA, 'ADA@example.com', 'ada＠example.com'])
      expect((await attempt(email, NEW_PASSWORD)).status).toBe(401);
    expect((await attempt('Ada@Example.Com', NEW_PASSWORD)).status).toBe(429);
  });

  it('a source has so many attempts; X-Forwarded-For is nothing to go by', async () => {
    const { attempt, limited } = await bootLimited(platform, LIMITS);
    for (let index = 0; index < 8; index += 1)
      expect((await attempt(`${index}@example.com`, PASSWORD, `192.0.2.${index}`)).status).toBe(401);
    expect((await attempt(NOBODY, PASSWORD, '192.0.2.99')).status).toBe(429);
    expect(limited).toMatchObject([{ target: 'source', ip: '127.0.0.1' }]);
  });

  it('where proxies are trusted the source is what they say, and an IPv6 address counts by its /64', async () => {
    const { attempt } = await bootLimited(platform, LIMITS, true);
    for (let index = 1; index <= 8; index += 1)
      expect((await attempt(`${index}@example.com`, PASSWORD, `2001:db8:0:1:${index}::1`)).status).toBe(401);
    expect((await attempt(NOBODY, PASSWORD, '2001:DB8:0:1::99')).status).toBe(429);
    expect((await attempt(NOBODY, PASSWORD, '2001:db8:0:2::1')).status).toBe(401);
  });

  it('strangers cannot shut out an owner who has logged in from there before', async () => {
    const { attempt, add } = await bootLimited(platform, { ...LIMITS, source: MANY }, true);
    await add(ADA);
    const home = '192.0.2.7';
    expect((await attempt(ADA, PASSWORD, home)).status).toBe(200);
    for (let index = 0; index < 3; index += 1)
      expect((await attempt(ADA, NEW_PASSWORD, `198.51.100.${index}`)).status).toBe(401);
    expect((await attempt(ADA, PASSWORD, '198.51.100.99')).status).toBe(429);
    expect((await attempt(ADA, PASSWORD, home)).status).toBe(200);
    for (let times = 0; times < 3; times += 1)
      expect((await attempt(ADA, NEW_PASSWORD, home)).status).toBe(401);
    expect((await attempt(ADA, PASSWORD, home)).status).toBe(429);
  });

  it('strangers cannot shut out an owner who has a new password by mail', async () => {
    const { attempt, add, post, mailbox } = await bootLimited(platform, { ...LIMITS, source: MANY }, true);
    await add(ADA);
    const lock = async (): Promise<void> => {
      for (let index = 0; index < 4; index += 1) await attempt(ADA, 'wrong', `198.51.100.${index}`);
    };
    const home = '192.0.2.7';
    await lock();
    expect((await attempt(ADA, PASSWORD, home)).status).toBe(429);
    await post('/password/forgot', { email: ADA }, home);
    const reset = { token: await mailbox.nextToken(), password: NEW_PASSWORD };
    expect((await post('/password/reset', reset, home)).status).toBe(204);
    await lock();
    expect((await attempt(ADA, NEW_PASSWORD, home)).status).toBe(200);
  });

  it('the right password ends what failed before it', async () => {
    const { attempt, add } = await bootLimited(platform, { ...LIMITS, source: MANY });
    await add(ADA);
    for (let round = 0; round < 3; round += 1) {
      expect((await attempt(ADA, NEW_PASSWORD)).status).toBe(401);
      expect((await attempt(ADA, NEW_PASSWORD)).status).toBe(401);
      expect((await attempt(ADA, PASSWORD)).status).toBe(200);
    }
  });

  it('what cannot be compared, because too many wait already, is not counted', async () => {
    const { app, attempt } = await bootLimited(platform, LIMITS);
    const full = new AuthError('auth_unavailable', 'too many wait', { retryAfter: 5 });
    const room = jest.spyOn(app.get(PasswordHasher), 'demandRoom').mockImplementation(() => {
      throw full;
    });
    for (let times = 0; times < 10; times += 1) {
      const { status, headers } = await attempt(ADA, NEW_PASSWORD);
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    }
    room.mockRestore();
    const statuses: number[] = [];
    for (let times = 0; times < 4; times += 1) statuses.push((await attempt(ADA, NEW_PASSWORD)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});
