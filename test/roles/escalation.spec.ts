import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PermissionService, UserService } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, narrowToken, type House } from './roles.support.js';

/** Everybody who is there. `root` is the one administrator who counts. */
const PEOPLE = {
  root: { roles: ['administrator'] },
  /** Administrators as well, but not active, and not above organisations. */
  retired: { roles: ['administrator'] },
  boss: { orgId: 'org_1', roles: ['administrator'] },
  owner: { orgId: 'org_1', roles: ['clerk'], grants: ['role:*', 'user:*', 'memory:*', 'admin:*'] },
  manager: { orgId: 'org_1', grants: ['role:*', 'memory:read', 'memory:create'] },
  assigner: { orgId: 'org_1', grants: ['role:assign'] },
  author: { orgId: 'org_1', grants: ['role:create', 'role:update', 'role:delete'] },
  staff: { orgId: 'org_1', roles: ['clerk'] },
  wide: { grants: ['role:*', 'memory:read'] },
  stranger: { orgId: 'org_2', roles: ['vendor'], grants: ['memory:read'] },
  fallen: { orgId: 'org_1', grants: ['memory:*'] },
} as const;
type Name = keyof typeof PEOPLE;

/** `:name` in a path stands for the id of that person. */
type Attempt = readonly [
  what: string,
  by: Name | 'narrow',
  request: readonly [method: string, path: string, body?: object],
  status: 403 | 404 | 409,
];

const role = (rest: object): object => ({ name: 'fresh', ...rest });

