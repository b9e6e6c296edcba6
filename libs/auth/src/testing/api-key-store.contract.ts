import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { ApiKeyStore } from '../api-keys/api-key.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { newKeyRecord, withKey } from './api-key-store.fixtures.js';
import { apiKeyOwners } from './api-key-store.owners.js';
import { apiKeyRaces } from './api-key-store.races.js';
import { loggedOf, newRevocation, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'apiKeys' | 'revocations'>;

/**
 * What every {@link ApiKeyStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * apiKeyStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes ids of its own.
 */
export function apiKeyStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('ApiKeyStore', () => {
    it('gives back what was inserted, by hash and by id', async () => {
      const { apiKeys, record } = await withKey(makeStores, {
        orgId: 'org_1',
        permissions: ['session:read', 'memory:*'],
        rateLimit: { limit: 1_000, window: 3_600 },
        expiresAt: new Date('2100-01-01T00:00:00.123Z'),
        metadata: { plan: 'pro', nested: { list: [1, 'two', null] } },
      });
      assert.deepEqual(await apiKeys.findByHash(record.keyHash), record);
      assert.deepEqual(await apiKeys.findById(record.keyId), record);
    });

    it('gives back absent fields as undefined', async () => {
      const { apiKeys, record } = await withKey(makeStores);
      const found = await apiKeys.findById(record.keyId);
      assert.deepEqual(found, record);
      assert.equal(found!.orgId, undefined);
      assert.equal(found!.expiresAt, undefined);
    });

    it('knows no key that is not there, nor by a part of its hash', async () => {
      const { apiKeys, record } = await withKey(makeStores);
      assert.equal(await apiKeys.findById(randomUUID()), undefined);
      assert.equal(await apiKeys.findById(`${record.keyId}\0`), undefined);
      for (const hash of ['', '%', record.keyHash.slice(0, -1), record.keyHash.toUpperCase()]) {
        assert.equal(await apiKeys.findByHash(hash), undefined);
      }
    });

    it('does not let a caller change a record through what it was given', async () => {
      const { apiKeys, record } = await withKey(makeStores, { metadata: { plan: 'free' } });
      (record.metadata as Record<string, unknown>).plan = 'pro';
      try {
        ((await apiKeys.findById(record.keyId))!.permissions as string[]).push('*');
      } catch {
        // A store may hand out frozen records.
      }
      const found = await apiKeys.findById(record.keyId);
      assert.deepEqual(found!.metadata, { plan: 'free' });
      assert.deepEqual(found!.permissions, []);
    });

    it('inserts an id once, and leaves the first record as it was', async () => {
      const { apiKeys, record } = await withKey(makeStores, { name: 'first' });
      assert.equal(await apiKeys.insert(newKeyRecord({ keyId: record.keyId, name: 'second' })), false);
      assert.equal((await apiKeys.findById(record.keyId))!.name, 'first');
    });

    it('lists in the order of creation, by owner and organisation, in pages', async () => {
      const { apiKeys } = await makeStores();
      const userId = randomUUID();
      const keyIds: string[] = [];
      for (const second of [3, 1, 2]) {
        const record = newKeyRecord({
          userId,
          orgId: `org_${second % 2}`,
          createdAt: new Date(second * 1_000),
        });
        await apiKeys.insert(record);
        keyIds[second - 1] = record.keyId;
      }
      const ids = async (query: Parameters<ApiKeyStore['list']>[0]): Promise<string[]> =>
        (await apiKeys.list(query)).map(({ keyId }) => keyId);
      assert.deepEqual(await ids({ userId, limit: 100 }), keyIds);
      assert.deepEqual(await ids({ userId, limit: 2 }), keyIds.slice(0, 2));
      assert.deepEqual(await ids({ userId, limit: 2, after: keyIds[1]! }), keyIds.slice(2));
      assert.deepEqual(await ids({ userId, orgId: 'org_0', limit: 100 }), [keyIds[1]]);
      assert.deepEqual(await ids({ userId: randomUUID(), limit: 100 }), []);
      assert.deepEqual(await ids({ userId, limit: 2, after: randomUUID() }), []);
    });

    it('lists keys that were created at the same moment in the order of their ids', async () => {
      const { apiKeys } = await makeStores();
      const userId = randomUUID();
      const keyIds = ['A', 'B', '_', 'a', 'a-a', 'ab', 'b'].map((id) => `${id}${userId}`).sort();
      for (const keyId of keyIds.toReversed()) await apiKeys.insert(newKeyRecord({ keyId, userId }));
      const first = await apiKeys.list({ userId, limit: 3 });
      const rest = await apiKeys.list({ userId, limit: 100, after: first.at(-1)!.keyId });
      assert.deepEqual(
        [...first, ...rest].map(({ keyId }) => keyId),
        keyIds,
      );
    });

    it('changes the fields that are named, clears those that are named with undefined, and keeps the others', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores, {
        expiresAt: new Date(1),
        rateLimit: { limit: 1, window: 2 },
        metadata: { a: 1 },
      });
      const revocation = newRevocation('api-key', record.keyId);
      const changes = { name: 'new', expiresAt: undefined, isActive: false, permissions: ['*'] };
      const changed = await apiKeys.update(record.keyId, changes, revocation);
      const expected = { ...record, ...changes };
      assert.deepEqual(changed, expected);
      assert.deepEqual(await apiKeys.findByHash(record.keyHash), expected);
      assert.deepEqual(await loggedOf(revocations, record.keyId), [revocation]);
    });

    it('writes nothing to the log when there is nothing to change', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores);
      const unknown = randomUUID();
      const entry = newRevocation('api-key', unknown);
      assert.deepEqual(
        await apiKeys.update(record.keyId, {}, newRevocation('api-key', record.keyId)),
        record,
      );
      assert.equal(await apiKeys.update(unknown, { name: 'new' }, entry), undefined);
      assert.equal(await apiKeys.revoke(unknown, new Date(1_000), entry), undefined);
      const rotated = await apiKeys.rotate(unknown, newKeyRecord(), new Date(2_000), new Date(1_000), entry);
      assert.deepEqual(rotated, { outcome: 'unknown' });
      assert.deepEqual(await loggedOf(revocations, unknown), []);
      assert.deepEqual(await loggedOf(revocations, record.keyId), []);
    });

    it('revokes once: the first moment stays, and the log has one entry', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores);
      const revocation = newRevocation('api-key', record.keyId);
      const revoked = await apiKeys.revoke(record.keyId, new Date(1_000), revocation);
      assert.deepEqual(revoked, { ...record, revokedAt: new Date(1_000) });
      assert.deepEqual(await apiKeys.revoke(record.keyId, new Date(2_000), revocation), revoked);
      assert.deepEqual(await apiKeys.findByHash(record.keyHash), revoked);
      assert.deepEqual(await loggedOf(revocations, record.keyId), [revocation]);
    });

    it('rotates: the successor is there, and the key ends when it should, or earlier if it would have', async () => {
      for (const [expiresAt, endsAt] of [
        [undefined, 5_000],
        [9_000, 5_000],
        [3_000, 3_000],
      ] as const) {
        const { apiKeys, revocations, record } = await withKey(makeStores, {
          expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
        });
        const revocation = newRevocation('api-key', record.keyId);
        const successor = newKeyRecord({ name: 'successor' });
        const [end, now] = [new Date(5_000), new Date(1_000)];
        const result = await apiKeys.rotate(record.keyId, successor, end, now, revocation);
        const old = { ...record, expiresAt: new Date(endsAt), replacedBy: successor.keyId, replacedAt: now };
        assert.deepEqual(result, { outcome: 'rotated', old });
        assert.deepEqual(await apiKeys.findByHash(record.keyHash), old);
        assert.deepEqual(await apiKeys.findByHash(successor.keyHash), successor);
        assert.deepEqual(await loggedOf(revocations, record.keyId), [revocation]);
      }
    });

    it('rotates no key that is revoked, inactive, expired or replaced, and none to a successor that exists', async () => {
      const refused: Parameters<typeof newKeyRecord>[0][] = [
        { revokedAt: new Date(1) },
        { isActive: false },
        { expiresAt: new Date(1_000) },
        { replacedBy: randomUUID() },
      ];
      for (const fields of [...refused, {}]) {
        const { apiKeys, revocations, record } = await withKey(makeStores, fields);
        const entry = newRevocation('api-key', record.keyId);
        const successor = Object.keys(fields!).length > 0 ? newKeyRecord() : record;
        const result = await apiKeys.rotate(record.keyId, successor, new Date(2_000), new Date(1_000), entry);
        assert.deepEqual(result, { outcome: 'refused', old: record });
        assert.deepEqual(await apiKeys.findById(record.keyId), record);
        if (successor !== record) assert.equal(await apiKeys.findById(successor.keyId), undefined);
        assert.deepEqual(await loggedOf(revocations, record.keyId), []);
      }
    });

    it('notes uses, never back, and nothing in the log; skips unknown keys', async () => {
      const { apiKeys, revocations, record } = await withKey(makeStores);
      const other = await withKey(makeStores, { lastUsedAt: new Date(5_000) });
      const touch = (second: number): Promise<void> =>
        apiKeys.touch(
          new Map(
            [record, newKeyRecord(), other.record].map(({ keyId }) => [keyId, new Date(second * 1_000)]),
          ),
        );
      await touch(3);
      assert.deepEqual(await apiKeys.findById(record.keyId), { ...record, lastUsedAt: new Date(3_000) });
      await touch(2);
      assert.deepEqual((await apiKeys.findById(record.keyId))!.lastUsedAt, new Date(3_000));
      await apiKeys.touch(new Map());
      assert.deepEqual(await other.apiKeys.findById(other.record.keyId), other.record);
      assert.deepEqual(await loggedOf(revocations, record.keyId), []);
    });
  });

  apiKeyOwners({ describe, it }, makeStores);
  apiKeyRaces({ describe, it }, makeStores);
}
