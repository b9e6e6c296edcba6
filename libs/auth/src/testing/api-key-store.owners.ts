import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { ApiKeyRecord } from '../api-keys/api-key.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { newKeyRecord } from './api-key-store.fixtures.js';
import type { TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'apiKeys'>;

/** The part of the contract that is about whose keys are whose. */
export function apiKeyOwners({ describe, it }: TestRunner, makeStores: () => Promise<Stores> | Stores): void {
  describe('ApiKeyStore by owners', () => {
    it('lists those of no organisation apart', async () => {
      const { apiKeys } = await makeStores();
      const userId = randomUUID();
      const [none, one] = [newKeyRecord({ userId }), newKeyRecord({ userId, orgId: 'org_1' })];
      for (const record of [none, one]) await apiKeys.insert(record);
      assert.deepEqual(await apiKeys.list({ userId, orgId: null, limit: 100 }), [none]);
      assert.deepEqual(await apiKeys.list({ userId, orgId: 'org_1', limit: 100 }), [one]);
      assert.equal((await apiKeys.list({ userId, limit: 100 })).length, 2);
    });

    it('counts what is neither revoked nor expired, of one owner in one organisation', async () => {
      const { apiKeys } = await makeStores();
      const [userId, orgId, now] = [randomUUID(), 'org_1', new Date(5_000)];
      const counted: Partial<ApiKeyRecord>[] = [
        { orgId },
        { orgId, isActive: false },
        { orgId, expiresAt: new Date(5_001) },
        { orgId, expiresAt: new Date(9_000), replacedBy: randomUUID(), replacedAt: new Date(1_000) },
      ];
      const others: Partial<ApiKeyRecord>[] = [
        { orgId, revokedAt: new Date(1_000) },
        { orgId, expiresAt: now },
        { orgId: 'org_2' },
        { orgId: undefined },
        { orgId, userId: randomUUID() },
      ];
      for (const fields of [...counted, ...others]) await apiKeys.insert(newKeyRecord({ userId, ...fields }));
      assert.equal(await apiKeys.countLive(userId, orgId, now), counted.length);
      assert.equal(await apiKeys.countLive(userId, undefined, now), 1);
      assert.equal(await apiKeys.countLive(randomUUID(), orgId, now), 0);
    });
  });
}
