import assert from 'node:assert/strict';

import type { AuthStores } from '../stores/auth-stores.js';
import { newKeyRecord, withKey } from './api-key-store.fixtures.js';
import { loggedOf, newHash, newRevocation, race, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'apiKeys' | 'revocations'>;

/** The races of {@link ApiKeyStore}: many callers at the same time. */
export function apiKeyRaces({ describe, it }: TestRunner, makeStores: () => Promise<Stores> | Stores): void {
  const [now, end] = [new Date(1_000), new Date(9_000)];

  describe('ApiKeyStore in races', () => {
    it('inserts a hash once, of many callers', async () => {
      const { apiKeys } = await makeStores();
      const keyHash = newHash();
      const inserted = await race(() => apiKeys.insert(newKeyRecord({ keyHash })));
      assert.equal(inserted.filter(Boolean).length, 1);
    });

    it('rotates a key once, of many callers: one successor exists, and one entry is in the log', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores);
      const successors = Array.from({ length: 100 }, () => newKeyRecord());
      const entry = newRevocation('api-key', record.keyId);
      const results = await race((i) => apiKeys.rotate(record.keyId, successors[i]!, end, now, entry));
      const winners = successors.filter((_, i) => results[i]!.outcome === 'rotated');
      assert.equal(winners.length, 1);
      assert.ok(results.every(({ outcome }) => outcome === 'rotated' || outcome === 'refused'));
      const found = await Promise.all(successors.map(({ keyId }) => apiKeys.findById(keyId)));
      assert.deepEqual(
        found.filter((one) => one !== undefined),
        winners,
      );
      assert.equal((await apiKeys.findById(record.keyId))!.replacedBy, winners[0]!.keyId);
      assert.equal((await loggedOf(revocations, record.keyId)).length, 1);
    });

    it('revokes a key once, of many callers', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores);
      const entry = newRevocation('api-key', record.keyId);
      const revoked = await race((i) => apiKeys.revoke(record.keyId, new Date(i + 1), entry));
      assert.equal(new Set(revoked.map((one) => one!.revokedAt!.getTime())).size, 1);
      assert.equal((await loggedOf(revocations, record.keyId)).length, 1);
    });

    it('leaves a key revoked whatever is changed, noted or rotated at the same time', async () => {
      const { apiKeys, record } = await withKey(makeStores);
      const entry = newRevocation('api-key', record.keyId);
      const revokedAt = new Date(2_000);
      await race(async (i) => {
        if (i === 50) await apiKeys.revoke(record.keyId, revokedAt, entry);
        else if (i % 3 === 0) await apiKeys.touch(new Map([[record.keyId, new Date(i + 1)]]));
        else if (i % 3 === 1) await apiKeys.update(record.keyId, { isActive: i % 2 === 0 }, entry);
        else await apiKeys.rotate(record.keyId, newKeyRecord(), end, now, entry);
      });
      const found = (await apiKeys.findById(record.keyId))!;
      assert.deepEqual(found.revokedAt, revokedAt);
      assert.deepEqual(found.lastUsedAt, new Date(100));
      const late = await apiKeys.rotate(record.keyId, newKeyRecord(), end, now, entry);
      assert.deepEqual(late, { outcome: 'refused', old: found });
    });

    it('loses no change of another field, and no note of a use', async () => {
      const { apiKeys, record } = await withKey(makeStores);
      const others = Array.from({ length: 10 }, () => newKeyRecord());
      for (const other of others) await apiKeys.insert(other);
      const keyIds = [record, ...others].map(({ keyId }) => keyId);
      const entry = newRevocation('api-key', record.keyId);
      await race(async (i) => {
        // Many notes at once, in either order: each takes hold of all keys.
        const order = i % 2 === 0 ? keyIds : keyIds.toReversed();
        if (i === 30) await apiKeys.update(record.keyId, { name: 'new' }, entry);
        else if (i === 60) await apiKeys.update(record.keyId, { permissions: ['a:b'] }, entry);
        else await apiKeys.touch(new Map(order.map((keyId) => [keyId, new Date(i + 1)])));
      });
      assert.deepEqual(await apiKeys.findById(record.keyId), {
        ...record,
        name: 'new',
        permissions: ['a:b'],
        lastUsedAt: new Date(100),
      });
    });
  });
}
