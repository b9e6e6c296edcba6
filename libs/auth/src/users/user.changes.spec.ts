import { describe, expect, it } from '@jest/globals';

import { changesOf } from './user.changes.js';
import type { UserUpdate } from './user.input.js';
import type { UserRecord } from './user.store.js';

const [BEFORE, NOW] = [new Date('2026-01-01'), new Date('2026-01-02')];
const ADA: UserRecord = {
  ...{
    userId: 'ada',
    email: 'ada@example.com',
    name: 'Ada',
    orgId: 'org_1',
    passwordHash: 'x',
    isActive: true,
  },
  ...{ emailVerifiedAt: BEFORE, metadata: { a: [1] }, createdAt: BEFORE, updatedAt: BEFORE },
};

describe('changesOf', () => {
  it.each<[string, UserUpdate, object]>([
    ['nothing', {}, {}],
    [
      'what is so already',
      { name: 'Ada', email: 'ada@example.com', orgId: 'org_1', metadata: { a: [1] }, isEmailVerified: true },
      {},
    ],
    ['a name', { name: 'Ada L.' }, { name: 'Ada L.' }],
    ['no name', { name: null }, { name: undefined }],
    ['no organisation', { orgId: null }, { orgId: undefined }],
    ['metadata', { metadata: {} }, { metadata: {} }],
    ['another address', { email: 'al@example.com' }, { email: 'al@example.com', emailVerifiedAt: undefined }],
    [
      'another address that is known to be theirs',
      { email: 'al@example.com', isEmailVerified: true },
      { email: 'al@example.com', emailVerifiedAt: NOW },
    ],
    ['an address that is not theirs after all', { isEmailVerified: false }, { emailVerifiedAt: undefined }],
  ])('%s', (_what, update, changes) => {
    expect(changesOf(ADA, update, NOW)).toStrictEqual(changes);
  });

  it('verifies an address, once', () => {
    const unverified = { ...ADA, emailVerifiedAt: undefined };
    expect(changesOf(unverified, { isEmailVerified: true }, NOW)).toStrictEqual({ emailVerifiedAt: NOW });
    expect(changesOf(unverified, { isEmailVerified: false }, NOW)).toStrictEqual({});
    expect(changesOf(unverified, { name: 'Ada' }, NOW)).toStrictEqual({});
  });

  it('clears nothing that is not there', () => {
    const bare = { ...ADA, name: undefined, orgId: undefined };
    expect(changesOf(bare, { name: null, orgId: null }, NOW)).toStrictEqual({});
  });
});
