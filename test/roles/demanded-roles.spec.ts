import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { RequireAnyRole, RequireRoles, UserService } from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, type House } from './roles.support.js';

@Controller('desk')
class DeskController {
  @Get('lead')
  @RequireRoles('lead')
  lead(): string {
    return 'in';
  }

  @Get('any')
  @RequireAnyRole('captain', 'pilot')
  any(): string {
    return 'in';
  }
}

/** A role that grants nothing opens a handler all the same, where the handler asks for it by name. */
describe.each(PLATFORMS)('roles that handlers ask for, on %s', (platform) => {
  let house: House;
  let clerkId: string;
  let clerk: string;
  let leadId: string;
  let lead: string;
  let root: string;
  beforeAll(async () => {
    const roles = { lead: [], heir: { inherits: ['lead'] }, plain: [] };
    house = await bootHouse(platform, { roles }, { controllers: [DeskController] });
    await house.roles.create({ name: 'captain', orgId: 'org_2' });
    await house.roles.create({ name: 'own', orgId: 'org_1' });
    const grants = ['role:*', 'user:*'];
    clerkId = await house.person({ orgId: 'org_1', grants });
    clerk = await house.login(clerkId);
    leadId = await house.person({ orgId: 'org_1', grants, roles: ['heir'] });
    lead = await house.login(leadId);
    root = await house.tokenOf({ roles: ['administrator'] });
  });
  afterAll(closeAll);

  it.each<[string, () => readonly [method: string, path: string, body?: object]]>([
    ['gives one to themselves', () => ['PUT', `/users/${clerkId}/roles/lead`]],
    ['gives one that inherits from it', () => ['PUT', `/users/${clerkId}/roles/heir`]],
    ['makes a role that inherits from it', () => ['POST', '/roles', { name: 'fresh', inherits: ['heir'] }]],
    ['makes one of a name that nobody has here', () => ['POST', '/roles', { name: 'captain' }]],
    ['makes one of a name that nobody has anywhere', () => ['POST', '/roles', { name: 'pilot' }]],
    ['lets a role of theirs inherit from it', () => ['PATCH', '/roles/own', { inherits: ['lead'] }]],
    [
      'invites somebody with it',
      () => ['POST', '/invitations', { email: 'new@example.com', roles: ['lead'] }],
    ],
    ['takes it from who has it', () => ['DELETE', `/users/${leadId}/roles/heir`]],
    ['takes over who has it', () => ['PATCH', `/users/${leadId}`, { email: 'mine@example.com' }]],
  ])('nobody who lacks them %s', async (_what, request) => {
    const [method, path, body] = request();
    const answer = await house.ask(method, path, clerk, body);
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(await statusOf(`${house.url}/desk/lead`, { token: await house.login(clerkId) })).toBe(403);
  });

  it('does not move anybody to where their role would be one of them', async () => {
    await house.roles.create({ name: 'pilot', orgId: 'org_2' });
    const mover = await house.tokenOf({ grants: ['user:*'] });
    const userId = await house.person({ orgId: 'org_2', roles: ['captain'] });
    const update = (token: string) => house.ask('PATCH', `/users/${userId}`, token, { orgId: 'org_3' });
    expect((await update(mover)).status).toBe(403);
    expect((await update(root)).status).toBe(200);
  });

  it('whoever has them, or everything, gives them', async () => {
    for (const token of [lead, root]) {
      const userId = await house.person({ orgId: 'org_1' });
      expect((await house.ask('PUT', `/users/${userId}/roles/heir`, token)).status).toBe(204);
      expect(await statusOf(`${house.url}/desk/lead`, { token: await house.login(userId) })).toBe(200);
    }
    expect((await house.ask('POST', '/roles?orgId=org_1', root, { name: 'captain' })).status).toBe(201);
  });

  it('other roles are given as they were', async () => {
    const userId = await house.person({ orgId: 'org_1' });
    expect((await house.ask('PUT', `/users/${userId}/roles/plain`, clerk)).status).toBe(204);
    expect(await house.get(UserService).find(userId)).toBeDefined();
  });
});
