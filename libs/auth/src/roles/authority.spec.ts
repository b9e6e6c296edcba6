import { beforeEach, describe, expect, it } from '@jest/globals';

import { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Revocation } from '../revocation/revocation.js';
import { memoryStores } from '../stores/auth-stores.js';
import { Authority } from './authority.js';
import type { DemandedRoles } from './demanded-roles.js';
import { RoleFinder } from './role.finder.js';
import type { RoleRecord, RoleStore } from './role.store.js';
import { StoredSubjects } from './stored-subjects.js';

const ENTRY: Revocation = { kind: 'permissions', id: '', at: 0, expiresAt: 0 };
const CODE = [
  { name: 'reader', description: undefined, permissions: ['note:read'], inherits: [] },
  { name: 'writer', description: undefined, permissions: ['note:create'], inherits: ['reader'] },
];

describe('who may give what, and to whom', () => {
  let roles: RoleStore;
  let authority: Authority;
  beforeEach(() => {
    ({ roles } = memoryStores());
    const options = { roles: CODE } as unknown as ResolvedAuthOptions;
    authority = new Authority(new RoleFinder(options, roles), new StoredSubjects(options, roles), roles, {
      names: new Set(['lead']),
    } as unknown as DemandedRoles);
  });

  const add = async (name: string, rest: Partial<RoleRecord> = {}): Promise<void> => {
    const record = { orgId: undefined, description: undefined, permissions: [], inherits: [] };
    const [createdAt, updatedAt] = [new Date(0), new Date(0)];
    await roles.insert({ name, ...record, createdAt, updatedAt, ...rest }, ENTRY);
  };
  const caller = (permissions: string[], orgId?: string): UserIdentity =>
    new UserIdentity({
      ...{ userId: 'ada', permissions, credentialId: 'c' },
      ...(orgId !== undefined && { orgId }),
    });

  it.each<[held: string[], given: string[], may: boolean]>([
    [['*'], ['*', 'note:*', 'note:read'], true],
    [['note:*'], ['note:read', 'note:create', 'note:*'], true],
    [['note:*'], ['*'], false],
    [['note:read', 'note:create'], ['note:*'], false],
    [['note:read'], ['note:readall'], false],
    [['note:readall'], ['note:read'], false],
    [['note:*'], ['notes:read'], false],
    [['note:read'], ['Note:read'], false],
    [['note:read'], ['note:read', 'bill:read'], false],
    [['*'], ['nonsense'], false],
    [['nonsense'], ['note:read'], false],
    [[], [], true],
    [[], ['note:read'], false],
  ])('%j may give %j: %s', (held, given, may) => {
    expect(authority.mayGive(caller(held), given)).toBe(may);
    const demand = (): void => authority.demand(caller(held), given);
    if (may) expect(demand).not.toThrow();
    else expect(demand).toThrow(expect.objectContaining({ code: 'permission_denied' }));
  });

  it('names what is lacking, and only that', () => {
    expect(() => authority.demand(caller(['note:*']), ['note:read', 'bill:read', '*'])).toThrow(
      expect.objectContaining({ permissions: ['bill:read', '*'] }),
    );
  });

  it('knows what roles grant with all that they inherit, stored and in code', async () => {
    await add('base', { permissions: ['bill:read'] });
    await add('base', { orgId: 'org_1', permissions: ['bill:pay'] });
    await add('shared', { inherits: ['base', 'writer'] });
    await add('own', { orgId: 'org_1', inherits: ['shared', 'base', 'gone'] });
    const grants = async (name: string, orgId?: string): Promise<string[]> =>
      [...(await authority.grantsOfRoles([name], orgId))].sort();
    expect(await grants('own', 'org_1')).toEqual(['bill:pay', 'bill:read', 'note:create', 'note:read']);
    // A role for all means the parents that are for all.
    expect(await grants('shared', 'org_1')).toEqual(['bill:read', 'note:create', 'note:read']);
    expect(await grants('base', 'org_1')).toEqual(['bill:pay']);
    expect(await grants('base')).toEqual(['bill:read']);
    expect(await grants('own', 'org_2')).toEqual([]);
    expect(await grants('administrator', 'org_1')).toEqual(['*']);
    expect(await grants('writer')).toEqual(['note:create', 'note:read']);
  });

  it('lets only those change a subject who hold everything that it holds', async () => {
    await add('payer', { permissions: ['bill:pay'] });
    await roles.assign('bob', 'payer', ENTRY);
    await roles.assign('bob', 'gone', ENTRY);
    await roles.addGrant('bob', 'note:*', ENTRY);
    const may = (...permissions: string[]) => authority.mayChange(caller(permissions), 'bob');
    expect(await may('bill:*', 'note:*')).toBe(true);
    expect(await may('*')).toBe(true);
    expect(await may('note:*')).toBe(false);
    expect(await may('bill:pay', 'note:read')).toBe(false);
    expect(await authority.mayChange(caller([]), 'nobody')).toBe(true);
    await expect(authority.demandOver(caller(['note:*']), 'bob')).rejects.toMatchObject({
      ...{ code: 'permission_denied', permissions: [] },
    });
  });

  it("reads what a service holds as of the caller's organisation", async () => {
    await add('payer', { orgId: 'org_1', permissions: ['bill:pay'] });
    await roles.assign('svc', 'payer', ENTRY);
    expect(await authority.mayChange(caller(['note:*'], 'org_1'), 'svc')).toBe(false);
    expect(await authority.mayChange(caller(['bill:pay'], 'org_1'), 'svc')).toBe(true);
  });

  it('takes a store that fails for an outage', async () => {
    roles.holdingsOf = () => Promise.reject(new Error('secret'));
    roles.find = () => Promise.reject(new Error('secret'));
    for (const answer of [
      authority.mayChange(caller(['*']), 'bob'),
      authority.grantsOfRoles(['x'], undefined),
    ])
      await expect(answer).rejects.toMatchObject({ code: 'auth_unavailable' });
  });

  it('lets nobody give a role that handlers ask for, by whatever way, unless they have it', async () => {
    await add('heir', { inherits: ['lead'] });
    await add('lead');
    const holder = (...names: string[]): UserIdentity =>
      new UserIdentity({ userId: 'ada', permissions: ['note:*'], roles: names, credentialId: 'c' });
    const may = (by: UserIdentity, name: string) => authority.mayGiveRoles(by, [name], undefined);
    for (const name of ['lead', 'heir']) {
      expect(await may(holder('heir', 'other'), name)).toBe(false);
      expect(await may(holder('lead'), name)).toBe(true);
      expect(await may(caller(['*']), name)).toBe(true);
    }
    expect(await may(holder(), 'writer')).toBe(true);
    await expect(authority.demandRoles(holder(), ['heir'], undefined)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});
