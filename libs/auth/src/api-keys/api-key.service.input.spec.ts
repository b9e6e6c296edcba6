import { describe, expect, it } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { definePermissions } from '../identity/permission.js';

const { apiKeys } = makeUnits();

/** Stands for a value that must not be repeated. */
const CANARY = 'cAnArY';
const good = { name: 'ci', userId: 'ada' };

async function problemOf(made: Promise<unknown>): Promise<string> {
  const error: unknown = await made.then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).not.toContain(CANARY);
  return (error as Error).message;
}

describe('ApiKeyService refuses to make a key', () => {
  it.each<[string, Record<string, unknown>]>([
    ['name is empty', { name: '' }],
    ['name is empty', { name: ' \t' }],
    ['name is not text', { name: undefined }],
    ['name is longer than 100 characters', { name: 'x'.repeat(101) }],
    ['userId is not text', { userId: undefined }],
    ['userId is empty', { userId: '' }],
    ['userId is longer than 255 characters', { userId: 'x'.repeat(256) }],
    ['orgId is empty', { orgId: '' }],
    ['orgId is not text', { orgId: null }],
    ['permissions is not a list of permissions', { permissions: CANARY }],
    ['permissions.1 is neither resource:action nor resource:* nor *', { permissions: ['a:b', CANARY] }],
    ['rateLimit is not { limit, window }', { rateLimit: 5 }],
    ['rateLimit.limit is below 1', { rateLimit: { limit: 0, window: 60 } }],
    ['rateLimit.window is below 1', { rateLimit: { limit: 1, window: -1 } }],
    ['rateLimit.limit is not a whole number', { rateLimit: { limit: 1.5, window: 60 } }],
    ['rateLimit.window is not a whole number', { rateLimit: { limit: 1, window: CANARY } }],
    ['extra is no field of it', { rateLimit: { limit: 1, window: 60, extra: CANARY } }],
    ['expiresAt is not a Date', { expiresAt: '2100-01-01' }],
    ['expiresAt is not a Date', { expiresAt: new Date(Number.NaN) }],
    ['isActive is neither true nor false', { isActive: 'false' }],
    ['metadata is no plain JSON object', { metadata: [CANARY] }],
    ['metadata.at is no JSON value', { metadata: { at: new Date() } }],
    ...['keyId', 'keyHash', 'createdAt', 'revokedAt', 'lastUsedAt', 'replacedBy', 'usrId'].map(
      (field): [string, Record<string, unknown>] => [`${field} is no field of it`, { [field]: CANARY }],
    ),
  ])('%s', async (problem, fields) => {
    expect(await problemOf(apiKeys.create({ ...good, ...fields } as never))).toBe(`create: ${problem}`);
  });

  it('because of everything at once, and stores nothing', async () => {
    const { apiKeys: empty } = makeUnits();
    const message = await problemOf(empty.create({ name: '', isActive: 1, x: CANARY } as never));
    for (const part of [
      'name is empty',
      'userId is not text',
      'isActive is neither',
      'x is no field of it',
    ]) {
      expect(message).toContain(part);
    }
    expect(await problemOf(empty.create(undefined as never))).toMatch(/^create: the input /);
    expect(await empty.list()).toEqual([]);
  });

  it('with a grant that the catalogue does not know, also in register and update', async () => {
    const { apiKeys: strict } = makeUnits({ permissions: definePermissions({ session: ['read'] }) });
    const { apiKey } = await strict.create({ ...good, permissions: ['session:read', 'session:*', '*'] });
    const permissions = ['session:list'] as const;
    const keyHash = 'a'.repeat(64);
    expect(await problemOf(strict.create({ ...good, permissions }))).toContain('is in no catalogue');
    expect(await problemOf(strict.register({ userId: 'ada', keyHash, permissions }))).toContain(
      'no catalogue',
    );
    expect(await problemOf(strict.update(apiKey.keyId, { permissions }))).toContain('is in no catalogue');
  });
});

describe('ApiKeyService refuses to register a key', () => {
  it.each<[string, Record<string, unknown>]>([
    ['keyHash is not text', { keyHash: undefined }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: '' }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: 'a'.repeat(63) }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: 'a'.repeat(65) }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: `${'a'.repeat(63)}g` }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: `${'a'.repeat(64)}\n` }],
    ['keyHash is not 64 hexadecimal digits', { keyHash: `ck_${CANARY}` }],
    ['keyId is empty', { keyId: '' }],
    ['createdAt is not a Date', { createdAt: 5 }],
    ['key is no field of it', { key: CANARY }],
    ['revokedAt is no field of it', { revokedAt: new Date() }],
  ])('%s', async (problem, fields) => {
    const input = { userId: 'ada', keyHash: 'a'.repeat(64), ...fields };
    expect(await problemOf(apiKeys.register(input as never))).toBe(`register: ${problem}`);
  });
});

describe('ApiKeyService refuses to change', () => {
  it.each<[string, Record<string, unknown>]>([
    ...[
      'userId',
      'orgId',
      'keyId',
      'keyHash',
      'keyStart',
      'createdAt',
      'revokedAt',
      'lastUsedAt',
      'replacedBy',
    ].map((field): [string, Record<string, unknown>] => [`${field} is no field of it`, { [field]: CANARY }]),
    ['name is not text', { name: null }],
    ['permissions is not a list of permissions', { permissions: null }],
    ['metadata is no plain JSON object', { metadata: null }],
    ['isActive is neither true nor false', { isActive: null }],
    ['expiresAt is not a Date', { expiresAt: 5 }],
  ])('%s', async (problem, fields) => {
    const { apiKey } = await apiKeys.create(good);
    expect(await problemOf(apiKeys.update(apiKey.keyId, fields))).toBe(`update: ${problem}`);
    expect(await apiKeys.get(apiKey.keyId)).toEqual(apiKey);
  });
});
