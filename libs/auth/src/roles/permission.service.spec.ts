import { beforeEach, describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthEvents } from '../events/auth-events.js';
import { SubjectDirectory, type Subject } from '../identity/subject-directory.js';
import { UserIdentity, type UserIdentityData } from '../identity/user-identity.js';
import { resolveOptions } from '../options/resolve-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { memoryStores } from '../stores/auth-stores.js';
import { NoNotifications } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { newRole, newUser, permissionsEntry } from '../testing/people.fixtures.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { PermissionService, type ExplanationRequest } from './permission.service.js';
import { StoredSubjects } from './stored-subjects.js';

const options = resolveOptions(
  { jwt: { secret: SECRET }, users: true, roles: { reader: ['session:read'] } },
  { hasUsers: true, hasUserStores: true, hasMailer: true },
);

/** An application's own users, all of them with one answer. */
class OwnUsers extends SubjectDirectory {
  readonly asked: unknown[][] = [];

  constructor(private readonly answer: () => Promise<Subject | undefined>) {
    super();
  }

  override find(...asked: unknown[]): Promise<Subject | undefined> {
    this.asked.push(asked);
    return this.answer();
  }
}

describe('PermissionService', () => {
  let stores: ReturnType<typeof memoryStores>;
  let clock: ManualClock;
  let permissions: PermissionService;
  beforeEach(() => {
    [stores, clock] = [memoryStores(), new ManualClock()];
    permissions = serviceWith(new StoredSubjects(options, stores.roles));
  });

  function serviceWith(directory: SubjectDirectory): PermissionService {
    const bus = new AuthEvents(clock);
    const notifications = new NoNotifications();
    const feed = new RevocationFeed(options.revocation, stores.revocations, notifications, clock, bus);
    return new PermissionService(directory, feed, new SubjectChanges(options, clock));
  }

  /** A user of org_1 with the role `editor`, which inherits `reader`, and with `memory:*`. */
  async function ada(fields: Parameters<typeof newUser>[0] = {}): Promise<string> {
    const user = newUser({ orgId: 'org_1', ...fields });
    await stores.users.insert(user);
    const editor = newRole({ name: 'editor', permissions: ['session:update'], inherits: ['reader'] });
    await stores.roles.insert(editor, permissionsEntry());
    await stores.roles.assign(user.userId, 'editor', permissionsEntry(user.userId));
    await stores.roles.addGrant(user.userId, 'memory:*', permissionsEntry(user.userId));
    return user.userId;
  }
  const identity = (userId: string, more: Partial<UserIdentityData> = {}): UserIdentity =>
    new UserIdentity({ userId, orgId: 'org_1', permissions: ['*'], credentialId: 'c', ...more });
  const throughReader = { grant: 'session:read', source: 'role', path: ['editor', 'reader'] };
  const direct = { grant: 'memory:*', source: 'grant', path: [] };

  it('tells all that a user holds, and where it comes from', async () => {
    const subjectId = await ada();
    expect(await permissions.effective(subjectId)).toEqual({
      ...{ subjectId, isActive: true, roles: ['editor', 'reader'] },
      permissions: ['memory:*', 'session:update', 'session:read'],
      sources: [direct, { grant: 'session:update', source: 'role', path: ['editor'] }, throughReader],
    });
  });

  it('finds a user in their organisation, and in whichever where none is named', async () => {
    const userId = await ada();
    expect(await permissions.effective(userId, { orgId: 'org_1' })).toBeDefined();
    for (const place of [{ orgId: 'org_2' }, { orgId: undefined }, { kind: 'user', orgId: '' }] as const)
      expect(await permissions.effective(userId, place)).toBeUndefined();
    expect(await permissions.effective('nobody')).toBeUndefined();
  });

  it('knows a service without a record, active and with what it was given', async () => {
    await stores.roles.addGrant('svc', 'memory:search', permissionsEntry('svc'));
    const service = { isActive: true, permissions: ['memory:search'], roles: [] };
    expect(await permissions.effective('svc', { kind: 'service' })).toMatchObject(service);
    expect(await permissions.effective('svc')).toBeUndefined();
    const caller = identity('svc', { orgId: undefined, provider: 'service' });
    expect(await permissions.can(caller, 'memory:search')).toBe(true);
    expect(await permissions.can(caller, 'memory:read')).toBe(false);
  });

  it.each<[string, string[], boolean]>([
    ['session:read', ['*'], true],
    ['session:read', ['session:*'], true],
    ['session:read', ['session:read'], true],
    ['session:read', ['session:readall'], false],
    ['session:read', [], false],
    ['session:delete', ['*'], false],
    ['memory:delete', ['memory:*'], true],
    ['memory:delete', ['memory:search'], false],
  ])('can: %s with a credential of %j: %s', async (permission, carried, can) => {
    const caller = identity(await ada(), { permissions: carried });
    expect(await permissions.can(caller, permission as 'session:read')).toBe(can);
  });

  it('can: counts from the moment at which it is taken', async () => {
    const userId = await ada();
    expect(await permissions.can(identity(userId), 'session:read')).toBe(true);
    await stores.roles.unassign(userId, 'editor', permissionsEntry(userId));
    expect(await permissions.can(identity(userId), 'session:read')).toBe(false);
    expect(await permissions.can(identity(userId), 'memory:search')).toBe(true);
  });

  it('explains what a subject may do, and through what', async () => {
    const subjectId = await ada();
    const explain = (permission: string) => permissions.explain({ subjectId, permission });
    const yes = { subjectId, isAllowed: true, missing: [] };
    expect(await explain('session:read')).toEqual({
      ...yes,
      permission: 'session:read',
      sources: [throughReader],
    });
    expect(await explain('memory:search')).toEqual({
      ...yes,
      permission: 'memory:search',
      sources: [direct],
    });
    expect(await explain('session:readall')).toEqual({
      ...{ subjectId, permission: 'session:readall', isAllowed: false, missing: ['grant'], sources: [] },
    });
  });

  it.each<[string, (userId: string) => ExplanationRequest, readonly string[]]>([
    ['nothing', (userId) => request(identity(userId)), []],
    ['the credential', (userId) => request(identity(userId, { permissions: [] })), ['credential']],
    ['the subject', () => request(identity('nobody')), ['subject', 'grant']],
    ['the organisation', (userId) => request(identity(userId, { orgId: 'org_2' })), ['subject', 'grant']],
    ['the grant alone', (userId) => ({ ...request(identity(userId)), permission: 'x:y' }), ['grant']],
  ])('explains what is in the way of a caller: %s', async (_what, make, missing) => {
    const answer = await permissions.explain(make(await ada()));
    expect([answer.missing, answer.isAllowed]).toEqual([missing, missing.length === 0]);
  });

  it('does not allow whoever is not active, and still says what they hold', async () => {
    const subjectId = await ada({ isActive: false });
    const answer = await permissions.explain({ subjectId, permission: 'session:read' });
    expect(answer).toMatchObject({ isAllowed: false, missing: ['subject'], sources: [throughReader] });
    expect(await permissions.can(identity(subjectId), 'session:read')).toBe(false);
  });

  it("asks an application's own directory where there is one", async () => {
    const own = new OwnUsers(() => Promise.resolve({ isActive: true, permissions: ['session:*'] }));
    const service = serviceWith(own);
    expect(await service.effective('ada', { orgId: 'org_1' })).toEqual({
      ...{ subjectId: 'ada', isActive: true, permissions: ['session:*'], roles: [] },
      sources: [{ grant: 'session:*', source: 'directory', path: [] }],
    });
    await service.can(identity('svc', { provider: 'service' }), 'session:read');
    // What the credential does not carry needs no answer.
    await service.can(identity('bob', { permissions: [] }), 'session:read');
    expect(own.asked).toEqual([
      ['ada', 'org_1', 'user'],
      ['svc', 'org_1', 'service'],
    ]);
  });

  it('leaves to the credential what a directory does not tell, and to nobody without one', async () => {
    const service = serviceWith(new OwnUsers(() => Promise.resolve({ isActive: true })));
    expect(await service.can(identity('ada', { permissions: ['session:read'] }), 'session:read')).toBe(true);
    expect(await service.can(identity('ada', { permissions: [] }), 'session:read')).toBe(false);
    const alone = await service.explain({ subjectId: 'ada', permission: 'session:read' });
    expect(alone).toMatchObject({ isAllowed: false, missing: ['credential'] });
  });

  it('has what was issued before looked at again, by one entry of the log', async () => {
    await permissions.recheck('ada');
    const [entry, ...others] = await stores.revocations.readAfter(0, 100);
    expect(entry).toMatchObject({ kind: 'permissions', id: 'ada' });
    expect(entry!.at).toBeGreaterThanOrEqual(clock.now());
    expect(others).toEqual([]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    [
      'throws',
      () => {
        throw new TypeError('no pool');
      },
    ],
  ])('takes a directory that %s for an outage, and allows nothing', async (_what, fail) => {
    const service = serviceWith(new OwnUsers(fail));
    for (const call of [
      service.effective('ada'),
      service.can(identity('ada'), 'session:read'),
      service.explain({ subjectId: 'ada', permission: 'session:read' }),
    ])
      await expect(call).rejects.toMatchObject({ code: 'auth_unavailable' });
  });
});

function request(identity: UserIdentity): ExplanationRequest {
  return { identity, permission: 'session:read' };
}