const ATTEMPTS: readonly Attempt[] = [
  // What one lacks, put into a new role.
  [
    'a role with a permission that one lacks',
    'manager',
    ['POST', '/roles', role({ permissions: ['admin:write'] })],
    403,
  ],
  ['a role with everything', 'manager', ['POST', '/roles', role({ permissions: ['*'] })], 403],
  ['a wildcard over what one holds', 'manager', ['POST', '/roles', role({ permissions: ['memory:*'] })], 403],
  [
    'one lacking among many',
    'manager',
    ['POST', '/roles', role({ permissions: ['memory:read', 'user:read'] })],
    403,
  ],
  ['a parent that grants more', 'manager', ['POST', '/roles', role({ inherits: ['cashier'] })], 403],
  ['a grandparent that grants more', 'manager', ['POST', '/roles', role({ inherits: ['treasurer'] })], 403],
  ['administrator for a parent', 'manager', ['POST', '/roles', role({ inherits: ['administrator'] })], 403],
  ['a code role with more for a parent', 'author', ['POST', '/roles', role({ inherits: ['writer'] })], 403],
  [
    'a role by one who may make them and holds nothing',
    'author',
    ['POST', '/roles', role({ permissions: ['memory:read'] })],
    403,
  ],
  [
    'everything, by one above organisations who lacks it',
    'wide',
    ['POST', '/roles', role({ permissions: ['*'] })],
    403,
  ],
  // What one lacks, put into a role that others have.
  [
    'a permission that one lacks, into a role',
    'manager',
    ['PATCH', '/roles/clerk', { permissions: ['memory:read', 'admin:write'] }],
    403,
  ],
  ['everything, into a role', 'manager', ['PATCH', '/roles/clerk', { permissions: ['*'] }], 403],
  ['a parent with more, into a role', 'manager', ['PATCH', '/roles/clerk', { inherits: ['treasurer'] }], 403],
  ['administrator, into a role', 'manager', ['PATCH', '/roles/clerk', { inherits: ['administrator'] }], 403],
  // Roles that grant more than one holds.
  ['taking from a role that grants more', 'manager', ['PATCH', '/roles/cashier', { permissions: [] }], 403],
  ['describing a role that grants more', 'manager', ['PATCH', '/roles/cashier', { description: 'x' }], 403],
  ['cutting off a role that inherits more', 'manager', ['PATCH', '/roles/treasurer', { inherits: [] }], 403],
  ['removing a role that inherits more', 'manager', ['DELETE', '/roles/treasurer'], 403],
  ['removing a role that grants more', 'author', ['DELETE', '/roles/lone'], 403],
  ['removing a role for all that grants more', 'wide', ['DELETE', '/roles/payer'], 403],
  ['editing a role for all that grants more', 'wide', ['PATCH', '/roles/payer', { permissions: [] }], 403],
  // Roles that are not one's own.
  [
    'editing a role for all from within an organisation',
    'manager',
    ['PATCH', '/roles/shared', { permissions: [] }],
    409,
  ],
  ['the same with everything within it', 'boss', ['PATCH', '/roles/shared', { permissions: ['*'] }], 409],
  ['removing it', 'boss', ['DELETE', '/roles/shared'], 409],
  ['editing administrator', 'root', ['PATCH', '/roles/administrator', { permissions: [] }], 409],
  ['removing administrator', 'root', ['DELETE', '/roles/administrator'], 409],
  ['editing a role in code', 'root', ['PATCH', '/roles/reader', { permissions: ['*'] }], 409],
  ['a role named as one for all', 'boss', ['POST', '/roles', { name: 'shared', permissions: ['*'] }], 409],
  ['a role named as one in code', 'boss', ['POST', '/roles', { name: 'reader', permissions: ['*'] }], 409],
  ['a role named administrator', 'boss', ['POST', '/roles', { name: 'administrator' }], 409],
  ["editing another organisation's role", 'boss', ['PATCH', '/roles/vendor', { permissions: [] }], 404],
  ['the same, naming it', 'boss', ['PATCH', '/roles/vendor?orgId=org_2', { permissions: [] }], 404],
  ['removing it', 'boss', ['DELETE', '/roles/vendor?orgId=org_2'], 404],
  ['a role for another organisation', 'boss', ['POST', '/roles?orgId=org_2', role({})], 404],
  // Roles given to oneself and others.
  ['giving oneself a role with more', 'manager', ['PUT', '/users/:manager/roles/cashier'], 403],
  ['giving oneself a role that inherits more', 'manager', ['PUT', '/users/:manager/roles/treasurer'], 403],
  ['giving oneself administrator', 'manager', ['PUT', '/users/:manager/roles/administrator'], 403],
  ['giving others a role with more', 'manager', ['PUT', '/users/:staff/roles/cashier'], 403],
  ['giving others a role for all with more', 'wide', ['PUT', '/users/:staff/roles/payer'], 403],
  ['giving roles, holding nothing', 'assigner', ['PUT', '/users/:assigner/roles/clerk'], 403],
  ['giving roles without role:assign', 'author', ['PUT', '/users/:author/roles/clerk'], 403],
  ["giving another organisation's role", 'boss', ['PUT', '/users/:staff/roles/vendor'], 404],
  [
    'administrator, with a token that carries less than its owner holds',
    'narrow',
    ['PUT', '/users/:staff/roles/administrator'],
    403,
  ],
  ['a role by one whose right was taken since', 'fallen', ['PUT', '/users/:fallen/roles/clerk'], 403],
  // Grants.
  ['granting oneself what one lacks', 'manager', ['PUT', '/users/:manager/grants/admin:write'], 403],
  ['granting oneself everything', 'manager', ['PUT', '/users/:manager/grants/*'], 403],
  ['granting oneself a wildcard', 'manager', ['PUT', '/users/:manager/grants/memory:*'], 403],
  ['granting others what one lacks', 'manager', ['PUT', '/users/:staff/grants/user:delete'], 403],
  ['granting everything above organisations', 'wide', ['PUT', '/users/:wide/grants/*'], 403],
  ['granting without role:assign', 'author', ['PUT', '/users/:author/grants/role:create'], 403],
  // People who hold more.
  ['giving a role to someone who holds more', 'manager', ['PUT', '/users/:owner/roles/reader'], 403],
  ['taking a role from someone who holds more', 'manager', ['DELETE', '/users/:owner/roles/clerk'], 403],
  ['granting to someone who holds more', 'manager', ['PUT', '/users/:owner/grants/memory:read'], 403],
  ['taking a grant from someone who holds more', 'manager', ['DELETE', '/users/:owner/grants/admin:*'], 403],
  ['taking a role from an administrator', 'owner', ['DELETE', '/users/:boss/roles/administrator'], 403],
  ['the same, above organisations', 'wide', ['DELETE', '/users/:root/roles/administrator'], 403],
  [
    'taking a role from one who is not active and held more',
    'wide',
    ['DELETE', '/users/:retired/roles/administrator'],
    403,
  ],
  [
    'with a token that carries less than its owner holds',
    'narrow',
    ['DELETE', '/users/:owner/roles/clerk'],
    403,
  ],
  // People of others.
  ['giving a role to one of another organisation', 'boss', ['PUT', '/users/:stranger/roles/shared'], 404],
  [
    'taking a role from one of another organisation',
    'boss',
    ['DELETE', '/users/:stranger/roles/vendor'],
    404,
  ],
  ['granting to one of another organisation', 'boss', ['PUT', '/users/:stranger/grants/memory:read'], 404],
  [
    'taking a grant from one of another organisation',
    'boss',
    ['DELETE', '/users/:stranger/grants/memory:read'],
    404,
  ],
  [
    'touching one above organisations from within',
    'boss',
    ['DELETE', '/users/:root/roles/administrator'],
    404,
  ],
  // The last administrator.
  ['the last administrator gives up', 'root', ['DELETE', '/users/:root/roles/administrator'], 409],
];

