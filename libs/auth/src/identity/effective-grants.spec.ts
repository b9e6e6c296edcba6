import { describe, expect, it } from '@jest/globals';

import { effectiveGrants, type CarriedGrants, type EffectiveGrants } from './effective-grants.js';
import { SubjectDirectory, type Subject, type SubjectKind } from './subject-directory.js';

class Answers extends SubjectDirectory {
  readonly asked: unknown[][] = [];

  constructor(private readonly answer: unknown) {
    super();
  }

  override find(userId: string, orgId: string | undefined, kind: SubjectKind): Promise<Subject | undefined> {
    this.asked.push([userId, orgId, kind]);
    if (this.answer instanceof Error) throw this.answer;
    // Without a promise: JavaScript has nothing against it.
    return this.answer as never;
  }
}

function effective(
  answer: unknown,
  carried: Partial<CarriedGrants> = {},
): Promise<EffectiveGrants | undefined> {
  const owner = { userId: 'ada', orgId: 'org', permissions: ['session:*', 'memory:read'], ...carried };
  return effectiveGrants(new Answers(answer), owner, 'user');
}

describe('effectiveGrants', () => {
  it('are what the credential carries and the subject holds', async () => {
    const holds = ['session:read', 'admin:write'];
    expect(await effective({ isActive: true, permissions: holds })).toMatchObject({
      permissions: ['session:read'],
    });
    expect(await effective({ isActive: true, permissions: [] })).toMatchObject({ permissions: [] });
    expect(await effective({ isActive: true, permissions: holds }, { permissions: ['*'] })).toMatchObject({
      permissions: holds,
    });
  });

  it('are what the credential carries where the directory does not tell', async () => {
    expect(await effective({ isActive: true })).toEqual({
      permissions: ['session:*', 'memory:read'],
      roles: undefined,
    });
    expect(await effective({ isActive: true }, { roles: ['editor'] })).toMatchObject({ roles: ['editor'] });
  });

  it('are roles of both; those of the subject where the credential says none', async () => {
    const subject = { isActive: true, roles: ['editor', 'auditor'] };
    expect(await effective(subject, { roles: ['owner', 'editor'] })).toMatchObject({ roles: ['editor'] });
    expect(await effective(subject, { roles: [] })).toMatchObject({ roles: [] });
    expect(await effective(subject)).toMatchObject({ roles: ['editor', 'auditor'] });
  });

  it.each([[undefined], [null], [{ isActive: false, permissions: ['*'] }], [{}], [{ isActive: 'yes' }]])(
    'are none of a subject that is gone or not active: %j',
    async (answer) => expect(await effective(answer)).toBeUndefined(),
  );

  it.each([
    [new TypeError('down')],
    [{ isActive: true, permissions: null }],
    [{ isActive: true, permissions: '*' }],
    [{ isActive: true, roles: null }],
    [{ isActive: true, roles: 'editor' }],
    [{ isActive: true, roles: ['editor', 5] }],
    [{ isActive: true, roles: [''] }],
  ])('are unknown where the directory fails, or answers as it may not: %p', async (answer) => {
    await expect(effective(answer)).rejects.toThrow(TypeError);
  });

  it('asks for the subject, its organisation and its kind', async () => {
    const directory = new Answers({ isActive: true });
    await effectiveGrants(directory, { userId: 'ada', orgId: undefined, permissions: [] }, 'service');
    expect(directory.asked).toEqual([['ada', undefined, 'service']]);
  });
});
