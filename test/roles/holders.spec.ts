import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyService, PermissionService, RoleStore, SubjectDirectory, UserService } from 'nestjs-gatehouse';

import { SubjectChanges } from '../../libs/auth/src/tokens/subject-changes.js';
import { call, statusOf } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, type House } from './roles.support.js';

describe.each(PLATFORMS)('what users hold, over HTTP on %s', (platform) => {
  let house: House;
  let chief: string;
  beforeAll(async () => {
    house = await bootHouse(platform);
    chief = await house.tokenOf({ orgId: 'org_1', grants: ['role:*', 'user:read', 'memory:*', 'apikey:*'] });
    await house.roles.create({
      name: 'editor',
      orgId: 'org_1',
      permissions: ['memory:update'],
      inherits: ['writer'],
    });
  });
  afterAll(closeAll);
  beforeEach(() => {
    house.seen.length = 0;
  });

  const held = async (id: string): Promise<readonly string[]> =>
    (await house.get(PermissionService).effective(id))!.permissions;

  it('gives and takes roles, once each, and tells of it', async () => {
    const id = await house.person({ orgId: 'org_1' });
    const path = `/users/${id}/roles/editor`;
    expect((await house.ask('PUT', path, chief)).status).toBe(204);
    expect((await house.ask('PUT', path, chief)).status).toBe(204);
    expect(await held(id)).toEqual(['memory:update', 'memory:create', 'memory:read']);
    expect((await house.ask('DELETE', path, chief)).status).toBe(204);
    expect((await house.ask('DELETE', path, chief)).status).toBe(404);
    expect(await held(id)).toEqual([]);
    const fact = { target: id, role: 'editor', actor: { orgId: 'org_1' } };
    expect(house.seen.filter(({ type }) => type.startsWith('role.'))).toMatchObject([
      { type: 'role.assigned', ...fact },
      { type: 'role.unassigned', ...fact },
    ]);
  });

  it('gives and takes grants, once each, wildcards included, and tells of it', async () => {
    const id = await house.person({ orgId: 'org_1' });
    for (const grant of ['memory:read', 'memory:*', 'memory%3Adelete']) {
      const path = `/users/${id}/grants/${grant}`;
      expect((await house.ask('PUT', path, chief)).status).toBe(204);
      expect((await house.ask('PUT', path, chief)).status).toBe(204);
      expect(await held(id)).toEqual([decodeURIComponent(grant)]);
      expect((await house.ask('DELETE', path, chief)).status).toBe(204);
      expect((await house.ask('DELETE', path, chief)).status).toBe(404);
    }
    expect(await held(id)).toEqual([]);
    expect(house.seen.filter(({ type }) => type.startsWith('grant.'))).toHaveLength(6);
  });

  it.each(['memory', 'memory:', ':read', 'memory:reed', 'MEMORY:read', 'memory:read%20', '%00'])(
    'refuses to give what is no permission: %s',
    async (grant) => {
      const id = await house.person({ orgId: 'org_1' });
      const answer = await house.ask('PUT', `/users/${id}/grants/${grant}`, chief);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain('permission');
      expect(await held(id)).toEqual([]);
    },
  );

  it('gives no role that is not there for the user, nor anything to nobody', async () => {
    const id = await house.person({ orgId: 'org_1' });
    expect((await house.ask('PUT', `/users/${id}/roles/nothing`, chief)).status).toBe(404);
    expect((await house.ask('PUT', '/users/nobody/roles/reader', chief)).status).toBe(404);
    expect((await house.ask('PUT', '/users/nobody/grants/memory:read', chief)).status).toBe(404);
    expect((await house.ask('PUT', `/users/${id}/roles/a%20b`, chief)).status).toBe(400);
    expect(await held(id)).toEqual([]);
  });

  it('refuses what is too long', async () => {
    const id = await house.person({ orgId: 'org_1' });
    for (const path of [`${id}/grants/memory:${'x'.repeat(300)}`, `${'x'.repeat(256)}/roles/reader`]) {
      // Fastify refuses long parameters by itself.
      const { status } = await house.ask('PUT', `/users/${path}`, chief);
      expect(status).toBe(platform === 'fastify' ? 414 : 400);
    }
  });

  it('takes what has left the catalogue', async () => {
    const id = await house.person({ orgId: 'org_1' });
    const revocation = house.get(SubjectChanges).changed(id);
    await house.get(RoleStore).addGrant(id, 'legacy:read', revocation);
    const star = await house.tokenOf({ orgId: 'org_1', grants: ['*'] });
    expect((await house.ask('PUT', `/users/${id}/grants/legacy:read`, star)).status).toBe(400);
    expect((await house.ask('DELETE', `/users/${id}/grants/legacy:read`, star)).status).toBe(204);
    expect(await held(id)).toEqual([]);
  });

  it('tells each what they hold, and of others what a permission lets one see', async () => {
    const id = await house.person({ orgId: 'org_1', roles: ['editor'], grants: ['admin:*'] });
    const own = await house.login(id);
    const answer = await house.ask('GET', `/users/${id}/permissions`, own);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      subjectId: id,
      isActive: true,
      permissions: ['admin:*', 'memory:update', 'memory:create', 'memory:read'],
      roles: ['editor', 'writer', 'reader'],
      sources: [
        { grant: 'admin:*', source: 'grant', path: [] },
        { grant: 'memory:update', source: 'role', path: ['editor'] },
        { grant: 'memory:create', source: 'role', path: ['editor', 'writer'] },
        { grant: 'memory:read', source: 'role', path: ['editor', 'writer', 'reader'] },
      ],
    });
    for (const permission of ['user:read', 'role:read']) {
      const reader = await house.tokenOf({ orgId: 'org_1', grants: [permission] });
      expect((await house.ask('GET', `/users/${id}/permissions`, reader)).body).toEqual(answer.body);
      const foreigner = await house.tokenOf({ orgId: 'org_2', grants: [permission] });
      expect((await house.ask('GET', `/users/${id}/permissions`, foreigner)).status).toBe(404);
      expect((await house.ask('GET', '/users/nobody/permissions', foreigner)).status).toBe(404);
      const above = await house.tokenOf({ grants: [permission] });
      expect((await house.ask('GET', `/users/${id}/permissions`, above)).status).toBe(200);
    }
    const other = await house.tokenOf({ orgId: 'org_1', grants: ['role:assign', 'memory:*'] });
    expect((await house.ask('GET', `/users/${id}/permissions`, other)).status).toBe(403);
    expect((await house.ask('GET', '/users/nobody/permissions', other)).status).toBe(403);
    expect((await house.ask('GET', `/users/${id}/permissions`)).status).toBe(401);
  });

  it('knows no subject in an organisation that it is not of, none that is not active, and no user who is not there', async () => {
    const subjects = house.get(SubjectDirectory);
    const id = await house.person({ orgId: 'org_1', roles: ['editor'] });
    expect(await subjects.find(id, 'org_1', 'user')).toEqual({
      isActive: true,
      permissions: ['memory:update', 'memory:create', 'memory:read'],
      roles: ['editor', 'writer', 'reader'],
    });
    expect(await subjects.find(id, 'org_2', 'user')).toBeUndefined();
    expect(await subjects.find(id, undefined, 'user')).toBeUndefined();
    expect(await subjects.find(id, 'org_2', 'service')).toBeUndefined();
    expect(await subjects.find('nobody', 'org_1', 'user')).toBeUndefined();
    await house.roles.grant('a-service', 'memory:list');
    const service = { isActive: true, permissions: ['memory:list'], roles: [] };
    expect(await subjects.find('a-service', undefined, 'service')).toEqual(service);
    await house.get(UserService).disable(id);
    expect(await subjects.find(id, 'org_1', 'user')).toMatchObject({ isActive: false });
  });

  it('lets no key manage roles', async () => {
    const id = await house.person({ orgId: 'org_1', grants: ['role:*'] });
    const { key } = await house.get(ApiKeyService).create({
      ...{ name: 'k', userId: id, orgId: 'org_1' },
      permissions: ['role:*'],
    });
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/editor'],
      ['PATCH', '/editor'],
      ['DELETE', '/editor'],
    ] as const)
      expect(await statusOf(`${house.url}/auth/roles${path}`, { method, apiKey: key })).toBe(401);
  });

  it('lets no key change or see what users hold', async () => {
    const id = await house.person({ orgId: 'org_1', grants: ['role:*', 'memory:*'] });
    const { key } = await house.get(ApiKeyService).create({
      ...{ name: 'k', userId: id, orgId: 'org_1' },
      permissions: ['role:*', 'memory:*'],
    });
    expect(await statusOf(`${house.url}/auth/me`, { apiKey: key })).toBe(200);
    for (const [method, path] of [
      ['GET', 'permissions'],
      ['PUT', 'roles/reader'],
      ['DELETE', 'roles/reader'],
      ['PUT', 'grants/memory:read'],
      ['DELETE', 'grants/memory:read'],
    ] as const)
      expect(await statusOf(`${house.url}/auth/users/${id}/${path}`, { method, apiKey: key })).toBe(401);
    for (const [method, path] of [
      ['GET', 'permissions'],
      ['POST', 'explain'],
    ] as const)
      expect(await statusOf(`${house.url}/auth/${path}`, { method, apiKey: key })).toBe(401);
  });

  it('takes a permission from tokens and keys that are out, and gives it back, at the next request', async () => {
    const id = await house.person({ orgId: 'org_1', roles: ['editor'] });
    const token = await house.login(id);
    const { key } = await house.get(ApiKeyService).create({
      ...{ name: 'k', userId: id, orgId: 'org_1' },
      permissions: ['memory:update', 'memory:read'],
    });
    const carried = async (): Promise<(readonly string[])[]> => {
      const answers = [
        await call(`${house.url}/auth/me`, { token }),
        await call(`${house.url}/auth/me`, { apiKey: key }),
      ];
      return answers.map(({ body }) => [...(body as { permissions: string[] }).permissions].sort());
    };
    const all = [
      ['memory:create', 'memory:read', 'memory:update'],
      ['memory:read', 'memory:update'],
    ];
    expect(await carried()).toEqual(all);
    expect((await house.ask('DELETE', `/users/${id}/roles/editor`, chief)).status).toBe(204);
    expect(await carried()).toEqual([[], []]);
    expect((await house.ask('PUT', `/users/${id}/roles/reader`, chief)).status).toBe(204);
    expect(await carried()).toEqual([['memory:read'], ['memory:read']]);
    expect((await house.ask('PUT', `/users/${id}/roles/editor`, chief)).status).toBe(204);
    expect(await carried()).toEqual(all);
    // An edit of a role counts for everybody who has it.
    expect((await house.ask('PATCH', '/roles/editor', chief, { permissions: [] })).status).toBe(200);
    expect(await carried()).toEqual([['memory:create', 'memory:read'], ['memory:read']]);
    expect(
      (await house.ask('PATCH', '/roles/editor', chief, { permissions: ['memory:update'] })).status,
    ).toBe(200);
    expect(await carried()).toEqual(all);
  });

  it('takes a removed role from everybody, and does not give it to them when its name comes back', async () => {
    await house.roles.create({ name: 'passing', orgId: 'org_1', permissions: ['memory:read'] });
    const id = await house.person({ orgId: 'org_1', roles: ['passing'] });
    expect(await held(id)).toEqual(['memory:read']);
    expect((await house.ask('DELETE', '/roles/passing', chief)).status).toBe(204);
    expect(await held(id)).toEqual([]);
    await house.roles.create({ name: 'passing', orgId: 'org_1', permissions: ['memory:delete'] });
    expect(await held(id)).toEqual([]);
  });

  it('keeps one administrator of any number that give up at once', async () => {
    const admins = await Promise.all(
      Array.from({ length: 6 }, () => house.person({ roles: ['administrator'] })),
    );
    const tokens = await Promise.all(admins.map((id) => house.login(id)));
    const answers = await Promise.all(
      admins.map((id, i) => house.ask('DELETE', `/users/${id}/roles/administrator`, tokens[i])),
    );
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
      204, 204, 204, 204, 204, 409,
    ]);
    const held = await Promise.all(admins.map((id) => house.get(PermissionService).effective(id)));
    expect(held.filter((one) => one!.permissions.includes('*'))).toHaveLength(1);
  });
});
