import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hash as argon2 } from '@node-rs/argon2';
import type { SessionTokens } from 'nestjs-gatehouse';

import { PasswordHasher } from '../../libs/auth/src/users/password.hasher.js';
import { statusOf, type CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

const TERMS = { revocations: [], closesSessions: false };

describe.each(PLATFORMS)('login on %s', (platform) => {
  let people: People;
  beforeAll(async () => {
    people = await bootPeople(platform);
    await people.add('ada@example.com', { name: 'Ada', orgId: 'org_1' });
    await people.add('disabled@example.com');
    await people.add('unverified@example.com', { isEmailVerified: false });
    await people.add('invited@example.com', { password: undefined });
    const disabled = await people.stores.users.findByEmail('disabled@example.com');
    await people.stores.users.update(disabled!.userId, { isActive: false }, { ...TERMS, now: new Date() });
  });
  afterAll(closeAll);

  const login = (email: unknown, password: unknown = PASSWORD): Promise<CallAnswer> =>
    people.ask('POST', '/login', { body: { email, password } });

  it('opens a session that says who it is', async () => {
    const { status, headers, body } = await login('ada@example.com');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(body as object).toSorted()).toEqual([
      'accessToken',
      'expiresIn',
      'refreshToken',
      'sessionId',
    ]);
    const { accessToken, refreshToken } = body as SessionTokens;
    const me = await people.ask('GET', '/me', { token: accessToken });
    expect(me.body).toMatchObject({ email: 'ada@example.com', name: 'Ada', orgId: 'org_1', provider: 'jwt' });
    expect((await people.ask('POST', '/refresh', { body: { refreshToken } })).status).toBe(200);
  });

  it.each(['ADA@Example.COM', 'ada＠example.com', 'ａｄａ@example.com'])(
    'takes %s for the same address',
    async (email) => {
      expect((await login(email)).status).toBe(200);
    },
  );

  it('takes the password exactly as it is', async () => {
    for (const other of [
      ` ${PASSWORD}`,
      `${PASSWORD} `,
      PASSWORD.toUpperCase(),
      `${PASSWORD}\0`,
      PASSWORD.slice(0, -1),
    ])
      expect((await login('ada@example.com', other)).status).toBe(401);
  });

  const REFUSALS: readonly [reason: string, email: string, password: string][] = [
    ['the address is unknown', 'nobody@example.com', PASSWORD],
    ['the password is wrong', 'ada@example.com', NEW_PASSWORD],
    ['the user is disabled', 'disabled@example.com', PASSWORD],
    ['the password is wrong', 'disabled@example.com', NEW_PASSWORD],
    ['the address is not confirmed', 'unverified@example.com', PASSWORD],
    ['the user has no password', 'invited@example.com', PASSWORD],
  ];

  it('answers the same, whatever is wrong, and says in the event alone what it was', async () => {
    const answers = new Set<string>();
    for (const [reason, email, password] of REFUSALS) {
      people.events.length = 0;
      const { status, headers, body } = await login(email, password);
      const known = [...headers].filter(([name]) => name !== 'date').map(String);
      answers.add(JSON.stringify([status, body, known.toSorted()]));
      const target = (await people.stores.users.findByEmail(email))?.userId;
      expect(people.events).toEqual([
        expect.objectContaining({ type: 'login.failed', target, reason, ip: '127.0.0.1' }),
      ]);
      expect(JSON.stringify(people.events)).not.toContain(password);
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^\[401,\{.*"code":"credentials_invalid"\}/);
  });

  it('compares one password for each attempt, whatever is wrong', async () => {
    const verify = jest.spyOn(people.app.get(PasswordHasher), 'verify');
    for (const [, email, password] of [...REFUSALS, ['', 'ada@example.com', PASSWORD]] as typeof REFUSALS) {
      verify.mockClear();
      await login(email, password);
      expect(verify).toHaveBeenCalledTimes(1);
    }
    verify.mockRestore();
  });

  it('tells of a success', async () => {
    people.events.length = 0;
    await login('ada@example.com');
    const { userId } = (await people.stores.users.findByEmail('ada@example.com'))!;
    expect(people.events).toMatchObject([
      { type: 'session.opened', userId },
      { type: 'login.succeeded', target: userId, ip: '127.0.0.1' },
    ]);
    expect(JSON.stringify(people.events)).not.toMatch(/argon2|violet/);
  });

  it('makes a hash of other parameters anew, once', async () => {
    const { userId } = await people.add('old@example.com');
    const passwordHash = await argon2(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await people.stores.users.update(userId, { passwordHash }, { ...TERMS, now: new Date() });
    expect((await login('old@example.com', NEW_PASSWORD)).status).toBe(401);
    expect((await people.stores.users.findById(userId))?.passwordHash).toBe(passwordHash);
    const stored: unknown[] = [];
    for (let times = 0; times < 2; times += 1) {
      expect((await login('old@example.com')).status).toBe(200);
      stored.push((await people.stores.users.findById(userId))?.passwordHash);
    }
    expect(stored[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(stored[1]).toBe(stored[0]);
  });

  it('lets nobody in whose password, or account, was changed while the old password was compared', async () => {
    const hasher = people.app.get(PasswordHasher);
    for (const [email, changes] of [
      ['changed@example.com', { passwordHash: await hasher.hash(NEW_PASSWORD) }],
      ['ended@example.com', { isActive: false }],
      ['renamed@example.com', { email: 'other@example.com' }],
      ['doubted@example.com', { emailVerifiedAt: undefined }],
    ] as const) {
      const { userId } = await people.add(email);
      const verify = jest.spyOn(hasher, 'verify').mockImplementationOnce(async (...args) => {
        const isRight = await hasher.verify(...args);
        await people.stores.users.update(userId, changes, {
          ...TERMS,
          closesSessions: true,
          now: new Date(),
        });
        return isRight;
      });
      expect((await login(email)).status).toBe(401);
      verify.mockRestore();
      expect(await people.stores.refreshTokens.list(userId, new Date(), 10)).toEqual([]);
    }
  });

  it("does not undo a new password by making the old one's hash anew", async () => {
    const { userId } = await people.add('race@example.com');
    const { users } = people.stores;
    const weak = await argon2(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await users.update(userId, { passwordHash: weak }, { ...TERMS, now: new Date() });
    const hasher = people.app.get(PasswordHasher);
    const changed = await hasher.hash(NEW_PASSWORD);
    const rehash = jest.spyOn(hasher, 'hash').mockImplementationOnce(async () => {
      await users.update(userId, { passwordHash: changed }, { ...TERMS, now: new Date() });
      return hasher.hash(PASSWORD);
    });
    expect((await login('race@example.com')).status).toBe(401);
    rehash.mockRestore();
    expect((await users.findById(userId))?.passwordHash).toBe(changed);
  });

  it.each([
    ['email is not text', { password: PASSWORD }],
    ['email is no e-mail address', { email: 'ada', password: PASSWORD }],
    ['email is no e-mail address', { email: 'ada@example.com ', password: PASSWORD }],
    ['password is not text', { email: 'ada@example.com', password: { $ne: '' } }],
    ['password is not text', { email: 'ada@example.com', password: [PASSWORD] }],
    ['password is empty', { email: 'ada@example.com', password: '' }],
    ['password is longer than 256 characters', { email: 'ada@example.com', password: 'x'.repeat(257) }],
    ['password is not well-formed text', { email: 'ada@example.com', password: '\ud800' }],
    ['"remember" is no field of it', { email: 'ada@example.com', password: PASSWORD, remember: true }],
    ['"isAdmin" is no field of it', { email: 'ada@example.com', password: PASSWORD, isAdmin: true }],
  ])('400: %s', async (problem, body) => {
    const { status, body: answer } = await people.ask('POST', '/login', { body });
    expect([status, answer]).toEqual([400, expect.objectContaining({ message: [problem] })]);
  });

  it('503 while the store does not answer, and the same for every address', async () => {
    const find = jest
      .spyOn(people.stores.users, 'findByEmail')
      .mockRejectedValue(new Error('connection lost'));
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const { status, headers, body } = await login(email);
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body).toMatchObject({ code: 'auth_unavailable' });
      expect(JSON.stringify(body)).not.toContain('connection');
    }
    find.mockRestore();
  });
});

describe.each(PLATFORMS)('an address that is not confirmed on %s', (platform) => {
  afterAll(closeAll);

  it('is enough where the options say so', async () => {
    const { add, login, url } = await bootPeople(platform, { users: { requireVerifiedEmail: false } });
    await add('ada@example.com', { isEmailVerified: false });
    const { accessToken } = await login('ada@example.com');
    expect(await statusOf(`${url}/auth/me`, { token: accessToken })).toBe(200);
  });
});
