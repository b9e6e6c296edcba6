import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermissionService, RoleStore } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, type House } from './roles.support.js';

const CANARY = 'postgres://user:hunter2@db';

const ENDPOINTS: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['POST', '/roles', { name: 'new' }],
  ['POST', '/roles', { name: 'new', inherits: ['there'] }],
  ['GET', '/roles'],
  ['GET', '/roles/there'],
  ['PATCH', '/roles/there', {}],
  ['DELETE', '/roles/there'],
  ['PUT', '/users/:id/roles/there'],
  ['DELETE', '/users/:id/roles/there'],
  ['PUT', '/users/:id/grants/memory:read'],
  ['DELETE', '/users/:id/grants/memory:read'],
  ['GET', '/users/:id/permissions'],
  ['POST', '/explain', { permission: 'memory:read' }],
];

describe.each(PLATFORMS)('roles while their store does not answer, on %s', (platform) => {
  let house: House;
  let token: string;
  let id: string;
  beforeAll(async () => {
    house = await bootHouse(platform);
    await house.roles.create({ name: 'there' });
    token = await house.tokenOf({ grants: ['*'] });
    id = await house.person({ grants: ['memory:read'], roles: ['there'] });
  });
  afterAll(closeAll);
  beforeEach(() => {
    const store = house.get(RoleStore);
    const verbs = [
      'insert',
      'find',
      'list',
      'update',
      'remove',
      'assign',
      'unassign',
      'addGrant',
      'removeGrant',
    ] as const;
    for (const verb of [...verbs, 'holdingsOf'] as const)
      jest.spyOn(store, verb).mockRejectedValue(new Error(CANARY) as never);
  });
  afterEach(() => void jest.restoreAllMocks());

  it.each(ENDPOINTS.map((endpoint) => [endpoint] as const))('%j is 503', async ([method, path, body]) => {
    const answer = await house.ask(method, path.replace(':id', id), token, body);
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
  });

  it('neither allows nor denies', async () => {
    const explained = house.get(PermissionService).explain({ subjectId: id, permission: 'memory:read' });
    await expect(explained).rejects.toMatchObject({ code: 'auth_unavailable' });
  });
});
