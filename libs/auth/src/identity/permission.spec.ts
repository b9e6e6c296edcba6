import { describe, expect, it } from '@jest/globals';

import { definePermissions, isGrant, isKnownGrant, isPermission } from './permission.js';

describe('definePermissions', () => {
  it('makes a catalogue of names', () => {
    const catalogue = definePermissions({ session: ['create', 'read'], 'a.b-c_1': ['X'], empty: [] });
    expect(catalogue).toEqual({
      session: { create: 'session:create', read: 'session:read' },
      'a.b-c_1': { X: 'a.b-c_1:X' },
      empty: {},
    });
  });

  it('freezes it, all the way down', () => {
    const catalogue = definePermissions({ session: ['read'] });
    expect([catalogue, catalogue.session].map(Object.isFrozen)).toEqual([true, true]);
  });

  it('names everything that is no permission, at once', () => {
    const define = (): unknown =>
      definePermissions({ session: ['read', '*', ''], '': ['read'], 'two words': ['a:b'], ok: ['fine'] });
    expect(define).toThrow(
      new TypeError(
        'definePermissions: not of the form resource:action: "session:*", "session:", ":read", "two words:a:b"',
      ),
    );
  });
});

describe('isPermission and isGrant', () => {
  it.each(['a:b', 'session:read', 'Session:READ', '0:9', 'a.b:c-d', 'a_b:c_d', 'a-:b.'])(
    '%j is a permission, and a grant',
    (value) => {
      expect([isPermission(value), isGrant(value)]).toEqual([true, true]);
    },
  );

  it.each(['*', 'session:*', 'a.b:*'])('%j is a grant alone', (value) => {
    expect([isPermission(value), isGrant(value)]).toEqual([false, true]);
  });

  it.each([
    ...['', ':', '::', 'a', 'a:', ':b', ':*', '*:', '*:*', '*:b', '**', 'a:**', 'a:b*', 'a*:b', 'a:*b'],
    ...['a:b:c', 'a::b', 'a:b:*', ' a:b', 'a:b ', 'a: b', 'a b:c', 'a:b\n', '\na:b', 'a:b\0', '* ', '*\n'],
    ...['-a:b', 'a:-b', '_a:b', 'a:.b', 'á:b', 'a:ß', 'a：b', 'a:b,c:d', 'a/b:c', 'a:"', 'a:\\', '😀:b'],
  ])('%j is neither', (value) => {
    expect([isPermission(value), isGrant(value)]).toEqual([false, false]);
  });
});

describe('isKnownGrant', () => {
  const catalogue = definePermissions({ session: ['read', 'constructor'], admin: ['write'] });

  it.each(['*', 'session:*', 'admin:*', 'session:read', 'session:constructor', 'admin:write'])(
    'knows %j',
    (grant) => {
      expect(isKnownGrant(grant, catalogue)).toBe(true);
    },
  );

  it.each([
    ...['session:write', 'admin:read', 'sesion:read', 'sesion:*', 'Session:read', 'session:READ', 'session:'],
    ...['toString:*', '__proto__:*', 'constructor:name', 'session:toString', 'session:__proto__', 'session'],
  ])('does not know %j', (grant) => {
    expect(isKnownGrant(grant, catalogue)).toBe(false);
  });
});
