import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import type { Revocation } from '../revocation/revocation.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { SigningKeyStore, type SigningKeyRecord } from '../tokens/signing-key.store.js';
import { signingKeyStoreContract } from './signing-key-store.contract.js';

/** What a store may get wrong. */
type Fault =
  | 'forgets the order'
  | 'inserts again'
  | 'inserts what was removed'
  | 'does not log'
  | 'logs what it refuses'
  | 'writes the whole record'
  | 'changes known keys only'
  | 'leaves two keys active'
  | 'takes the active key away'
  | 'brings back what was removed'
  | 'keeps what was removed'
  | 'looks first and writes later';

/** A store with one fault, or with none. */
class FaultySigningKeyStore extends SigningKeyStore {
  readonly #records = new Map<string, SigningKeyRecord>();

  constructor(
    private readonly log: MemoryRevocationStore,
    private readonly fault: Fault | undefined,
  ) {
    super();
  }

  override async list(): Promise<readonly SigningKeyRecord[]> {
    const records = [...this.#records.values()];
    if (this.fault === 'forgets the order') return records;
    return records.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  override async insert(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    const known = this.#records.get(record.keyId);
    const isTaken =
      known !== undefined && !(this.fault === 'inserts what was removed' && known.state === 'removed');
    if (isTaken && this.fault !== 'inserts again') return false;
    return this.#write(record, revocation);
  }

  override async change(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    const { keyId, state, changedAt } = record;
    const known = this.#records.get(keyId);
    const active = [...this.#records.values()].filter((one) => one.state === 'active');
    const isRemoved = known?.state === 'removed' && this.fault !== 'brings back what was removed';
    const isTaken =
      known?.state === 'active' && state !== 'active' && this.fault !== 'takes the active key away';
    const isUnknown = known === undefined && this.fault === 'changes known keys only';
    if (isRemoved || isTaken || isUnknown) {
      if (this.fault === 'logs what it refuses') this.log.appendNow([revocation]);
      return false;
    }
    if (this.fault === 'looks first and writes later') await new Promise((resolve) => setImmediate(resolve));
    if (state === 'active' && this.fault !== 'leaves two keys active') {
      for (const one of active) this.#records.set(one.keyId, { ...one, state: 'retired', changedAt });
    }
    const base = this.fault === 'writes the whole record' ? record : (known ?? record);
    const isErased = state === 'removed' && this.fault !== 'keeps what was removed';
    const sealedKey = isErased ? undefined : base.sealedKey;
    return this.#write({ ...base, state, changedAt, sealedKey }, revocation);
  }

  #write(record: SigningKeyRecord, revocation: Revocation): boolean {
    this.#records.set(record.keyId, record);
    if (this.fault !== 'does not log') this.log.appendNow([revocation]);
    return true;
  }
}

function failures(fault?: Fault): Promise<string[]> {
  return failuresOf((runner) =>
    signingKeyStoreContract(runner, () => {
      const revocations = new MemoryRevocationStore();
      return { revocations, signingKeys: new FaultySigningKeyStore(revocations, fault) };
    }),
  );
}

describe('the contract of stores of signing keys', () => {
  it('is kept by a store without a fault', async () => {
    expect(await failures()).toEqual([]);
  });

  it.each<[Fault, string]>([
    ['forgets the order', 'gives back what was inserted, in the order of creation'],
    ['inserts again', 'inserts no keyId twice, and leaves the first as it was'],
    ['inserts what was removed', 'erases a key that is removed, and keeps its name for ever'],
    ['does not log', 'writes every change to the log, and no change that it refuses'],
    ['logs what it refuses', 'writes every change to the log, and no change that it refuses'],
    ['writes the whole record', 'changes state and time, and keeps the rest of a record'],
    ['changes known keys only', 'makes a record of a key of the options when that changes'],
    ['leaves two keys active', 'retires the active key when another becomes active'],
    ['takes the active key away', 'takes the active key its state in no other way'],
    ['brings back what was removed', 'erases a key that is removed, and keeps its name for ever'],
    ['keeps what was removed', 'erases a key that is removed, and keeps its name for ever'],
    [
      'looks first and writes later',
      'has one active key when many become active at once, known before or not',
    ],
  ])('finds a store that %s', async (fault, test) => {
    expect(await failures(fault)).toContain(test);
  });
});