describe.each(PLATFORMS)('nobody gets or gives more than they hold, on %s', (platform) => {
  let house: House;
  let snapshot: string;
  const ids = new Map<string, string>();
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    house = await bootHouse(platform);
    await house.roles.create({ name: 'shared', permissions: ['memory:read'] });
    await house.roles.create({ name: 'payer', permissions: ['admin:write'] });
    await house.roles.create({ name: 'clerk', orgId: 'org_1', permissions: ['memory:read'] });
    await house.roles.create({ name: 'lone', orgId: 'org_1', permissions: ['admin:read'] });
    await house.roles.create({ name: 'cashier', orgId: 'org_1', permissions: ['admin:write'] });
    await house.roles.create({ name: 'treasurer', orgId: 'org_1', inherits: ['cashier'] });
    await house.roles.create({ name: 'vendor', orgId: 'org_2', permissions: ['memory:read'] });
    for (const [name, holds] of Object.entries(PEOPLE)) ids.set(name, await house.person(holds));
    await house.roles.grant(ids.get('fallen')!, 'role:assign');
    for (const name of ids.keys()) tokens.set(name, await house.login(ids.get(name)!));
    tokens.set('narrow', narrowToken(house, ids.get('root')!, ['role:assign', 'memory:read']));
    await house.roles.revokeGrant(ids.get('fallen')!, 'role:assign');
    await house.get(UserService).disable(ids.get('retired')!);
    snapshot = await everything();
  });
  afterAll(closeAll);

  /** All roles, and what everybody holds. */
  async function everything(): Promise<string> {
    const held = await Promise.all([...ids.values()].map((id) => house.get(PermissionService).effective(id)));
    return JSON.stringify([await house.roles.list({ limit: 100 }), held]);
  }

  it.each(ATTEMPTS)('%s, by %s', async (_what, by, [method, path, body], status) => {
    const there = path.replace(/:(?=[a-z])(\w+)(?=\/)/, (_match, name: string) => ids.get(name)!);
    house.seen.length = 0;
    const answer = await house.ask(method, there, tokens.get(by), body);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toMatchObject({ code: 'permission_denied' });
    expect(await everything()).toBe(snapshot);
    expect(house.seen.map(({ type }) => type)).toEqual(status === 403 ? ['permission.denied'] : []);
  });

  it('says the same of people and roles that are not there as of those of others', async () => {
    for (const path of ['roles/shared', 'grants/memory:read']) {
      for (const method of ['PUT', 'DELETE']) {
        const [other, nobody] = await Promise.all(
          [ids.get('stranger')!, 'nobody'].map((id) =>
            house.ask(method, `/users/${id}/${path}`, tokens.get('boss')),
          ),
        );
        expect([other!.status, other!.body]).toEqual([nobody!.status, nobody!.body]);
      }
    }
    const [other, nobody] = await Promise.all(
      ['vendor', 'nothing'].map((name) => house.ask('GET', `/roles/${name}`, tokens.get('boss'))),
    );
    expect([other!.status, other!.body]).toEqual([nobody!.status, nobody!.body]);
  });

  it('has all of these attempts', () => {
    expect(ATTEMPTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(ATTEMPTS.map(([, by, request]) => JSON.stringify([by, request]))).size).toBe(
      ATTEMPTS.length,
    );
  });
});
