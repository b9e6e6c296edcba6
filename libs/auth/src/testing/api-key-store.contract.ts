import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';

import type { ApiKeyRecord, ApiKeyStore } from '../api-keys/api-key.store.js';

/** The two functions that a contract needs of a test runner; Jest, Vitest, Mocha and node:test all have them. */
export interface TestRunner {
  readonly describe: (name: string, suite: () => void) => void;
  readonly it: (name: string, test: () => Promise<void>) => void;
}

/**
 * What every {@link ApiKeyStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * apiKeyStoreContract({ describe, it }, async () => new MongoApiKeyStore(database));
 * ```
 *
 * @param makeStore called for each test; stores may share one database, since every test makes ids of its own.
 */
export function apiKeyStoreContract(
  { describe, it }: TestRunner,
  makeStore: () => Promise<ApiKeyStore> | ApiKeyStore,
): void {
  const withRecord = async (
    fields: Partial<ApiKeyRecord> = {},
  ): Promise<{ store: ApiKeyStore; record: ApiKeyRecord }> => {
    const store = await makeStore();
    const record = newRecord(fields);
    assert.equal(await store.insert(record), true);
    return { store, record };
  };

  describe('ApiKeyStore', () => {
    it('gives back what was inserted, by hash and by id', async () => {
      const { store, record } = await withRecord({
        orgId: 'org_1',
        permissions: ['session:read', 'memory:*'],
        rateLimit: { limit: 1_000, window: 3_600 },
        expiresAt: new Date('2100-01-01T00:00:00.123Z'),
        metadata: { plan: 'pro', nested: { list: [1, 'two', null] } },
      });
      assert.deepEqual(await store.findByHash(record.keyHash), record);
      assert.deepEqual(await store.findById(record.keyId), record);
    });

    it('gives back absent fields as undefined', async () => {
      const { store, record } = await withRecord();
      const found = await store.findById(record.keyId);
      assert.deepEqual(found, record);
      assert.equal(found!.orgId, undefined);
      assert.equal(found!.expiresAt, undefined);
    });

    it('knows no key that is not there, nor by a part of its hash', async () => {
      const { store, record } = await withRecord();
      assert.equal(await store.findById(randomUUID()), undefined);
      for (const hash of ['', '%', record.keyHash.slice(0, -1), record.keyHash.toUpperCase()]) {
        assert.equal(await store.findByHash(hash), undefined);
      }
    });

    it('does not let a caller change a record through what it was given', async () => {
      const { store, record } = await withRecord({ metadata: { plan: 'free' } });
      (record.metadata as Record<string, unknown>).plan = 'pro';
      try {
        ((await store.findById(record.keyId))!.permissions as string[]).push('*');
      } catch {
        // A store may hand out frozen records.
      }
      const found = await store.findById(record.keyId);
      assert.deepEqual(found!.metadata, { plan: 'free' });
      assert.deepEqual(found!.permissions, []);
    });

    it('inserts a hash once, of 100 callers at the same time', async () => {
      const store = await makeStore();
      const keyHash = newHash();
      const inserted = await Promise.all(
        Array.from({ length: 100 }, () => store.insert(newRecord({ keyHash }))),
      );
      assert.equal(inserted.filter(Boolean).length, 1);
    });

    it('inserts an id once, and leaves the first record as it was', async () => {
      const { store, record } = await withRecord({ name: 'first' });
      assert.equal(await store.insert(newRecord({ keyId: record.keyId, name: 'second' })), false);
      assert.equal((await store.findById(record.keyId))!.name, 'first');
    });

    it('lists in the order of creation, by owner and organisation, in pages', async () => {
      const store = await makeStore();
      const userId = randomUUID();
      const keyIds: string[] = [];
      for (const second of [3, 1, 2]) {
        const record = newRecord({ userId, orgId: `org_${second % 2}`, createdAt: new Date(second * 1_000) });
        await store.insert(record);
        keyIds[second - 1] = record.keyId;
      }
      const ids = async (query: Parameters<ApiKeyStore['list']>[0]): Promise<string[]> =>
        (await store.list(query)).map(({ keyId }) => keyId);
      assert.deepEqual(await ids({ userId, limit: 100 }), keyIds);
      assert.deepEqual(await ids({ userId, limit: 2 }), keyIds.slice(0, 2));
      assert.deepEqual(await ids({ userId, limit: 2, after: keyIds[1]! }), keyIds.slice(2));
      assert.deepEqual(await ids({ userId, orgId: 'org_0', limit: 100 }), [keyIds[1]]);
      assert.deepEqual(await ids({ userId: randomUUID(), limit: 100 }), []);
    });

    it('lists what was created at the same moment in the order of keyId, each once over all pages', async () => {
      const store = await makeStore();
      const userId = randomUUID();
      const keyIds = Array.from({ length: 8 }, () => randomUUID());
      for (const keyId of keyIds) await store.insert(newRecord({ keyId, userId }));
      const listed: string[] = [];
      for (let page = 0; page < 4; page += 1) {
        const keys = await store.list({ userId, limit: 2, after: listed.at(-1) });
        listed.push(...keys.map(({ keyId }) => keyId));
      }
      assert.deepEqual(listed, keyIds.sort());
    });

    it('changes the fields that are named, clears those that are named with undefined, and keeps the others', async () => {
      const { store, record } = await withRecord({ expiresAt: new Date(1), metadata: { a: 1 } });
      const changed = await store.update(record.keyId, {
        name: 'new',
        expiresAt: undefined,
        isActive: false,
        permissions: ['*'],
      });
      const expected = { ...record, name: 'new', expiresAt: undefined, isActive: false, permissions: ['*'] };
      assert.deepEqual(changed, expected);
      assert.deepEqual(await store.findByHash(record.keyHash), expected);
      assert.equal(await store.update(randomUUID(), { name: 'new' }), undefined);
    });

    it('revokes once: the first moment stays', async () => {
      const { store, record } = await withRecord();
      const revoked = await store.revoke(record.keyId, new Date(1_000));
      assert.deepEqual(revoked, { ...record, revokedAt: new Date(1_000) });
      assert.deepEqual(await store.revoke(record.keyId, new Date(2_000)), revoked);
      assert.equal(await store.revoke(randomUUID(), new Date(1_000)), undefined);
    });

    it('leaves a key revoked whatever is changed at the same time', async () => {
      // The revocation comes before, among and behind the changes: the last of them must not hide what the first undid.
      for (const before of [0, 50, 100]) {
        const { store, record } = await withRecord();
        const change = (_: unknown, i: number): Promise<unknown> =>
          store.update(record.keyId, i % 2 === 0 ? { lastUsedAt: new Date(i) } : { isActive: i % 4 === 1 });
        await Promise.all([
          ...Array.from({ length: before }, change),
          store.revoke(record.keyId, new Date(1_000)),
          ...Array.from({ length: 100 - before }, change),
        ]);
        assert.deepEqual((await store.findById(record.keyId))!.revokedAt, new Date(1_000));
      }
    });
  });
}

function newHash(): string {
  return hash('sha256', randomUUID(), 'hex');
}

function newRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    keyId: randomUUID(),
    keyHash: newHash(),
    keyStart: 'ck_Ab3dE',
    name: 'contract',
    userId: 'user_1',
    orgId: undefined,
    permissions: [],
    rateLimit: undefined,
    expiresAt: undefined,
    isActive: true,
    metadata: {},
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    lastUsedAt: undefined,
    revokedAt: undefined,
    replacedBy: undefined,
    ...fields,
  };
}
