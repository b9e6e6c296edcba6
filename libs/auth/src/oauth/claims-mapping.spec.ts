import { describe, expect, it } from '@jest/globals';

import type { ClaimsPreset, MappedClaims } from '../options/oauth-options.js';
import { mapClaims } from './claims-mapping.js';

const audience = ['api'];
const by = (preset: ClaimsPreset, claims: object): MappedClaims | undefined =>
  mapClaims(claims as never, { mapClaims: preset, audience });
const returning =
  (answer: unknown): (() => MappedClaims | undefined) =>
  () =>
    mapClaims({}, { mapClaims: () => answer as never, audience });

describe('claims are mapped', () => {
  it.each<[ClaimsPreset, object, readonly string[]]>([
    ['scope', { scope: 'note:read  note:*' }, ['note:read', '', 'note:*']],
    ['scope', { scope: ['note:read', 5] }, ['note:read']],
    ['scope', { scope: 'note:read *' }, ['note:read']],
    ['scope', { scope: 'user:read user:* client:create audit:read user:invite' }, ['user:invite']],
    ['permissions', { permissions: ['role:assign', 'note:read'] }, ['note:read']],
    ['scope', { scope: 5, permissions: ['note:read'] }, []],
    ['permissions', { permissions: ['note:read', '*', null], scope: 'note:write' }, ['note:read']],
    ['permissions', { permissions: 'note:read' }, []],
    ['permissions', {}, []],
  ])('by %s of %j', (preset, claims, permissions) => {
    expect(by(preset, claims)).toEqual({ permissions });
  });

  it('by roles, of which some are named after permissions', () => {
    expect(by('roles', { roles: ['editor', 'note:read', '*', 'user:create', 'editor'] })).toEqual({
      roles: ['editor', 'note:read', '*', 'user:create'],
      permissions: ['editor', 'note:read'],
    });
  });

  it('by what Keycloak says of the realm and of the audience, and of no other client', () => {
    const claims = {
      realm_access: { roles: ['editor'] },
      resource_access: { api: { roles: ['note:read'] }, account: { roles: ['note:write'] } },
    };
    expect(by('keycloak', claims)).toEqual({
      roles: ['editor', 'note:read'],
      permissions: ['editor', 'note:read'],
    });
  });

  it.each([
    {},
    { realm_access: null, resource_access: null },
    { realm_access: 'a', resource_access: [] },
    { realm_access: { roles: 'note:read' }, resource_access: { api: 5 } },
  ])('by what Keycloak says with %j', (claims) => {
    expect(by('keycloak', claims)).toEqual({ roles: [], permissions: [] });
  });

  it('takes nothing of Keycloak from what every object has', () => {
    const mapping = { mapClaims: 'keycloak', audience: ['constructor', '__proto__'] } as const;
    expect(mapClaims({ resource_access: {} }, mapping)).toEqual({ roles: [], permissions: [] });
  });

  it('with an address that is not known to be wrong, a name and an organisation', () => {
    const person = { email: 'a@b.c', name: 'Ada', org_id: 'acme' };
    expect(by('scope', person)).toEqual({ email: 'a@b.c', name: 'Ada', orgId: 'acme', permissions: [] });
    for (const verified of [true, 'true'])
      expect(by('scope', { ...person, email_verified: verified })).toMatchObject({ email: 'a@b.c' });
    for (const verified of [false, 'false', null, 0, 'no'])
      expect(by('scope', { ...person, email_verified: verified })).not.toHaveProperty('email');
    expect(by('scope', { email: 5, name: '', org_id: null })).toEqual({ permissions: [] });
  });

  it('by a function, which may refuse', () => {
    const answer = { permissions: ['*'], roles: ['a'], userId: 'u', provider: 'service', metadata: { a: 1 } };
    expect(returning(answer)()).toEqual(answer);
    expect(returning({})()).toEqual({});
    expect(returning(undefined)()).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['false', false],
    ['text', 'note:read'],
    ['a promise', Promise.resolve({})],
    ['permissions as text', { permissions: 'note:read' }],
    ['permissions that are no text', { permissions: [5] }],
    ['a field that there is not', { permission: ['note:read'] }],
    ['an empty user id', { userId: '' }],
    ['a user id that is too long', { userId: 'a'.repeat(256) }],
    ['a provider that there is not', { provider: 'api_key' }],
    ['an organisation that is no text', { orgId: null }],
    [
      'endless metadata',
      { metadata: JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`) as unknown },
    ],
  ])('not by a function that gives %s', (_what, answer) => {
    expect(returning(answer)).toThrow();
  });

  // Made within the test: nobody would handle it where the test is left out.
  it('not by a function that gives a promise that fails', () => {
    expect(returning(Promise.reject(new Error('no')))).toThrow();
  });
});
