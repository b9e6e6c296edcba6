import { describe, expect, it } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { SubjectChanges } from './subject-changes.js';

const JWT = { accessTokenTtl: 60, maxAccessTokenTtl: 100, clockTolerance: 5 };

describe('SubjectChanges', () => {
  it('end what was issued until now', () => {
    const { options, clock } = makeUnits({ jwt: JWT });
    const now = clock.now();
    expect(new SubjectChanges(options, clock).ended('ada')).toMatchObject({
      kind: 'subject',
      id: 'ada',
      at: now,
    });
  });

  it('concern what is issued while a change is made', () => {
    const { options, clock } = makeUnits({ jwt: JWT });
    const { kind, id, at } = new SubjectChanges(options, clock).changed('ada');
    expect({ kind, id }).toEqual({ kind: 'permissions', id: 'ada' });
    expect(at).toBe(clock.now() + 10_000);
  });

  it.each([
    ['the last token of before has ended', { maxAge: 60 }, 105_000],
    ['nobody remembers a key of before', { maxAge: 3_600 }, 3_600_000],
    ['the last token of before has ended, where nothing is remembered', false as const, 105_000],
  ])('are told of until %s', (_what, identityCache, lasts) => {
    const { options, clock } = makeUnits({ jwt: JWT, identityCache });
    const changes = new SubjectChanges(options, clock);
    for (const { at, expiresAt } of [changes.ended('ada'), changes.changed('ada')])
      expect(expiresAt - at).toBe(lasts);
  });
});
