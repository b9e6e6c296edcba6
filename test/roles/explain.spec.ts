import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  PermissionService,
  SubjectDirectory,
  TokenService,
  UserIdentity,
  UserService,
  type Subject,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, narrowToken, type House } from './roles.support.js';

describe.each(PLATFORMS)('why somebody may, or may not, on %s', (platform) => {
  let house: House;
  let ada: string;
  beforeAll(async () => {
    house = await bootHouse(platform);
    await house.roles.create({
      name: 'editor',
      orgId: 'org_1',
      permissions: ['memory:update'],
      inherits: ['writer'],
    });
    ada = await house.person({ orgId: 'org_1', roles: ['editor'], grants: ['memory:*'] });
  });
  afterAll(closeAll);

  it('lists the catalogue for whoever is known', async () => {
    const { status, body } = await house.ask('GET', '/permissions', await house.tokenOf());
    expect(status).toBe(200);
    const { permissions } = body as { permissions: string[] };
    expect(permissions).toEqual([...permissions].sort());
    expect(permissions).toEqual(
      expect.arrayContaining(['admin:write', 'memory:read', 'role:assign', 'user:create']),
    );
    expect((await house.ask('GET', '/permissions')).status).toBe(401);
  });

  it('tells callers through which roles and grants they come by a permission', async () => {
    const answer = await house.ask('POST', '/explain', await house.login(ada), { permission: 'memory:read' });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      ...{ subjectId: ada, permission: 'memory:read', isAllowed: true, missing: [] },
      sources: [
        { grant: 'memory:*', source: 'grant', path: [] },
        { grant: 'memory:read', source: 'role', path: ['editor', 'writer', 'reader'] },
      ],
    });
  });

  it('tells what is in the way: the grant, or the credential', async () => {
    const token = await house.login(ada);
    expect((await house.ask('POST', '/explain', token, { permission: 'admin:write' })).body).toMatchObject({
      ...{ isAllowed: false, missing: ['grant'], sources: [] },
    });
    const narrow = narrowToken(house, ada, ['memory:create'], 'org_1');
    const answer = await house.ask('POST', '/explain', narrow, { permission: 'memory:update' });
    expect(answer.body).toMatchObject({
      ...{ isAllowed: false, missing: ['credential'] },
      sources: [{ grant: 'memory:update', path: ['editor'] }, { grant: 'memory:*' }].reverse(),
    });
  });

  it('explains others to those who may read roles, within their organisation', async () => {
    const body = { subjectId: ada, permission: 'memory:create' };
    const reader = await house.tokenOf({ orgId: 'org_1', grants: ['role:read'] });
    const above = await house.tokenOf({ grants: ['role:read'] });
    for (const token of [reader, above]) {
      expect(await house.ask('POST', '/explain', token, body)).toMatchObject({
        ...{ status: 200, body: { subjectId: ada, isAllowed: true } },
      });
      expect(
        (await house.ask('POST', '/explain', token, { ...body, permission: 'admin:*' })).body,
      ).toMatchObject({
        ...{ isAllowed: false, missing: ['grant'] },
      });
    }
    const foreigner = await house.tokenOf({ orgId: 'org_2', grants: ['role:read'] });
    const foreign = await house.ask('POST', '/explain', foreigner, body);
    const unknown = await house.ask('POST', '/explain', foreigner, { ...body, subjectId: 'nobody' });
    expect([foreign.status, foreign.body]).toEqual([404, unknown.body]);
    expect(unknown.status).toBe(404);
    const other = await house.tokenOf({ orgId: 'org_1', grants: ['user:read', 'memory:*'] });
    for (const subjectId of [ada, 'nobody'])
      expect((await house.ask('POST', '/explain', other, { ...body, subjectId })).status).toBe(403);
    expect((await house.ask('POST', '/explain', undefined, body)).status).toBe(401);
  });

  it('says of somebody who is not active that they may not, whatever they hold', async () => {
    const id = await house.person({ grants: ['memory:read'] });
    await house.get(UserService).disable(id);
    const explained = await house
      .get(PermissionService)
      .explain({ subjectId: id, permission: 'memory:read' });
    expect(explained).toMatchObject({
      isAllowed: false,
      missing: ['subject'],
      sources: [{ grant: 'memory:read' }],
    });
    const nobody = await house
      .get(PermissionService)
      .explain({ subjectId: 'nobody', permission: 'memory:read' });
    expect(nobody).toMatchObject({ isAllowed: false, missing: ['subject', 'grant'], sources: [] });
  });

  it('knows what services were given', async () => {
    await house.roles.assign('svc', 'writer');
    await house.roles.grant('svc', 'admin:read');
    const token = house
      .get(TokenService)
      .createServiceToken({ clientId: 'svc', permissions: ['memory:*', 'admin:*'] });
    const explain = (permission: string) => house.ask('POST', '/explain', token, { permission });
    expect((await explain('memory:read')).body).toMatchObject({
      ...{ subjectId: 'svc', isAllowed: true, sources: [{ path: ['writer', 'reader'] }] },
    });
    expect((await explain('admin:write')).body).toMatchObject({ isAllowed: false, missing: ['grant'] });
    const own = await house.ask('GET', '/users/svc/permissions', token);
    expect(own.body).toMatchObject({ permissions: ['admin:read', 'memory:create', 'memory:read'] });
    const reader = await house.tokenOf({ grants: ['role:read'] });
    const body = { subjectId: 'svc', permission: 'memory:read' };
    expect((await house.ask('POST', '/explain', reader, body)).status).toBe(404);
    expect((await house.ask('POST', '/explain', reader, { ...body, kind: 'service' })).body).toMatchObject({
      isAllowed: true,
    });
  });

  it.each<[string, object]>([
    ['permission', {}],
    ['permission', { permission: 7 }],
    ['permission', { permission: 'memory' }],
    ['permission', { permission: 'memory:reed' }],
    ['subjectId', { permission: 'memory:read', subjectId: '' }],
    ['subjectId', { permission: 'memory:read', subjectId: 'a\0b' }],
    ['kind', { permission: 'memory:read', kind: 'admin' }],
    ['orgId', { permission: 'memory:read', orgId: 'org_2' }],
  ])('refuses a question with a wrong %s, naming it', async (field, body) => {
    const answer = await house.ask('POST', '/explain', await house.login(ada), body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('answers handlers that find out later: the credential and its owner both have to have it', async () => {
    const permissions = house.get(PermissionService);
    const identity = (orgId: string | undefined, grants: string[], userId = ada): UserIdentity =>
      new UserIdentity({
        userId,
        ...(orgId !== undefined && { orgId }),
        permissions: grants,
        credentialId: 'c',
      });
    expect(await permissions.can(identity('org_1', ['memory:read']), 'memory:read')).toBe(true);
    expect(await permissions.can(identity('org_1', ['memory:create']), 'memory:read')).toBe(false);
    expect(await permissions.can(identity('org_1', ['*']), 'admin:write')).toBe(false);
    expect(await permissions.can(identity('org_2', ['*']), 'memory:read')).toBe(false);
    expect(await permissions.can(identity(undefined, ['*']), 'memory:read')).toBe(false);
    expect(await permissions.can(identity(undefined, ['*'], 'nobody'), 'memory:read')).toBe(false);
  });
});

describe("with an application's own directory", () => {
  afterAll(closeAll);

  class Staff extends SubjectDirectory {
    readonly known = new Map<string, Subject>();

    override async find(userId: string): Promise<Subject | undefined> {
      return this.known.get(userId);
    }
  }

  it('explains by what the directory says, and looks again after a change', async () => {
    const staff = new Staff();
    const { app, url } = await boot('express', { auth: { subjects: staff } });
    const permissions = app.get(PermissionService);
    const token = app
      .get(TokenService)
      .createAccessToken({ userId: 'ada', permissions: ['memory:read', 'memory:list'] });
    staff.known.set('ada', { isActive: true, permissions: ['memory:*'], roles: ['chief'] });
    expect(await permissions.effective('ada')).toEqual({
      ...{ subjectId: 'ada', isActive: true, permissions: ['memory:*'], roles: ['chief'] },
      sources: [{ grant: 'memory:*', source: 'directory', path: [] }],
    });
    expect(await permissions.effective('nobody')).toBeUndefined();
    expect((await call(`${url}/auth/me`, { token })).body).toMatchObject({
      permissions: ['memory:read', 'memory:list'],
    });
    staff.known.set('ada', { isActive: true, permissions: ['memory:read'] });
    await permissions.recheck('ada');
    expect((await call(`${url}/auth/me`, { token })).body).toMatchObject({ permissions: ['memory:read'] });
    staff.known.set('ada', { isActive: false });
    await permissions.recheck('ada');
    expect((await call(`${url}/auth/me`, { token })).status).toBe(401);
  });

  it('leaves to the credential what the directory says nothing of', async () => {
    const staff = new Staff();
    const { app } = await boot('express', { auth: { subjects: staff } });
    const permissions = app.get(PermissionService);
    staff.known.set('ada', { isActive: true });
    const identity = new UserIdentity({ userId: 'ada', permissions: ['memory:read'], credentialId: 'c' });
    expect(await permissions.can(identity, 'memory:read')).toBe(true);
    expect(await permissions.explain({ identity, permission: 'memory:list' })).toMatchObject({
      ...{ isAllowed: false, missing: ['credential'] },
    });
    expect(await permissions.explain({ subjectId: 'ada', permission: 'memory:read' })).toMatchObject({
      ...{ isAllowed: false, missing: ['credential'] },
    });
  });

  it('takes a directory that throws for an outage', async () => {
    class Faulty extends SubjectDirectory {
      override find(): Promise<Subject> {
        throw new TypeError('secret');
      }
    }
    const { app } = await boot('express', { auth: { subjects: new Faulty() } });
    await expect(app.get(PermissionService).effective('ada')).rejects.toMatchObject({
      code: 'auth_unavailable',
    });
  });
});
