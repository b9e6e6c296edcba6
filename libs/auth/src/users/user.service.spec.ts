import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthEvents, type AuthEvent } from '../events/auth-events.js';
import { resolveOptions } from '../options/resolve-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { memoryStores } from '../stores/auth-stores.js';
import { NoNotifications } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import type { UserInput, UserUpdate } from './user.input.js';
import { UserService } from './user.service.js';

const PASSWORD = 'violet gondola near 41 lanterns';
const options = resolveOptions(
  { jwt: { secret: SECRET }, users: true },
  { hasUsers: true, hasUserStores: true, hasMailer: true },
);

describe('UserService', () => {
  const [policy, hasher] = [new PasswordPolicy(options), new PasswordHasher(options)];
  let stores: ReturnType<typeof memoryStores>;
  let clock: ManualClock;
  let events: AuthEvent[];
  let users: UserService;
  beforeAll(async () => {
    await policy.onModuleInit();
  });
  beforeEach(() => {
    [stores, clock, events] = [memoryStores(), new ManualClock(), []];
    const bus = new AuthEvents(clock);
    bus.subscribe((event) => void events.push(event));
    const feed = new RevocationFeed(
      options.revocation,
      stores.revocations,
      new NoNotifications(),
      clock,
      bus,
    );
    const changes = new SubjectChanges(options, clock);
    users = new UserService(stores.users, hasher, policy, changes, feed, clock, bus);
  });

  const kindsInLog = async (): Promise<string[]> =>
    (await stores.revocations.readAfter(0, 100)).map(({ kind, id }) => `${kind} ${id}`);

  it('makes users with one form of their address, and without their password', async () => {
    const user = await users.create({ email: 'Ada@Example.COM', name: ' Ada ', password: PASSWORD });
    expect(user).toEqual({
      ...{ userId: expect.any(String), email: 'ada@example.com', name: 'Ada', orgId: undefined },
      ...{ isActive: true, hasPassword: true, emailVerifiedAt: undefined, metadata: {} },
      ...{ createdAt: new Date(clock.now()), updatedAt: new Date(clock.now()) },
    });
    expect(await users.findByEmail('ADA@example.com')).toEqual(user);
    expect(await users.find(user!.userId)).toEqual(user);
    const { passwordHash } = (await stores.users.findById(user!.userId))!;
    expect(await hasher.verify(PASSWORD, passwordHash)).toBe(true);
    expect(await users.create({ email: 'ada@EXAMPLE.com' })).toBeUndefined();
    expect(await users.findByEmail('no address')).toBeUndefined();
  });

  it.each<[string, object, RegExp]>([
    ['no address', { email: 'ada' }, /email is no e-mail address/],
    ['a field too many', { email: 'ada@example.com', isActive: false }, /isActive is no field of it/],
    ['an empty name', { email: 'ada@example.com', name: ' ' }, /name is empty/],
    ['a weak password', { email: 'ada@example.com', password: 'password' }, /password is shorter/],
  ])('makes nobody of %s', async (_what, input, problem) => {
    await expect(users.create(input as UserInput)).rejects.toThrow(problem);
    await expect(users.create(input as UserInput)).rejects.toThrow(TypeError);
    expect(await users.list()).toEqual([]);
    expect(events).toEqual([]);
  });

  it('changes no password, and no state, by an update', async () => {
    const { userId } = (await users.create({ email: 'ada@example.com' }))!;
    for (const update of [{ password: PASSWORD }, { isActive: false }, { passwordHash: 'x' }])
      await expect(users.update(userId, update as UserUpdate)).rejects.toThrow(/is no field of it/);
  });

  it.each<[string, (userId: string) => Promise<unknown>, string[]]>([
    ['a name changes', (id) => users.update(id, { name: 'Ada' }), []],
    [
      'the address changes',
      (id) => users.update(id, { email: 'al@example.com' }),
      ['subject', 'permissions'],
    ],
    ['the organisation changes', (id) => users.update(id, { orgId: 'org_1' }), ['subject', 'permissions']],
    ['they are disabled', (id) => users.disable(id), ['subject', 'permissions']],
    ['they are enabled', (id) => users.enable(id), ['permissions']],
    ['they are removed', (id) => users.remove(id), ['subject', 'permissions']],
  ])('when %s, the log says so', async (_what, change, kinds) => {
    const { userId } = (await users.create({ email: 'ada@example.com' }))!;
    expect(await change(userId)).toMatchObject({ outcome: 'changed', user: { userId } });
    expect(await kindsInLog()).toEqual(kinds.map((kind) => `${kind} ${userId}`));
  });

  it('says what it could not do, and tells nobody of it', async () => {
    await users.create({ email: 'ada@example.com' });
    const { userId } = (await users.create({ email: 'bob@example.com' }))!;
    events.length = 0;
    expect(await users.update(userId, { email: 'ada@example.com' })).toEqual({ outcome: 'email-taken' });
    expect(await users.update(userId, {})).toMatchObject({ outcome: 'changed' });
    for (const nobody of [
      users.update('x', { name: 'X' }),
      users.disable('x'),
      users.enable('x'),
      users.remove('x'),
    ])
      expect(await nobody).toEqual({ outcome: 'unknown' });
    expect(events).toEqual([]);
    expect(await kindsInLog()).toEqual([]);
  });

  it('takes a store that fails for an outage', async () => {
    stores.users.findById = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await expect(users.find('ada')).rejects.toMatchObject({ code: 'auth_unavailable' });
  });
});
