import { describe, expect, it } from '@jest/globals';

import { PermissionSet } from '../identity/permission-set.js';
import type { ResolvedRole } from '../options/user-options.js';
import { grantsOf, reachedRoles, RoleIndex, sourcesFor, sourcesOf } from './effective.js';
import { ADMINISTRATOR, type RoleRecord } from './role.store.js';

const DATE = new Date(0);
const stored = (name: string, rest: Partial<RoleRecord> = {}): RoleRecord => ({
  ...{ name, orgId: undefined, description: undefined, permissions: [], inherits: [] },
  ...{ createdAt: DATE, updatedAt: DATE },
  ...rest,
});
const inCode = (...roles: (Pick<ResolvedRole, 'name'> & Partial<ResolvedRole>)[]) =>
  new Map(
    roles.map((role) => [role.name, { description: undefined, permissions: [], inherits: [], ...role }]),
  );

/** What somebody of org_1 has of these roles, each as `grant <- path`. */
function held(
  names: readonly string[],
  roles: readonly RoleRecord[],
  code: ReadonlyMap<string, ResolvedRole> = new Map(),
  orgId: string | undefined = 'org_1',
): string[] {
  const reached = reachedRoles(names, new RoleIndex(roles, code, orgId));
  return sourcesOf([], reached).map(({ grant, path }) => `${grant} <- ${path.join(' ')}`);
}

