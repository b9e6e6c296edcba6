import { describe, expect, it } from '@jest/globals';

import { PermissionSet, PermissionSets } from './permission-set.js';

describe('PermissionSet.covers', () => {
  it.each([
    ['session:read', 'session:read'],
    ['session:*', 'session:read'],
    ['session:*', 'session:*'],
    ['a.b:*', 'a.b:c.d'],
    ['*', 'session:read'],
    ['*', 'session:*'],
    ['*', '*'],
  ])('%j covers %j', (grant, wanted) => {
    expect(new PermissionSet(['other:thing', grant]).covers(wanted)).toBe(true);
  });

  it.each([
    ['session:read', 'session:readall'],
    ['session:readall', 'session:read'],
    ['session:read', 'session:write'],
    ['session:read', 'memory:read'],
    ['session:read', 'Session:read'],
    ['session:read', 'session:READ'],
    ['session:read', 'session:*'],
    ['session:read', '*'],
    ['session:*', 'sessions:read'],
    ['session:*', 'sess:read'],
    ['session:*', 'session'],
    ['session:*', '*'],
    ['session:*', 'session.sub:read'],
    ['sessionX:*', 'session:read'],
    ['a.b:read', 'aXb:read'],
    ['a.b:*', 'aXb:read'],
    ['a.b:*', 'a:read'],
  ])('%j does not cover %j', (grant, wanted) => {
    expect(new PermissionSet([grant]).covers(wanted)).toBe(false);
  });

  it.each([
    ...[
      '*:read',
      '*:*',
      '**',
      '.*',
      ':',
      ':*',
      '',
      ' ',
      '* ',
      ' *',
      'session:re*',
      'session',
      'session:',
      'sess*',
    ],
    ...[
      'session:*:read',
      'session:read ',
      'session:read,memory:read',
      'session:read\n',
      '[a-z]+:read',
      '__proto__',
    ],
  ])('the grant %j covers nothing, itself included', (grant) => {
    const set = new PermissionSet([grant]);
    const wanted = [grant, '*', 'session:read', 'session:*', 'memory:read', ':', '', 'read', '__proto__'];
    expect(wanted.filter((one) => set.covers(one))).toEqual([]);
    expect(set.grants).toEqual([grant]);
  });

  it.each([
    '',
    ':',
    'session',
    'session:',
    ':read',
    'session:read:x',
    'session:re ad',
    'session::',
    '**',
    'á:b',
  ])('nothing covers %j, which is no permission', (wanted) => {
    for (const grants of [['*'], ['session:*'], ['*', 'session:*', 'session:read'], []]) {
      expect(new PermissionSet(grants).covers(wanted)).toBe(false);
    }
  });

  it('has nothing when nothing was granted', () => {
    const set = new PermissionSet([]);
    expect(['*', 'a:b', 'a:*', ''].filter((one) => set.covers(one))).toEqual([]);
  });
});

describe('PermissionSet', () => {
  const set = new PermissionSet(['session:read', 'memory:*']);

  it('covers all of a list, or any of it', () => {
    const cases: [string[], boolean, boolean][] = [
      [[], true, false],
      [['session:read'], true, true],
      [['session:read', 'memory:search'], true, true],
      [['session:read', 'session:write'], false, true],
      [['session:write', 'memory:read'], false, true],
      [['session:write', 'admin:read'], false, false],
    ];
    for (const [wanted, all, any] of cases) {
      expect([wanted, set.coversAll(wanted), set.coversAny(wanted)]).toEqual([wanted, all, any]);
    }
  });

  it('keeps the grants as they were given, whatever becomes of the list', () => {
    const given = ['b:b', 'a:a', 'b:b', 'no grant'];
    const { grants, ...rest } = new PermissionSet(given);
    given.push('*');
    expect(grants).toEqual(['b:b', 'a:a', 'b:b', 'no grant']);
    expect(Object.isFrozen(grants)).toBe(true);
    expect(rest).toEqual({});
  });
});

describe('PermissionSets', () => {
  it('hands out one set for equal lists, and another for any other', () => {
    const sets = new PermissionSets();
    const one = sets.of(['a:b', 'c:d']);
    expect(sets.of(['a:b', 'c:d'])).toBe(one);
    for (const other of [['c:d', 'a:b'], ['a:b'], ['a:b,c:d'], ['a:b', 'c:d', '*'], ['a:b","c:d'], []]) {
      expect(sets.of(other)).not.toBe(one);
      expect(sets.of(other).grants).toEqual(other);
    }
  });

  it('keeps a bounded number of them', () => {
    const sets = new PermissionSets();
    const first = sets.of(['a:0']);
    for (let i = 1; i <= 1_000; i += 1) sets.of([`a:${i}`]);
    expect(sets.of(['a:0'])).not.toBe(first);
    expect(sets.of(['a:0']).covers('a:0')).toBe(true);
  });
});
