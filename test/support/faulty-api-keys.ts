import type { ApiKeyRecord, ApiKeyStore } from '../../libs/auth/src/api-keys/api-key.store.js';
import { MemoryApiKeyStore } from '../../libs/auth/src/stores/memory/memory-api-key.store.js';
import { MemoryRevocationStore } from '../../libs/auth/src/stores/memory/memory-revocation.store.js';
import { apiKeyStoreContract } from '../../libs/auth/src/testing/api-key-store.contract.js';
import { failuresOf } from './contract-failures.js';

/** What a store answers that may not know the key. */
export type Found = ApiKeyRecord | undefined;

/** A store of API keys over a log. */
export type ApiKeyStoreClass = new (log: MemoryRevocationStore) => ApiKeyStore;

/** To derive a store with a fault from: it can reach past its own verbs. */
export class FaultyApiKeyStore extends MemoryApiKeyStore {
  constructor(protected readonly entries: MemoryRevocationStore) {
    super(entries);
  }

  /** As `update` does it, with no entry on the key. */
  protected changeUnheard(keyId: string, changes: Partial<ApiKeyRecord>): Promise<Found> {
    return super.update(keyId, changes, { kind: 'api-key', id: 'nobody', at: 0, expiresAt: Infinity });
  }
}

/** The names of the contract's tests that a store does not pass. */
export function failuresOfApiKeyStore(Store: ApiKeyStoreClass): Promise<string[]> {
  return failuresOf((runner) =>
    apiKeyStoreContract(runner, () => {
      const revocations = new MemoryRevocationStore();
      return { apiKeys: new Store(revocations), revocations };
    }),
  );
}
