import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, SessionService, TokenService } from 'nestjs-gatehouse';

import type { CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

describe.each(PLATFORMS)('accounts on %s', (platform) => {
  let people: People;
  let count = 0;
  beforeAll(async () => {
    people = await bootPeople(platform);
  });
  afterAll(closeAll);

  const newAddress = (): string => `person${(count += 1)}@example.com`;
  const post = (path: string, body: object, token?: string): Promise<CallAnswer> =>
    people.ask('POST', path, { body, token });
  const statusOfMe = async (token: string): Promise<number> =>
    (await people.ask('GET', '/me', { token })).status;
  const statusOfLogin = async (email: string, password: string): Promise<number> =>
    (await post('/login', { email, password })).status;
  const eventsOf = (userId: string): string[] =>
    people.events.filter((event) => 'target' in event && event.target === userId).map(({ type }) => type);

  describe('registration', () => {
    it('makes an account that works once its address is verified', async () => {
      const email = newAddress();
      const answer = await post('/register', {
        email: email.toUpperCase(),
        password: PASSWORD,
        name: ' Ada ',
      });
      expect([answer.status, answer.body]).toEqual([202, '']);
      const mail = await people.mailbox.next();
      expect(mail).toMatchObject({ kind: 'email-verification', to: email, name: undefined });
      expect(await statusOfLogin(email, PASSWORD)).toBe(401);
      expect((await post('/email/verify', { token: mail.token })).status).toBe(204);
      expect(await statusOfLogin(email, PASSWORD)).toBe(200);
      expect(eventsOf(mail.userId)).toEqual(expect.arrayContaining(['user.created', 'email.verified']));
    });

    it('gives an account nothing', async () => {
      const email = newAddress();
      await post('/register', { email, password: PASSWORD });
      const { userId, token } = await people.mailbox.next();
      await post('/email/verify', { token });
      const { accessToken } = await people.login(email);
      const { body } = await people.ask('GET', '/me', { token: accessToken });
      expect(body).toMatchObject({ userId, permissions: [] });
      expect((body as { orgId?: string }).orgId).toBeUndefined();
    });

    it('answers about an address that is taken as about any other, and tells its owner alone', async () => {
      const email = newAddress();
      const owner = await people.add(email);
      const [taken, free] = [
        await post('/register', { email, password: NEW_PASSWORD, name: 'Mallory' }),
        await post('/register', { email: newAddress(), password: NEW_PASSWORD, name: 'Mallory' }),
      ];
      expect([taken.status, taken.body]).toEqual([free.status, free.body]);
      const mails = [await people.mailbox.next(), await people.mailbox.next()];
      expect(mails.find(({ to }) => to === email)).toEqual({
        ...{ kind: 'registration-repeated', to: email, userId: owner.userId },
        ...{ name: undefined, token: undefined, expiresAt: undefined },
      });
      // Nothing of the account has changed.
      expect(await statusOfLogin(email, NEW_PASSWORD)).toBe(401);
      expect(await people.users.find(owner.userId)).toEqual(owner);
    });

    it('refuses a password before it looks at the address', async () => {
      const email = newAddress();
      await people.add(email);
      const answers = [
        await post('/register', { email, password: 'password' }),
        await post('/register', { email: newAddress(), password: 'password' }),
      ];
      for (const { status, body } of answers)
        expect([status, body]).toEqual([
          400,
          expect.objectContaining({ message: [expect.stringMatching(/^password is shorter/)] }),
        ]);
    });

    it('is limited by source', async () => {
      const limited = await bootPeople(platform, {
        users: { loginLimits: { source: { limit: 2, window: 900 } } },
      });
      const register = () =>
        limited.ask('POST', '/register', { body: { email: newAddress(), password: PASSWORD } });
      expect([(await register()).status, (await register()).status]).toEqual([202, 202]);
      const { status, body, headers } = await register();
      expect([status, (body as { code: string }).code]).toEqual([429, 'rate_limited']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      // To look at a password takes milliseconds as well.
      const weak = { email: newAddress(), password: 'password' };
      expect((await limited.ask('POST', '/register', { body: weak })).status).toBe(429);
    });

    it('does not wait for the mailer', async () => {
      const email = newAddress();
      const failing = await bootPeople(platform, {
        mailer: { send: () => new Promise(() => undefined) } as never,
      });
      const answer = await failing.ask('POST', '/register', { body: { email, password: PASSWORD } });
      expect(answer.status).toBe(202);
    });
  });

  describe('a forgotten password', () => {
    it('is answered the same for every address, and mailed to those that can use it', async () => {
      const [known, disabled] = [newAddress(), newAddress()];
      await people.add(known);
      await people.users.disable((await people.add(disabled)).userId);
      const before = people.mailbox.mails.length;
      for (const email of [disabled, newAddress(), known]) {
        const { status, body } = await post('/password/forgot', { email });
        expect([status, body]).toEqual([202, '']);
      }
      expect(await people.mailbox.next()).toMatchObject({ kind: 'password-reset', to: known });
      expect(people.mailbox.mails.length).toBe(before + 1);
    });

    it('ends sessions and the access tokens that are out, and proves the address', async () => {
      const email = newAddress();
      const { userId } = await people.add(email, { isEmailVerified: false });
      const { accessToken, refreshToken } = await people.app.get(SessionService).open({ userId, email });
      expect(await statusOfMe(accessToken)).toBe(200);
      await post('/password/forgot', { email });
      const token = await people.mailbox.nextToken();
      const answer = await post('/password/reset', { token, password: NEW_PASSWORD });
      expect([answer.status, answer.body]).toEqual([204, '']);
      expect(await statusOfMe(accessToken)).toBe(401);
      expect((await post('/refresh', { refreshToken })).status).toBe(401);
      expect(await statusOfLogin(email, PASSWORD)).toBe(401);
      expect(await statusOfLogin(email, NEW_PASSWORD)).toBe(200);
      expect(eventsOf(userId)).toEqual(
        expect.arrayContaining(['password.reset-requested', 'password.changed', 'email.verified']),
      );
    });

    it('fills no mailbox', async () => {
      const [email, other] = [newAddress(), newAddress()];
      await people.add(email);
      await people.add(other);
      const before = people.mailbox.mails.length;
      for (let i = 0; i < 8; i += 1) expect((await post('/password/forgot', { email })).status).toBe(202);
      await post('/password/forgot', { email: other });
      while ((await people.mailbox.next()).to !== other);
      expect(people.mailbox.mails.slice(before).filter(({ to }) => to === email)).toHaveLength(5);
    });

    it('is not kept from being sent by mails that others cause', async () => {
      const email = newAddress();
      await people.add(email);
      for (let i = 0; i < 6; i += 1) await post('/register', { email, password: PASSWORD });
      await post('/password/forgot', { email });
      while ((await people.mailbox.next()).kind !== 'password-reset');
    });

    it('ends a lock-out', async () => {
      const limited = await bootPeople(platform, {
        users: { loginLimits: { account: { limit: 2, window: 900 } } },
      });
      const email = newAddress();
      await limited.add(email);
      const attempt = (password: string) => limited.ask('POST', '/login', { body: { email, password } });
      for (const status of [401, 401, 429]) expect((await attempt('wrong')).status).toBe(status);
      await limited.ask('POST', '/password/forgot', { body: { email } });
      const token = await limited.mailbox.nextToken();
      await limited.ask('POST', '/password/reset', { body: { token, password: NEW_PASSWORD } });
      expect((await attempt(NEW_PASSWORD)).status).toBe(200);
    });
  });

  describe('a change of the password', () => {
    const change = (token: string, currentPassword: string, newPassword = NEW_PASSWORD) =>
      post('/password', { currentPassword, newPassword }, token);

    it('ends every session and answers a new one', async () => {
      const email = newAddress();
      await people.add(email);
      const [own, other] = [await people.login(email), await people.login(email)];
      const answer = await change(own.accessToken, PASSWORD);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const fresh = answer.body as typeof own;
      expect(await statusOfMe(fresh.accessToken)).toBe(200);
      for (const { accessToken, refreshToken } of [own, other]) {
        expect(await statusOfMe(accessToken)).toBe(401);
        expect((await post('/refresh', { refreshToken })).status).toBe(401);
      }
      expect((await post('/refresh', { refreshToken: fresh.refreshToken })).status).toBe(200);
      expect(await statusOfLogin(email, PASSWORD)).toBe(401);
      expect(await statusOfLogin(email, NEW_PASSWORD)).toBe(200);
    });

    it('needs the current one, and counts guesses', async () => {
      const limited = await bootPeople(platform, {
        users: { loginLimits: { account: { limit: 3, window: 900 } } },
      });
      const email = newAddress();
      const { userId } = await limited.add(email);
      const token = limited.app.get(TokenService).createAccessToken({ userId, email });
      const guess = (currentPassword: string) =>
        limited.ask('POST', '/password', { token, body: { currentPassword, newPassword: NEW_PASSWORD } });
      for (let i = 0; i < 3; i += 1)
        expect(await guess(`wrong ${i}`)).toMatchObject({
          status: 400,
          body: { message: ['currentPassword is wrong'] },
        });
      expect((await guess(PASSWORD)).status).toBe(429);
    });

    it('goes by the policy', async () => {
      const email = newAddress();
      await people.add(email);
      const { accessToken } = await people.login(email);
      expect(await change(accessToken, PASSWORD, 'short')).toMatchObject({
        status: 400,
        body: { message: [expect.stringMatching(/^newPassword is shorter/)] },
      });
      expect(await statusOfMe(accessToken)).toBe(200);
    });

    it('is nothing for whoever has no account, and nothing for a key', async () => {
      const tokens = people.app.get(TokenService);
      const { userId } = await people.add(newAddress());
      const { key } = await people.app.get(ApiKeyService).create({ name: 'k', userId });
      const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      const service = tokens.createServiceToken({ clientId: 'worker' });
      expect((await post('/password', body, service)).status).toBe(404);
      expect((await people.ask('POST', '/password', { apiKey: key, body })).status).toBe(401);
      expect((await post('/password', body)).status).toBe(401);
    });
  });

  describe('oneself', () => {
    it('is renamed, and nothing else', async () => {
      const email = newAddress();
      const { userId } = await people.add(email, { metadata: { notes: 'difficult' } });
      const { accessToken } = await people.login(email);
      const rename = (name: string | null) =>
        people.ask('PATCH', '/me', { token: accessToken, body: { name } });
      const { status, body } = await rename('Ada');
      expect([status, body]).toEqual([
        200,
        { userId, email, name: 'Ada', emailVerifiedAt: expect.any(String) },
      ]);
      expect((await people.users.find(userId))?.name).toBe('Ada');
      expect((await rename(null)).status).toBe(200);
      expect((await people.users.find(userId))?.name).toBeUndefined();
      expect(await statusOfMe(accessToken)).toBe(200);
    });
  });

  describe('a verification', () => {
    it('is sent again to whom it can be of use, and answered the same to everybody', async () => {
      const [open, verified] = [newAddress(), newAddress()];
      await people.add(open, { isEmailVerified: false });
      await people.add(verified);
      const before = people.mailbox.mails.length;
      for (const email of [verified, newAddress(), open]) {
        const { status, body } = await post('/email/send-verification', { email });
        expect([status, body]).toEqual([202, '']);
      }
      expect(await people.mailbox.next()).toMatchObject({ kind: 'email-verification', to: open });
      expect(people.mailbox.mails.length).toBe(before + 1);
    });
  });

  it('no event holds a password, a hash or a token', () => {
    const seen = JSON.stringify(people.events);
    expect(seen).not.toMatch(/argon2|passwordHash|tokenHash|"ot_/);
    for (const secret of [PASSWORD, NEW_PASSWORD]) expect(seen).not.toContain(secret);
  });
});
