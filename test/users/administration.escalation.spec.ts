import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { RoleService } from '../../libs/auth/src/roles/role.service.js';
import type { User } from '../../libs/auth/src/users/user.view.js';
import type { CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, type People } from './accounts.support.js';

const DENIED = { status: 403, body: { code: 'permission_denied' } };

describe.each(PLATFORMS)('who looks after users on %s', (platform) => {
  let people: People;
  let count = 0;

  const newAddress = (): string => `user${(count += 1)}@example.com`;
  const ask = (method: string, path: string, token?: string, body?: unknown): Promise<CallAnswer> =>
    people.ask(method, path, { token, body });
  const tokenOf = async (more: Parameters<People['add']>[1]): Promise<string> => {
    const email = newAddress();
    await people.add(email, more);
    return (await people.login(email)).accessToken;
  };
  const permissionsOf = async (email: string): Promise<readonly string[]> => {
    const { accessToken } = await people.login(email, NEW_PASSWORD);
    const { body } = await ask('GET', '/me', accessToken);
    return (body as { permissions: string[] }).permissions;
  };

  beforeAll(async () => {
    people = await bootPeople(platform, {
      roles: { reader: ['session:read'], editor: { permissions: ['session:*'], inherits: ['reader'] } },
    });
    const roles = people.app.get(RoleService);
    // The same name grants more in another organisation.
    await roles.create({ name: 'lead', orgId: 'org_1', permissions: ['session:read'] });
    await roles.create({ name: 'lead', orgId: 'org_2', permissions: ['audit:read'] });
  });
  afterAll(closeAll);

  describe('invites', () => {
    const accept = async (): Promise<string> => {
      const { token, to, kind } = await people.mailbox.next();
      expect(kind).toBe('invitation');
      const body = { token, password: NEW_PASSWORD, name: 'Chosen' };
      expect((await ask('POST', '/invitations/accept', undefined, body)).status).toBe(204);
      return to;
    };

    it('with roles whose permissions they hold themselves', async () => {
      const caller = await tokenOf({ orgId: 'org_1', grants: ['user:create', 'role:assign', 'session:*'] });
      const body = { email: newAddress(), name: 'Given', roles: ['editor', 'lead', 'lead'] };
      const made = await ask('POST', '/invitations', caller, body);
      expect(made).toMatchObject({
        status: 201,
        body: { orgId: 'org_1', name: 'Given', hasPassword: false, isActive: true },
      });
      const email = await accept();
      expect((await permissionsOf(email)).toSorted()).toEqual(['session:*', 'session:read']);
      const user = await people.users.findByEmail(email);
      expect(user).toMatchObject({ name: 'Chosen', hasPassword: true, emailVerifiedAt: expect.any(Date) });
      expect(people.events).toContainEqual(
        expect.objectContaining({ type: 'user.invited', target: user!.userId }),
      );
    });

    it.each<[string, string[], string[]]>([
      ['a permission that they lack', ['session:read'], ['editor']],
      ['one that is inherited and they lack', ['user:read'], ['reader']],
      ['everything', ['session:*', 'apikey:*', 'role:*', 'user:*'], ['administrator']],
      ['one of two that they lack', ['session:read', 'audit:read'], ['lead', 'editor']],
    ])('never with %s', async (_what, grants, roles) => {
      const caller = await tokenOf({ orgId: 'org_1', grants: ['user:create', 'role:assign', ...grants] });
      const email = newAddress();
      expect(await ask('POST', '/invitations', caller, { email, roles })).toMatchObject(DENIED);
      expect(await people.users.findByEmail(email)).toBeUndefined();
    });

    it('with roles only if they may assign them', async () => {
      const caller = await tokenOf({ grants: ['user:create', 'session:*'] });
      const email = newAddress();
      const denied = await ask('POST', '/invitations', caller, { email, roles: ['reader'] });
      expect(denied).toMatchObject(DENIED);
      expect(denied.headers.get('www-authenticate')).toContain('scope="role:assign"');
      expect((await ask('POST', '/invitations', caller, { email })).status).toBe(201);
      await accept();
    });

    it('with roles that there are in the organisation', async () => {
      const caller = await tokenOf({ grants: ['*'] });
      const email = newAddress();
      for (const roles of [['nobody'], ['lead'], ['__proto__'], [''], 'reader', Array(51).fill('reader')])
        expect((await ask('POST', '/invitations', caller, { email, roles })).status).toBe(400);
      const there = { email, roles: ['lead'], orgId: 'org_2' };
      expect((await ask('POST', '/invitations', caller, there)).status).toBe(201);
      expect(await permissionsOf(await accept())).toEqual(['audit:read']);
    });

    it('once more, as long as there is no password', async () => {
      const caller = await tokenOf({ grants: ['user:create', 'user:update'] });
      const { body } = await ask('POST', '/invitations', caller, { email: newAddress() });
      const { userId } = body as User;
      await people.mailbox.next();
      people.clock.advance(3_600);
      const fresh = await tokenOf({ grants: ['user:create'] });
      expect((await ask('POST', `/users/${userId}/invitation`, fresh)).status).toBe(202);
      await accept();
      expect((await ask('POST', `/users/${userId}/invitation`, fresh)).status).toBe(409);
    });
  });

  it('does not move anybody to where their roles grant what the caller lacks', async () => {
    const caller = await tokenOf({ grants: ['user:update', 'session:read'] });
    const { userId } = await people.add(newAddress(), { orgId: 'org_1', roles: ['lead'] });
    expect(await ask('PATCH', `/users/${userId}`, caller, { orgId: 'org_2' })).toMatchObject(DENIED);
    expect((await people.users.find(userId))?.orgId).toBe('org_1');
    expect((await ask('PATCH', `/users/${userId}`, caller, { orgId: 'org_3' })).status).toBe(200);
    // The name of the role is still there, and would stand for it again.
    expect(await ask('PATCH', `/users/${userId}`, caller, { orgId: 'org_2' })).toMatchObject(DENIED);
  });

  it('does what the caller holds now, whatever the token was issued with', async () => {
    const roles = people.app.get(RoleService);
    const email = newAddress();
    const caller = await people.add(email, { grants: ['user:read', 'user:update'] });
    const { accessToken } = await people.login(email);
    const { userId } = await people.add(newAddress());
    const rename = () => ask('PATCH', `/users/${userId}`, accessToken, { name: 'Ada' });
    expect((await rename()).status).toBe(200);
    await roles.revokeGrant(caller.userId, 'user:update');
    expect(await rename()).toMatchObject(DENIED);
    expect((await ask('GET', `/users/${userId}`, accessToken)).status).toBe(200);
  });

  describe('as the last administrator', () => {
    it('stays', async () => {
      const alone = await bootPeople(platform);
      const { userId, email } = await alone.add(newAddress(), { roles: ['administrator'] });
      const { accessToken: token } = await alone.login(email);
      // Neither one of an organisation nor one who is disabled counts.
      await alone.add(newAddress(), { orgId: 'org_1', roles: ['administrator'] });
      await alone.users.disable((await alone.add(newAddress(), { roles: ['administrator'] })).userId);
      for (const answer of [
        await alone.ask('DELETE', `/users/${userId}`, { token }),
        await alone.ask('POST', `/users/${userId}/disable`, { token }),
        await alone.ask('PATCH', `/users/${userId}`, { token, body: { orgId: 'org_1' } }),
      ])
        expect(answer).toMatchObject({ status: 409, body: { message: 'No administrator would be left' } });
      expect((await alone.ask('GET', '/me', { token })).status).toBe(200);
    });

    it('of ten who remove one another, one stays', async () => {
      const among = await bootPeople(platform);
      const all: { userId: string; token: string }[] = [];
      for (let i = 0; i < 10; i += 1) {
        const { userId, email } = await among.add(newAddress(), { roles: ['administrator'] });
        all.push({ userId, token: (await among.login(email)).accessToken });
      }
      await Promise.all(
        all.flatMap(({ token }) =>
          all.map(({ userId }, i) =>
            i % 2 === 0
              ? among.ask('DELETE', `/users/${userId}`, { token })
              : among.ask('POST', `/users/${userId}/disable`, { token }),
          ),
        ),
      );
      const left = (await among.users.list()).filter(({ isActive }) => isActive);
      expect(left).toHaveLength(1);
    });
  });
});
