import { describe, expect, it } from '@jest/globals';

import { PermissionSet } from './permission-set.js';
import { UserIdentity } from './user-identity.js';

const minimal = { userId: 'ada', credentialId: 'jti_1' };

describe('UserIdentity', () => {
  it('holds what it was made of', () => {
    const data = {
      ...minimal,
      orgId: 'org',
      email: 'ada@example.org',
      name: 'Ada',
      permissions: ['session:read'],
      provider: 'api_key' as const,
      sessionId: 's1',
      issuedAt: new Date(1_000),
      expiresAt: new Date(2_000),
      metadata: { plan: 'pro' },
    };
    const identity = new UserIdentity(data);
    expect(identity).toMatchObject(data);
  });

  it('needs a user and a credential alone', () => {
    const identity = new UserIdentity(minimal);
    expect(identity).toMatchObject({ ...minimal, provider: 'jwt', permissions: [], metadata: {} });
    expect([identity.issuedAt, identity.expiresAt, identity.orgId]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes times as milliseconds too, the beginning of 1970 included', () => {
    const identity = new UserIdentity({ ...minimal, issuedAt: 0, expiresAt: 5 });
    expect([identity.issuedAt, identity.expiresAt]).toEqual([new Date(0), new Date(5)]);
  });

  it('asks its grants, or those that it shares', () => {
    for (const permissions of [['session:*', 'admin:read'], new PermissionSet(['session:*', 'admin:read'])]) {
      const identity = new UserIdentity({ ...minimal, permissions });
      expect(identity.permissions).toEqual(['session:*', 'admin:read']);
      expect(identity.hasPermission('session:create')).toBe(true);
      expect(identity.hasPermission('admin:write')).toBe(false);
      expect(identity.hasAllPermissions(['session:read', 'admin:read'])).toBe(true);
      expect(identity.hasAllPermissions(['session:read', 'admin:write'])).toBe(false);
      expect(identity.hasAnyPermission(['admin:write', 'session:read'])).toBe(true);
      expect(identity.hasAnyPermission(['admin:write', 'memory:read'])).toBe(false);
      expect([identity.hasAllPermissions([]), identity.hasAnyPermission([])]).toEqual([true, false]);
    }
  });

  it('tells of its roles by their whole names', () => {
    const identity = new UserIdentity({ ...minimal, roles: ['editor'] });
    expect([identity.hasRole('editor'), identity.hasRole('Editor'), identity.hasRole('edit')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(identity.toJSON()).toMatchObject({ roles: ['editor'] });
    expect(new UserIdentity(minimal).roles).toEqual([]);
  });

  it('cannot be changed', () => {
    const metadata = { plan: 'free', tags: ['a'] };
    const permissions = ['session:read'];
    const roles = ['editor'];
    const expiresAt = new Date(5);
    const identity = new UserIdentity({ ...minimal, permissions, roles, metadata, expiresAt });
    for (const part of [
      identity,
      identity.permissions,
      identity.roles,
      identity.metadata,
      identity.metadata.tags,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(new UserIdentity(minimal).metadata)).toBe(true);
    permissions.push('*');
    roles.push('owner');
    metadata.plan = 'pro';
    expiresAt.setTime(6);
    identity.expiresAt!.setTime(7);
    expect([identity.hasPermission('admin:write'), identity.hasRole('owner')]).toEqual([false, false]);
    expect(Object.isFrozen(new UserIdentity(minimal).roles)).toBe(true);
    expect(identity).toMatchObject({ metadata: { plan: 'free' }, expiresAt: new Date(5) });
    const set = (name: string, value: unknown): unknown => Object.assign(identity, { [name]: value });
    for (const name of ['userId', 'orgId', 'permissions', 'roles', 'expiresAt', 'isAdmin']) {
      expect(() => set(name, 'other')).toThrow(TypeError);
    }
  });

  it('is plain data in JSON', () => {
    const identity = new UserIdentity({ ...minimal, issuedAt: 1_000, metadata: { a: 1 } });
    expect(JSON.parse(JSON.stringify(identity))).toEqual({
      userId: 'ada',
      permissions: [],
      roles: [],
      provider: 'jwt',
      credentialId: 'jti_1',
      issuedAt: '1970-01-01T00:00:01.000Z',
      metadata: { a: 1 },
    });
    const ends = new UserIdentity({
      ...minimal,
      orgId: 'o',
      email: 'e',
      name: 'n',
      sessionId: 's',
      expiresAt: 0,
    });
    expect(ends.toJSON()).toMatchObject({
      orgId: 'o',
      email: 'e',
      name: 'n',
      sessionId: 's',
      expiresAt: '1970-01-01T00:00:00.000Z',
    });
  });
});
