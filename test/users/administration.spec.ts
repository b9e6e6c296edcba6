import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService } from 'nestjs-gatehouse';

import type { User } from '../../libs/auth/src/users/user.view.js';
import type { CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

const USER_ALL = ['user:create', 'user:read', 'user:update', 'user:delete'];

/** What can be done to one user: method, the rest of the path, body, and the status when it is done. */
const DEEDS: readonly (readonly [string, string, object | undefined, number])[] = [
  ['GET', '', undefined, 200],
  ['PATCH', '', { name: 'Changed' }, 200],
  ['POST', '/disable', undefined, 200],
  ['POST', '/enable', undefined, 200],
  ['POST', '/logout', undefined, 204],
  ['POST', '/password-reset', undefined, 202],
  ['POST', '/invitation', undefined, 202],
  ['DELETE', '', undefined, 204],
];

describe.each(PLATFORMS)('the administration of users on %s', (platform) => {
  let people: People;
  let count = 0;
  /** An administrator, and people who look after the users of an organisation. */
  let [admin, manager, foreign]: string[] = [];

  const newAddress = (): string => `user${(count += 1)}@example.com`;
  const ask = (method: string, path: string, token?: string, body?: unknown): Promise<CallAnswer> =>
    people.ask(method, path, { token, body });
  const tokenOf = async (more: Parameters<People['add']>[1]): Promise<string> => {
    const email = newAddress();
    await people.add(email, more);
    return (await people.login(email)).accessToken;
  };
  const member = (more: Parameters<People['add']>[1] = {}): Promise<User> =>
    people.add(newAddress(), { orgId: 'org_1', ...more });
  const statusOfMe = async (token: string): Promise<number> => (await ask('GET', '/me', token)).status;

  beforeAll(async () => {
    people = await bootPeople(platform);
    admin = await tokenOf({ roles: ['administrator'] });
    manager = await tokenOf({ orgId: 'org_1', grants: USER_ALL });
    foreign = await tokenOf({ orgId: 'org_2', grants: ['*'] });
  });
  afterAll(closeAll);

  describe('a user', () => {
    it('is made, found, changed and removed', async () => {
      const email = newAddress();
      const made = await ask('POST', '/users', admin, { email, name: 'Ada', metadata: { team: 1 } });
      expect(made.status).toBe(201);
      const { userId } = made.body as User;
      const user = {
        ...{ userId, email, name: 'Ada', isActive: true, hasPassword: false, metadata: { team: 1 } },
        ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
      };
      expect(made.body).toEqual(user);
      expect(await ask('GET', `/users/${userId}`, admin)).toMatchObject({ status: 200, body: user });
      const changed = await ask('PATCH', `/users/${userId}`, admin, { name: null, metadata: {} });
      expect(changed).toMatchObject({ status: 200, body: { userId, email, metadata: {} } });
      expect(changed.body).not.toHaveProperty('name');
      expect((await ask('DELETE', `/users/${userId}`, admin)).status).toBe(204);
      expect((await ask('GET', `/users/${userId}`, admin)).status).toBe(404);
      // The address is free again.
      expect((await ask('POST', '/users', admin, { email })).status).toBe(201);
    });

    it('is of the organisation of who makes them', async () => {
      const made = await ask('POST', '/users', manager, { email: newAddress() });
      expect(made).toMatchObject({ status: 201, body: { orgId: 'org_1' } });
      const elsewhere = await ask('POST', '/users', admin, { email: newAddress(), orgId: 'org_9' });
      expect(elsewhere).toMatchObject({ status: 201, body: { orgId: 'org_9' } });
      for (const orgId of ['org_2', 'org_1', null])
        for (const [method, path] of [
          ['POST', '/users'],
          ['POST', '/invitations'],
          ['PATCH', `/users/${(made.body as User).userId}`],
        ] as const)
          expect(await ask(method, path, manager, { email: newAddress(), orgId })).toMatchObject({
            status: 400,
            body: { message: ['"orgId" is no field of it'] },
          });
    });

    it('has an address that nobody else has', async () => {
      const { userId } = await member();
      const { email } = await member({ orgId: 'org_2' });
      for (const answer of [
        await ask('POST', '/users', manager, { email: email.toUpperCase() }),
        await ask('POST', '/invitations', manager, { email }),
        await ask('PATCH', `/users/${userId}`, manager, { email }),
      ])
        expect(answer).toMatchObject({ status: 409, body: { message: 'Another user has this address' } });
    });

    it('who is disabled is out at once, and in again when enabled', async () => {
      const { userId, email } = await member();
      const { accessToken, refreshToken } = await people.login(email);
      const { key } = await people.app.get(ApiKeyService).create({ name: 'k', userId, orgId: 'org_1' });
      const statusOfKey = async () => (await people.ask('GET', '/me', { apiKey: key })).status;
      expect([await statusOfMe(accessToken), await statusOfKey()]).toEqual([200, 200]);
      expect((await ask('POST', `/users/${userId}/disable`, manager)).body).toMatchObject({
        isActive: false,
      });
      expect([await statusOfMe(accessToken), await statusOfKey()]).toEqual([401, 401]);
      const login = { email, password: PASSWORD };
      expect((await ask('POST', '/login', undefined, login)).status).toBe(401);
      expect((await ask('POST', '/refresh', undefined, { refreshToken })).status).toBe(401);
      expect((await ask('POST', `/users/${userId}/enable`, manager)).body).toMatchObject({ isActive: true });
      expect([await statusOfMe(accessToken), await statusOfKey()]).toEqual([401, 200]);
      expect((await ask('POST', '/refresh', undefined, { refreshToken })).status).toBe(401);
      expect((await ask('POST', '/login', undefined, login)).status).toBe(200);
    });

    it.each<[string, (userId: string) => Promise<CallAnswer>]>([
      ['is removed', (userId) => ask('DELETE', `/users/${userId}`, admin)],
      ['is logged out', (userId) => ask('POST', `/users/${userId}/logout`, admin)],
      ['has another address', (userId) => ask('PATCH', `/users/${userId}`, admin, { email: newAddress() })],
      ['has another organisation', (userId) => ask('PATCH', `/users/${userId}`, admin, { orgId: 'org_9' })],
      ['has no organisation', (userId) => ask('PATCH', `/users/${userId}`, admin, { orgId: null })],
    ])('who %s has no session any more', async (_what, change) => {
      const { userId, email } = await member();
      const { accessToken, refreshToken } = await people.login(email);
      expect((await change(userId)).status).toBeLessThan(300);
      expect(await statusOfMe(accessToken)).toBe(401);
      expect((await ask('POST', '/refresh', undefined, { refreshToken })).status).toBe(401);
    });

    it('keeps the session when nothing changes that it speaks of', async () => {
      const { userId, email } = await member();
      const { accessToken } = await people.login(email);
      const body = { name: 'Ada', email, orgId: 'org_1' };
      expect((await ask('PATCH', `/users/${userId}`, admin, body)).status).toBe(200);
      expect(await statusOfMe(accessToken)).toBe(200);
    });

    it('has to verify a new address', async () => {
      const { userId, emailVerifiedAt } = await member();
      expect(emailVerifiedAt).toBeDefined();
      const { body } = await ask('PATCH', `/users/${userId}`, admin, { email: newAddress() });
      expect(body).not.toHaveProperty('emailVerifiedAt');
    });

    it('gets a reset from an administrator, who gets neither token nor password', async () => {
      const { userId, email } = await member();
      const answer = await ask('POST', `/users/${userId}/password-reset`, manager);
      expect([answer.status, answer.body]).toEqual([202, '']);
      const { token, kind, to } = await people.mailbox.next();
      expect([kind, to]).toEqual(['password-reset', email]);
      await people.login(email);
      const reset = { token, password: NEW_PASSWORD };
      expect((await ask('POST', '/password/reset', undefined, reset)).status).toBe(204);
      await people.login(email, NEW_PASSWORD);
      for (const body of [{ password: NEW_PASSWORD }, { newPassword: NEW_PASSWORD }])
        expect((await ask('PATCH', `/users/${userId}`, admin, body)).status).toBe(400);
      expect((await ask('POST', '/users', admin, { email: newAddress(), password: PASSWORD })).status).toBe(
        400,
      );
    });
  });

  describe('lists', () => {
    it('have pages, and no more than 100 on one', async () => {
      const orgId = `pages_${platform}`;
      for (let i = 0; i < 5; i += 1) await people.users.create({ email: newAddress(), orgId });
      const page = async (query: string) =>
        (await ask('GET', `/users?orgId=${orgId}&${query}`, admin)).body as { users: User[]; next?: string };
      const first = await page('limit=3');
      const second = await page(`limit=3&after=${first.next}`);
      expect([first.users.length, second.users.length, second.next]).toEqual([3, 2, undefined]);
      const ids = [...first.users, ...second.users].map(({ userId }) => userId);
      expect(new Set(ids).size).toBe(5);
      expect(ids).toEqual(ids.toSorted());
      for (const query of [
        'limit=101',
        'limit=0',
        'limit=x',
        'search=',
        'after=%00',
        'search=%00',
        'isActive=1',
      ])
        expect((await ask('GET', `/users?${query}`, admin)).status).toBe(400);
    });

    it('are searched by a part of the address or the name, taken literally', async () => {
      const [a, b] = [await member({ name: 'Zoë 100%_Q' }), await member({ email: `zq-${newAddress()}` })];
      const found = async (search: string) => {
        const { body } = await ask('GET', `/users?search=${encodeURIComponent(search)}`, manager);
        return (body as { users: User[] }).users.map(({ userId }) => userId);
      };
      expect(await found('0%_q')).toEqual([a.userId]);
      expect(await found('ZQ-')).toEqual([b.userId]);
      expect(await found('z%')).toEqual([]);
    });

    it('hold the users of the own organisation alone', async () => {
      await member();
      await member({ orgId: 'org_2' });
      const orgs = async (token: string | undefined, query = '') => {
        const { body } = await ask('GET', `/users?limit=100${query}`, token);
        return [...new Set((body as { users: User[] }).users.map(({ orgId }) => orgId))];
      };
      expect(await orgs(manager)).toEqual(['org_1']);
      expect(await orgs(manager, '&orgId=org_2')).toEqual([]);
      expect(await orgs(admin, '&orgId=org_2')).toEqual(['org_2']);
      expect(await orgs(admin)).toEqual(expect.arrayContaining([undefined, 'org_1', 'org_2']));
    });
  });

  describe.each(DEEDS)('%s /users/:id%s', (method, rest, body, done) => {
    const attempt = (userId: string, token?: string): Promise<CallAnswer> =>
      ask(method, `/users/${userId}${rest}`, token, body);
    const target = (more: Parameters<People['add']>[1] = {}): Promise<User> =>
      member({ ...(rest === '/invitation' && { password: undefined }), ...more });

    it('is for who has the permission', async () => {
      expect((await attempt((await target()).userId, manager)).status).toBe(done);
      expect((await attempt((await target()).userId, admin)).status).toBe(done);
    });

    it('is refused before anybody is looked up to who lacks it', async () => {
      const { userId, email } = await target();
      const plain = await tokenOf({ orgId: 'org_1', grants: ['apikey:*', 'role:*'] });
      expect((await attempt(userId, plain)).status).toBe(403);
      expect((await attempt('nobody', plain)).status).toBe(403);
      expect((await attempt(userId)).status).toBe(401);
      if (rest === '/invitation') return;
      // Nor for oneself: that is what the account endpoints are for.
      const { accessToken } = await people.login(email);
      expect((await attempt(userId, accessToken)).status).toBe(403);
    });

    it('is the same 404 for a user of another organisation, one of none, and nobody', async () => {
      const answers = [
        await attempt((await target()).userId, foreign),
        await attempt((await target({ orgId: undefined })).userId, foreign),
        await attempt('nobody', foreign),
      ];
      for (const answer of answers) expect([answer.status, answer.body]).toEqual([404, answers[2]!.body]);
    });

    it('is not for API keys', async () => {
      const { userId } = await member({ grants: ['*'] });
      const { key } = await people.app
        .get(ApiKeyService)
        .create({ name: 'k', userId, orgId: 'org_1', permissions: ['*'] });
      const answer = await people.ask(method, `/users/${(await target()).userId}${rest}`, {
        apiKey: key,
        body,
      });
      expect(answer.status).toBe(401);
    });

    const isSeeing = method === 'GET';
    it(`is ${isSeeing ? 'no matter' : 'refused'} where the user holds more than the caller`, async () => {
      for (const more of [{ grants: ['audit:read'] }, { grants: ['*'] }, { roles: ['administrator'] }]) {
        const { userId } = await target(more);
        const before = await people.users.find(userId);
        const answer = await attempt(userId, manager);
        expect(answer.status).toBe(isSeeing ? done : 403);
        if (!isSeeing) expect(answer.body).toMatchObject({ code: 'permission_denied' });
        expect(await people.users.find(userId)).toEqual(before);
      }
      // The same for one who is disabled: what they hold comes back with them.
      const { userId } = await target({ grants: ['audit:read'] });
      await people.users.disable(userId);
      expect((await attempt(userId, manager)).status).toBe(isSeeing ? done : 403);
    });
  });
});
