import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import type { ApiKeyUpdate } from './api-key.input.js';

const CARRIED = {
  permissions: ['session:*', 'memory:read'] as const,
  rateLimit: { limit: 100, window: 60 },
};

describe('ApiKeyService.rotate, while the key is changed', () => {
  /** Rotates a key that is changed after the service has read it. */
  async function rotateWhile(change: ApiKeyUpdate) {
    const { apiKeys, store, clock } = makeUnits();
    const { apiKey } = await apiKeys.create({ name: 'ci', userId: 'ada', ...CARRIED });
    const read = store.findById.bind(store);
    jest.spyOn(store, 'findById').mockImplementationOnce(async (keyId) => {
      const found = await read(keyId);
      await apiKeys.update(keyId, change);
      return found;
    });
    const made = (await apiKeys.rotate(apiKey.keyId))!;
    const identity = await apiKeys.verify(made.key);
    expect(made.apiKey.permissions).toEqual(identity.permissions);
    expect(made.apiKey.createdAt).toEqual(new Date(clock.now()));
    return made.apiKey;
  }

  it.each<[string, ApiKeyUpdate, readonly string[]]>([
    ['gives the successor nothing that was taken away', { permissions: ['memory:read'] }, ['memory:read']],
    ['gives it less of the same', { permissions: ['session:read'] }, ['session:read']],
    ['gives it nothing when all was taken away', { permissions: [] }, []],
    [
      'gives it nothing that was added, which nobody has looked at',
      { permissions: ['*'] },
      CARRIED.permissions,
    ],
  ])('%s', async (_what, change, permissions) => {
    expect((await rotateWhile(change)).permissions).toEqual(permissions);
  });

  it('gives it the limit that the key has now', async () => {
    const rateLimit = { limit: 1, window: 60 };
    expect((await rotateWhile({ rateLimit })).rateLimit).toEqual(rateLimit);
  });
});

describe('ApiKeyService, while the log can be written and not read', () => {
  const cutOff = () =>
    jest.spyOn(MemoryRevocationStore.prototype, 'readAfter').mockRejectedValue(new Error('ECONNREFUSED'));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives the successor of a key: nobody could get to know it later', async () => {
    const { apiKeys } = makeUnits();
    const { apiKey } = await apiKeys.create({ name: 'ci', userId: 'ada' });
    cutOff();
    const made = (await apiKeys.rotate(apiKey.keyId))!;
    expect((await apiKeys.verify(made.key)).credentialId).toBe(made.apiKey.keyId);
    expect((await apiKeys.get(apiKey.keyId))!.replacedBy).toBe(made.apiKey.keyId);
  });

  it('does not say that a key is revoked which it may still accept', async () => {
    const { apiKeys } = makeUnits();
    const { apiKey } = await apiKeys.create({ name: 'ci', userId: 'ada' });
    const reading = cutOff();
    await expect(apiKeys.revoke(apiKey.keyId)).rejects.toMatchObject({ code: 'auth_unavailable' });
    reading.mockRestore();
    expect((await apiKeys.revoke(apiKey.keyId))!.revokedAt).toBeDefined();
  });
});
