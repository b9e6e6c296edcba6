import { frozenCopy } from '../../identity/frozen-copy.js';
import type { Revocation } from '../../revocation/revocation.js';
import { SigningKeyStore, type SigningKeyRecord } from '../../tokens/signing-key.store.js';
import type { MemoryRevocationStore } from './memory-revocation.store.js';

/** Signing keys in the memory of one process: what is changed is forgotten with the process. */
export class MemorySigningKeyStore extends SigningKeyStore {
  readonly #records = new Map<string, SigningKeyRecord>();

  constructor(private readonly log: MemoryRevocationStore) {
    super();
  }

  override async list(): Promise<readonly SigningKeyRecord[]> {
    return [...this.#records.values()]
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.keyId < b.keyId ? -1 : 1))
      .map((record) => frozenCopy(record));
  }

  override async insert(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    if (this.#records.has(record.keyId)) return false;
    this.#write(record, revocation);
    return true;
  }

  override async change(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    // Nothing is awaited in here: what is found out stays true until it is written.
    const { keyId, state, changedAt } = record;
    const known = this.#records.get(keyId);
    if (known?.state === 'removed' || (known?.state === 'active' && state !== 'active')) return false;
    if (state === 'active') this.#retireActive(changedAt);
    const sealedKey = state === 'removed' ? undefined : (known ?? record).sealedKey;
    this.#write({ ...(known ?? record), state, sealedKey, changedAt }, revocation);
    return true;
  }

  #retireActive(changedAt: Date): void {
    for (const record of this.#records.values()) {
      if (record.state !== 'active') continue;
      this.#records.set(record.keyId, frozenCopy({ ...record, state: 'retired' as const, changedAt }));
    }
  }

  #write(record: SigningKeyRecord, revocation: Revocation): void {
    this.#records.set(record.keyId, frozenCopy(record));
    this.log.appendNow([revocation]);
  }
}
