import { beforeEach, describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthEvents, type AuthEvent } from '../events/auth-events.js';
import { definePermissions } from '../identity/permission.js';
import { resolveOptions } from '../options/resolve-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { memoryStores } from '../stores/auth-stores.js';
import { NoNotifications } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { newUser } from '../testing/people.fixtures.js';
import { EVERY_SUBJECT, SubjectChanges } from '../tokens/subject-changes.js';
import { RoleFinder } from './role.finder.js';
import type { RoleInput, RoleUpdate } from './role.input.js';
import { RoleService } from './role.service.js';

const options = resolveOptions(
  {
    jwt: { secret: SECRET },
    users: true,
    permissions: definePermissions({ session: ['read', 'create'], memory: ['search'] }),
    roles: { reader: ['session:read'] },
  },
  { hasUsers: true, hasUserStores: true, hasMailer: true },
);
const ORIGIN = { ip: '192.0.2.1', requestId: 'req-7' };

describe('RoleService', () => {
  let stores: ReturnType<typeof memoryStores>;
  let clock: ManualClock;
  let events: AuthEvent[];
  let roles: RoleService;
  beforeEach(() => {
    [stores, clock, events] = [memoryStores(), new ManualClock(), []];
    const bus = new AuthEvents(clock);
    bus.subscribe((event) => void events.push(event));
    const notifications = new NoNotifications();
    const feed = new RevocationFeed(options.revocation, stores.revocations, notifications, clock, bus);
    const finder = new RoleFinder(options, stores.roles);
    const changes = new SubjectChanges(options, clock);
    roles = new RoleService(options, stores.roles, finder, changes, feed, clock, bus);
  });

  const told = (): unknown[] => events.splice(0).map(({ time: _time, ...event }) => event);
  const entries = async (): Promise<string[]> =>
    (await stores.revocations.readAfter(0, 100)).map(({ kind, id }) => `${kind} ${id}`);
  const isUntouched = async (): Promise<void> => {
    expect(await entries()).toEqual([]);
    expect(events).toEqual([]);
  };

  it('makes a role with what was said of it, each grant and each parent once', async () => {
    const permissions = ['session:*', 'memory:search', 'session:*'] as const;
    const made = await roles.create({ name: 'editor', permissions, inherits: ['reader', 'reader'] }, ORIGIN);
    const [createdAt, updatedAt] = [new Date(clock.now()), new Date(clock.now())];
    const role = {
      ...{ name: 'editor', orgId: undefined, description: undefined, isReadOnly: false },
      ...{ permissions: ['session:*', 'memory:search'], inherits: ['reader'], createdAt, updatedAt },
    };
    expect(made).toEqual({ outcome: 'changed', role });
    expect(await roles.find('editor')).toEqual(role);
    expect(await entries()).toEqual([`permissions ${EVERY_SUBJECT}`]);
    expect(told()).toEqual([{ type: 'role.created', target: 'editor', orgId: undefined, ...ORIGIN }]);
  });

  it.each<[string, object, RegExp]>([
    ['no name', {}, /^create: name is not text$/],
    ['a name that is none', { name: 'a b' }, /name is not the name of a role/],
    ['a field too many', { name: 'a', isReadOnly: false }, /isReadOnly is no field of it/],
    ['an empty organisation', { name: 'a', orgId: '' }, /orgId is empty/],
    ['a zero byte', { name: 'a', description: '\0' }, /description holds a zero byte/],
    [
      'an unknown permission',
      { name: 'a', permissions: ['session:raed'] },
      /permissions\.0 is in no catalogue/,
    ],
    ['no grant', { name: 'a', permissions: ['session:read', 'session'] }, /permissions\.1 is neither/],
    [
      'a parent that has no name',
      { name: 'a', inherits: ['b', ''] },
      /inherits\.1 is not the name of a role/,
    ],
    ['everything at once', { name: '', inherits: 'b' }, /name is not .*; inherits is not a list of names/],
  ])('makes none of %s, and names the field', async (_what, input, problem) => {
    await expect(roles.create(input as RoleInput)).rejects.toThrow(problem);
    await expect(roles.create(input as RoleInput)).rejects.toThrow(TypeError);
    await isUntouched();
  });

  it.each<[string, object, RegExp]>([
    ['its name', { name: 'other' }, /^update: name is no field of it$/],
    ['its organisation', { orgId: 'org_1' }, /orgId is no field of it/],
    ['its permissions to nothing', { permissions: null }, /permissions is not a list of permissions/],
    ['its parents to text', { inherits: 'reader' }, /inherits is not a list of names/],
  ])('does not change %s, and names the field', async (_what, update, problem) => {
    await expect(roles.update('editor', undefined, update as RoleUpdate)).rejects.toThrow(problem);
    await isUntouched();
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a role to nobody', () => roles.assign('', 'reader'), /^assign: the input is empty$/],
    ['what is no name', () => roles.assign('ada', 'a b'), /^assign: the input is not the name of a role/],
    ['a grant to nobody', () => roles.grant('', '*'), /^grant: the input is empty$/],
    ['what is no grant', () => roles.grant('ada', 'session' as '*'), /^grant: the input is neither/],
    [
      'what no catalogue knows',
      () => roles.grant('ada', 'x:y' as '*'),
      /^grant: the input is in no catalogue/,
    ],
    ['what is too long', () => roles.grant('x'.repeat(256), '*'), /is longer than 255 characters/],
  ])('does not give %s', async (_what, call, problem) => {
    await expect(call()).rejects.toThrow(problem);
    await expect(call()).rejects.toThrow(TypeError);
    await isUntouched();
  });

  it('changes what is named and leaves the rest; null clears the description', async () => {
    await roles.create({ name: 'editor', description: 'Writes', permissions: ['session:read'] });
    clock.advance(60);
    const cleared = await roles.update('editor', undefined, { description: null });
    expect(cleared).toMatchObject({ role: { description: undefined, permissions: ['session:read'] } });
    const changed = await roles.update('editor', undefined, { permissions: [], inherits: ['reader'] });
    expect(changed).toMatchObject({
      outcome: 'changed',
      role: { permissions: [], inherits: ['reader'], updatedAt: new Date(clock.now()) },
    });
    expect(told().slice(1)).toEqual(
      [1, 2].map(() => ({ type: 'role.updated', target: 'editor', orgId: undefined })),
    );
  });

  it('says what it could not do, and tells nobody of it', async () => {
    await roles.create({ name: 'base' });
    await roles.create({ name: 'top', inherits: ['base'] });
    const before = await entries();
    told();
    const none = (...parents: string[]) => ({ outcome: 'unknown-parents', parents });
    expect(await roles.create({ name: 'base' })).toEqual({ outcome: 'taken' });
    expect(await roles.create({ name: 'base', orgId: 'org_1' })).toEqual({ outcome: 'taken' });
    expect(await roles.create({ name: 'reader' })).toEqual({ outcome: 'taken' });
    expect(await roles.create({ name: 'administrator' })).toEqual({ outcome: 'taken' });
    expect(await roles.create({ name: 'x', inherits: ['no', 'base', 'none'] })).toEqual(none('no', 'none'));
    expect(await roles.update('base', undefined, { inherits: ['no'] })).toEqual(none('no'));
    expect(await roles.update('base', undefined, { inherits: ['top'] })).toEqual({ outcome: 'circle' });
    expect(await roles.update('gone', undefined, {})).toEqual({ outcome: 'unknown' });
    expect(await roles.update('base', 'org_1', {})).toEqual({ outcome: 'unknown' });
    expect(await roles.remove('gone', undefined)).toEqual({ outcome: 'unknown' });
    expect(await roles.remove('base', undefined)).toEqual({ outcome: 'in-use' });
    for (const name of ['reader', 'administrator']) {
      expect(await roles.update(name, undefined, { permissions: ['*'] })).toEqual({ outcome: 'read-only' });
      expect(await roles.remove(name, undefined)).toEqual({ outcome: 'read-only' });
    }
    expect(await roles.assign('ada', 'gone')).toBe('unknown');
    expect(await roles.unassign('ada', 'reader')).toBe('unknown');
    expect(await roles.revokeGrant('ada', 'session:read')).toBe(false);
    expect(await entries()).toEqual(before);
    expect(events).toEqual([]);
  });

  it('gives and takes, once each, with an entry about the subject and an event', async () => {
    expect(await roles.assign('ada', 'reader', ORIGIN)).toBe('changed');
    expect(await roles.assign('ada', 'reader')).toBe('unchanged');
    expect(await roles.grant('ada', 'session:*')).toBe(true);
    expect(await roles.grant('ada', 'session:*')).toBe(false);
    expect(await roles.unassign('ada', 'reader')).toBe('changed');
    expect(await roles.revokeGrant('ada', 'session:*')).toBe(true);
    expect(await entries()).toEqual(Array.from({ length: 4 }, () => 'permissions ada'));
    expect(told()).toEqual([
      { type: 'role.assigned', target: 'ada', role: 'reader', ...ORIGIN },
      { type: 'grant.added', target: 'ada', grant: 'session:*' },
      { type: 'role.unassigned', target: 'ada', role: 'reader' },
      { type: 'grant.removed', target: 'ada', grant: 'session:*' },
    ]);
  });

  it('takes a grant that the catalogue does not know any more', async () => {
    await stores.roles.addGrant('ada', 'old:thing', new SubjectChanges(options, clock).changed('ada'));
    expect(await roles.revokeGrant('ada', 'old:thing')).toBe(true);
  });

  it("gives the role of the subject's organisation, and none of another", async () => {
    await roles.create({ name: 'local', orgId: 'org_1', permissions: ['session:read'] });
    const [inside, outside] = [newUser({ orgId: 'org_1' }), newUser({ orgId: 'org_2' })];
    for (const user of [inside, outside]) await stores.users.insert(user);
    expect(await roles.assign(inside.userId, 'local')).toBe('changed');
    expect(await roles.assign(outside.userId, 'local')).toBe('unknown');
    // The record of a user has the last word; a service has none.
    expect(await roles.assign(outside.userId, 'local', undefined, 'org_1')).toBe('unknown');
    expect(await roles.assign('svc', 'local')).toBe('unknown');
    expect(await roles.assign('svc', 'local', undefined, 'org_1')).toBe('changed');
  });

  it('leaves the last administrator', async () => {
    const [one, other] = [newUser(), newUser()];
    for (const user of [one, other]) {
      await stores.users.insert(user);
      await roles.assign(user.userId, 'administrator');
    }
    told();
    expect(await roles.unassign(one.userId, 'administrator')).toBe('changed');
    expect(await roles.unassign(other.userId, 'administrator')).toBe('last-administrator');
    expect(told()).toHaveLength(1);
    expect((await stores.roles.holdingsOf(other.userId)).roles).toEqual(['administrator']);
  });

  it('takes a removed role from everybody, and gives it back as it was', async () => {
    await roles.create({ name: 'passing', permissions: ['session:read'] });
    await roles.assign('ada', 'passing');
    const gone = await roles.remove('passing', undefined);
    expect(gone).toMatchObject({ outcome: 'changed', role: { permissions: ['session:read'] } });
    expect((await stores.roles.holdingsOf('ada')).roles).toEqual([]);
    expect(await roles.find('passing')).toBeUndefined();
    expect(told().at(-1)).toEqual({ type: 'role.deleted', target: 'passing', orgId: undefined });
  });

  it('takes a store that fails for an outage', async () => {
    const store = stores.roles as unknown as Record<string, () => Promise<never>>;
    for (const verb of ['find', 'insert', 'update', 'remove', 'holdingsOf', 'unassign', 'addGrant'])
      store[verb] = () => Promise.reject(new Error('connect ECONNREFUSED'));
    for (const call of [
      () => roles.find('editor'),
      () => roles.create({ name: 'editor' }),
      () => roles.update('editor', undefined, {}),
      () => roles.remove('editor', undefined),
      () => roles.assign('ada', 'editor'),
      () => roles.unassign('ada', 'editor'),
      () => roles.grant('ada', 'session:read'),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'auth_unavailable' });
    await isUntouched();
  });
});