describe('what roles come to', () => {
  it('adds up what is granted to the subject, its roles, and what they inherit over three levels', () => {
    const roles = [
      stored('chief', { permissions: ['note:delete'], inherits: ['editor'] }),
      stored('editor', { permissions: ['note:update', 'note:read'], inherits: ['reader'] }),
      stored('reader', { permissions: ['note:read'] }),
    ];
    const reached = reachedRoles(['chief'], new RoleIndex(roles, new Map(), undefined));
    expect(sourcesOf(['audit:read'], reached)).toEqual([
      { grant: 'audit:read', source: 'grant', path: [] },
      { grant: 'note:delete', source: 'role', path: ['chief'] },
      { grant: 'note:update', source: 'role', path: ['chief', 'editor'] },
      { grant: 'note:read', source: 'role', path: ['chief', 'editor'] },
      { grant: 'note:read', source: 'role', path: ['chief', 'editor', 'reader'] },
    ]);
    expect(grantsOf(['audit:read'], reached)).toEqual([
      'audit:read',
      'note:delete',
      'note:update',
      'note:read',
    ]);
  });

  it('has a role once, with the shortest way to it', () => {
    const roles = [
      stored('a', { inherits: ['b'] }),
      stored('b', { inherits: ['c'] }),
      stored('c', { permissions: ['note:read'] }),
    ];
    expect(held(['a', 'c'], roles)).toEqual(['note:read <- c']);
    expect(held(['c', 'a', 'c', 'a'], roles)).toEqual(['note:read <- c']);
  });

  it.each([
    ['of one', [stored('a', { permissions: ['note:read'], inherits: ['a'] })]],
    [
      'of three',
      [
        stored('a', { permissions: ['note:read'], inherits: ['b'] }),
        stored('b', { inherits: ['c'] }),
        stored('c', { inherits: ['a', 'b'] }),
      ],
    ],
  ])('is not caught in a circle %s', (_what, roles) => {
    expect(held(['a'], roles)).toEqual(['note:read <- a']);
  });

  it('follows a chain of 10,000 roles without a stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => stored(`r${i}`, { inherits: [`r${i + 1}`] }));
    const last = stored('r10000', { permissions: ['note:read'] });
    expect(held(['r0'], [...chain, last])).toHaveLength(1);
  });

  it('grants nothing for a name that no role has, also in the middle', () => {
    expect(held(['gone', 'a'], [stored('a', { permissions: ['note:read'], inherits: ['gone'] })])).toEqual([
      'note:read <- a',
    ]);
    expect(held(['constructor', '__proto__', 'toString'], [])).toEqual([]);
  });

  it("takes the organisation's role before one for all, and that before one in code", () => {
    const code = inCode({ name: 'reader', permissions: ['code:read'] });
    const all = stored('reader', { permissions: ['all:read'] });
    const own = stored('reader', { orgId: 'org_1', permissions: ['own:read'] });
    expect(held(['reader'], [all, own], code)).toEqual(['own:read <- reader']);
    expect(held(['reader'], [own, all], code)).toEqual(['own:read <- reader']);
    expect(held(['reader'], [own, all], code, 'org_2')).toEqual(['all:read <- reader']);
    expect(reachedRoles(['reader'], new RoleIndex([own], code, undefined))).toMatchObject([
      { permissions: ['code:read'] },
    ]);
  });

  it('never finds a role of another organisation', () => {
    const foreign = stored('reader', { orgId: 'org_2', permissions: ['note:read'] });
    const own = stored('editor', { orgId: 'org_1', inherits: ['reader'] });
    expect(held(['reader', 'editor'], [foreign, own])).toEqual([]);
  });

  it("does not let an organisation's role stand in for a parent of a role that all have", () => {
    const roles = [
      stored('editor', { inherits: ['reader'] }),
      stored('reader', { permissions: ['note:read'] }),
      stored('reader', { orgId: 'org_1', permissions: ['*'] }),
    ];
    expect(held(['editor'], roles)).toEqual(['note:read <- editor reader']);
    expect(held(['editor', 'reader'], roles)).toEqual(['* <- reader', 'note:read <- editor reader']);
  });

  it('does not let a stored role stand in for a parent of a role in code', () => {
    const code = inCode(
      { name: 'editor', inherits: ['reader'] },
      { name: 'reader', permissions: ['note:read'] },
    );
    expect(held(['editor'], [stored('reader', { permissions: ['*'] })], code)).toEqual([
      'note:read <- editor reader',
    ]);
  });

  it("lets an organisation's role inherit from its own, from those for all and from those in code", () => {
    const code = inCode({ name: 'coded', permissions: ['code:read'] });
    const roles = [
      stored('mix', { orgId: 'org_1', inherits: ['own', 'shared', 'coded'] }),
      stored('own', { orgId: 'org_1', permissions: ['own:read'] }),
      stored('shared', { permissions: ['all:read'] }),
    ];
    expect(held(['mix'], roles, code)).toEqual([
      'own:read <- mix own',
      'all:read <- mix shared',
      'code:read <- mix coded',
    ]);
  });

  it('grants everything to administrators, and lets no other role have the name', () => {
    const impostor = stored(ADMINISTRATOR, { permissions: ['note:read'] });
    const own = stored(ADMINISTRATOR, { orgId: 'org_1', permissions: ['note:read'] });
    const code = inCode({ name: ADMINISTRATOR, permissions: ['note:read'] });
    expect(held([ADMINISTRATOR], [impostor, own], code)).toEqual(['* <- administrator']);
    expect(held(['boss'], [stored('boss', { inherits: [ADMINISTRATOR] }), impostor])).toEqual([
      '* <- boss administrator',
    ]);
  });
});

describe('the sources of a permission', () => {
  const sources = sourcesOf(['note:read', 'note:*', '*', 'notes:read', 'note:readall', 'note'], []);
  const found = (permission: string): string[] => sourcesFor(permission, sources).map(({ grant }) => grant);

  it.each<[string, string[]]>([
    ['note:read', ['note:read', 'note:*', '*']],
    ['note:write', ['note:*', '*']],
    ['note:*', ['note:*', '*']],
    ['*', ['*']],
    ['NOTE:read', ['*']],
    ['no:read', ['*']],
  ])('are those that cover it, and no others: %s', (permission, expected) => {
    expect(found(permission)).toEqual(expected);
    const covering = sources.filter(({ grant }) => new PermissionSet([grant]).covers(permission));
    expect(found(permission)).toEqual(covering.map(({ grant }) => grant));
  });
});
