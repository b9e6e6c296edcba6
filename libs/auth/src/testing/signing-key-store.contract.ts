import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { AuthStores } from '../stores/auth-stores.js';
import type { SigningKeyRecord, SigningKeyStore } from '../tokens/signing-key.store.js';
import { loggedOf, newRevocation, race, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'revocations'> & { readonly signingKeys: SigningKeyStore };

const [THEN, NOW] = [new Date(1_767_323_045_678), new Date(1_767_323_099_999)];

/**
 * What every {@link SigningKeyStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * signingKeyStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes ids of its own.
 */
export function signingKeyStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('SigningKeyStore', () => {
    it('gives back what was inserted, in the order of creation', async () => {
      const { signingKeys } = await makeStores();
      const records = [
        newRecord({ createdAt: new Date(THEN.getTime() + 1) }),
        newRecord({ algorithm: 'HS512', state: 'retired', sealedKey: undefined }),
      ];
      for (const record of records) assert.equal(await insert(signingKeys, record), true);
      assert.deepEqual(await found(signingKeys, records), records.toReversed());
    });

    it('inserts no keyId twice, and leaves the first as it was', async () => {
      const { signingKeys, revocations } = await makeStores();
      const record = newRecord();
      const results = await race(() => insert(signingKeys, record));
      assert.equal(results.filter(Boolean).length, 1);
      assert.equal(await insert(signingKeys, { ...record, algorithm: 'HS384', state: 'retired' }), false);
      assert.deepEqual(await found(signingKeys, [record]), [record]);
      assert.deepEqual(await loggedOf(revocations, record.keyId), [revocationOf(record)]);
    });

    it('writes every change to the log, and no change that it refuses', async () => {
      const { signingKeys, revocations } = await makeStores();
      const record = newRecord();
      await insert(signingKeys, record);
      assert.equal(await change(signingKeys, record, 'active'), true);
      assert.equal(await change(signingKeys, record, 'retired'), false);
      await activateAnother(signingKeys);
      assert.equal(await change(signingKeys, record, 'removed'), true);
      assert.equal(await change(signingKeys, record, 'removed'), false);
      const expected = Array.from({ length: 3 }, () => revocationOf(record));
      assert.deepEqual(await loggedOf(revocations, record.keyId), expected);
    });

    it('changes state and time, and keeps the rest of a record', async () => {
      const { signingKeys } = await makeStores();
      const record = newRecord();
      await insert(signingKeys, record);
      assert.equal(
        await change(signingKeys, { ...record, createdAt: NOW, sealedKey: undefined }, 'retired'),
        true,
      );
      const changed = { ...record, state: 'retired' as const, changedAt: NOW };
      assert.deepEqual(await found(signingKeys, [record]), [changed]);
    });

    it('makes a record of a key of the options when that changes', async () => {
      const { signingKeys } = await makeStores();
      const record = newRecord({ sealedKey: undefined });
      assert.equal(await change(signingKeys, record, 'retired'), true);
      assert.deepEqual(await found(signingKeys, [record]), [{ ...record, state: 'retired', changedAt: NOW }]);
    });

    it('retires the active key when another becomes active', async () => {
      const { signingKeys } = await makeStores();
      const [first, second] = [newRecord(), newRecord()];
      await insert(signingKeys, first);
      await change(signingKeys, first, 'active');
      assert.equal(await change(signingKeys, second, 'active'), true);
      const states = (await found(signingKeys, [first, second])).map(({ keyId, state }) => ({
        keyId,
        state,
      }));
      assert.deepEqual(new Set(states.map(({ state }) => state)), new Set(['retired', 'active']));
      assert.deepEqual(
        states.find(({ state }) => state === 'active'),
        { keyId: second.keyId, state: 'active' },
      );
      assert.equal(await change(signingKeys, second, 'active'), true);
    });

    it('takes the active key its state in no other way', async () => {
      const { signingKeys } = await makeStores();
      const record = newRecord();
      await change(signingKeys, record, 'active');
      for (const state of ['next', 'retired', 'removed'] as const) {
        assert.equal(await change(signingKeys, record, state), false);
      }
      assert.equal((await found(signingKeys, [record]))[0]!.state, 'active');
    });

    it('erases a key that is removed, and keeps its name for ever', async () => {
      const { signingKeys } = await makeStores();
      const record = newRecord();
      await insert(signingKeys, record);
      assert.equal(await change(signingKeys, record, 'removed'), true);
      const removed = { ...record, state: 'removed' as const, sealedKey: undefined, changedAt: NOW };
      assert.deepEqual(await found(signingKeys, [record]), [removed]);
      assert.equal(await insert(signingKeys, record), false);
      for (const state of ['next', 'active', 'retired'] as const) {
        assert.equal(await change(signingKeys, record, state), false);
      }
      assert.deepEqual(await found(signingKeys, [record]), [removed]);
    });

    it('has one active key when many become active at once, known before or not', async () => {
      const { signingKeys } = await makeStores();
      const records = Array.from({ length: 100 }, () => newRecord());
      for (const record of records.slice(0, 10)) await insert(signingKeys, record);
      const results = await race((i) => change(signingKeys, records[i]!, 'active'));
      assert.ok(results.every(Boolean));
      const all = await signingKeys.list();
      assert.equal(all.filter(({ state }) => state === 'active').length, 1);
      assert.equal((await found(signingKeys, records)).length, records.length);
    });

    it('never has a key active that was removed at the same time', async () => {
      const { signingKeys } = await makeStores();
      const record = newRecord();
      await insert(signingKeys, record);
      await race((i) => change(signingKeys, record, i % 2 === 0 ? 'active' : 'removed'));
      const [{ state } = record] = await found(signingKeys, [record]);
      const wins = state === 'active' ? 'removed' : 'active';
      assert.equal(await change(signingKeys, record, wins), false);
    });
  });
}

function newRecord(fields: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    keyId: randomUUID(),
    algorithm: 'ES256',
    state: 'next',
    sealedKey: 'c2VhbGVk',
    createdAt: THEN,
    changedAt: THEN,
    ...fields,
  };
}

const revocationOf = ({ keyId }: SigningKeyRecord) => newRevocation('signing-key', keyId);

function insert(store: SigningKeyStore, record: SigningKeyRecord): Promise<boolean> {
  return store.insert(record, revocationOf(record));
}

function change(
  store: SigningKeyStore,
  record: SigningKeyRecord,
  state: SigningKeyRecord['state'],
): Promise<boolean> {
  return store.change({ ...record, state, changedAt: NOW }, revocationOf(record));
}

async function activateAnother(store: SigningKeyStore): Promise<void> {
  await change(store, newRecord(), 'active');
}

async function found(
  store: SigningKeyStore,
  records: readonly SigningKeyRecord[],
): Promise<readonly SigningKeyRecord[]> {
  const ids = new Set(records.map(({ keyId }) => keyId));
  return (await store.list()).filter(({ keyId }) => ids.has(keyId));
}
