import { beforeEach, describe, expect, it } from '@jest/globals';

import { forgeToken } from '../../../../test/support/forge.js';
import { makeUnits, type Units } from '../../../../test/support/units.js';
import { SubjectDirectory, type Subject, type SubjectKind } from '../identity/subject-directory.js';
import { UserIdentity } from '../identity/user-identity.js';
import { EVERY_SUBJECT } from '../revocation/revocation.js';
import { SubjectChanges } from './subject-changes.js';

/** The 10 seconds in which a change may be under way. */
const MARGIN = 10;

class Subjects extends SubjectDirectory {
  readonly asked: unknown[][] = [];
  answer: () => Promise<Subject | undefined> = async () => ({ isActive: true });

  override find(...args: [string, string | undefined, SubjectKind]): Promise<Subject | undefined> {
    this.asked.push(args);
    return this.answer();
  }
}

describe('an access token whose subject has changed since', () => {
  let subjects: Subjects;
  let units: Units;
  beforeEach(() => {
    subjects = new Subjects();
    units = makeUnits({}, undefined, subjects);
  });

  const change = (id = 'ada'): Promise<void> =>
    units.feed.revoke(new SubjectChanges(units.options, units.clock).changed(id));
  const verify = (token: string): UserIdentity | Promise<UserIdentity> => {
    const opened = units.verifier.beforeSignature(token);
    return units.verifier.afterSignature(opened);
  };
  const make = (): string =>
    units.tokens.createAccessToken({
      userId: 'ada',
      orgId: 'org',
      permissions: ['session:*', 'admin:read'],
      roles: ['editor', 'owner'],
    });

  it('is not looked at, and waits for nothing, where nothing has changed', async () => {
    const token = make();
    await change('bob');
    const identity = verify(token);
    expect(identity).toBeInstanceOf(UserIdentity);
    expect(identity).toMatchObject({ permissions: ['session:*', 'admin:read'], roles: ['editor', 'owner'] });
    expect(subjects.asked).toEqual([]);
  });

  it.each(['ada', EVERY_SUBJECT])(
    'carries what it was given and the subject holds now (entry of %j)',
    async (id) => {
      const token = make();
      await change(id);
      subjects.answer = async () => ({
        isActive: true,
        permissions: ['session:read', 'admin:*', 'memory:read'],
        roles: ['editor', 'auditor'],
      });
      const identity = await verify(token);
      expect([...identity.permissions].sort()).toEqual(['admin:read', 'session:read']);
      expect(identity.roles).toEqual(['editor']);
      expect(subjects.asked).toEqual([['ada', 'org', 'user']]);
      expect(await units.tokens.verifyAccessToken(token)).toMatchObject({ roles: ['editor'] });
    },
  );

  it('carries what it was given where the directory does not tell', async () => {
    const token = make();
    await change();
    expect(await verify(token)).toMatchObject({
      permissions: ['session:*', 'admin:read'],
      roles: ['editor', 'owner'],
    });
  });

  it('is of a program where it says so', async () => {
    const token = units.tokens.createServiceToken({ clientId: 'reports', roles: ['robot'] });
    expect(await verify(token)).toMatchObject({ provider: 'service', roles: ['robot'] });
    await change('reports');
    subjects.answer = async () => ({ isActive: true, roles: [] });
    expect(await verify(token)).toMatchObject({ provider: 'service', roles: [] });
    expect(subjects.asked).toEqual([['reports', undefined, 'service']]);
  });

  it('is from before when it was made while the change was, and not from then on', async () => {
    await change();
    units.clock.advance(MARGIN);
    expect(verify(make())).toBeInstanceOf(Promise);
    units.clock.advance(1);
    expect(verify(make())).toBeInstanceOf(UserIdentity);
    // What it carries was found out earlier than it was made.
    const { clock, tokens } = units;
    const late = tokens.createAccessToken({ userId: 'ada' }, clock.now() - 1_000);
    expect(verify(late)).toBeInstanceOf(Promise);
  });

  it('is from before when it does not say when it was made', async () => {
    const token = forgeToken({ now: units.clock.now() / 1_000, claims: { iat: undefined } });
    await change();
    units.clock.advance(MARGIN + 1);
    expect(verify(token)).toBeInstanceOf(Promise);
  });

  it.each([undefined, { isActive: false, permissions: ['*'] }])(
    'is refused when it is %j',
    async (subject) => {
      const token = make();
      await change();
      subjects.answer = async () => subject;
      const refusal = { code: 'credentials_invalid', reason: 'the subject of the token is not active' };
      await expect(verify(token)).rejects.toMatchObject(refusal);
      await expect(units.tokens.verifyAccessToken(token)).rejects.toMatchObject(refusal);
    },
  );

  it('is neither accepted nor refused while the directory does not answer', async () => {
    const token = make();
    await change();
    subjects.answer = () => {
      throw new Error('connect ECONNREFUSED');
    };
    await expect(verify(token)).rejects.toMatchObject({ code: 'auth_unavailable' });
    await expect(units.tokens.verifyAccessToken(token)).rejects.toMatchObject({ code: 'auth_unavailable' });
  });

  it('is looked at once more by the service when its subject changes meanwhile', async () => {
    const token = make();
    await change();
    subjects.answer = async () => {
      subjects.answer = async () => ({ isActive: true, permissions: [] });
      await change();
      return { isActive: true };
    };
    expect((await units.tokens.verifyAccessToken(token)).permissions).toEqual([]);
    expect(subjects.asked).toHaveLength(2);
  });
});
