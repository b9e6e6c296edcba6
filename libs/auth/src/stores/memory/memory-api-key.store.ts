import {
  ApiKeyStore,
  type ApiKeyChanges,
  type ApiKeyQuery,
  type ApiKeyRecord,
} from '../../api-keys/api-key.store.js';
import { frozenCopy } from '../../identity/frozen-copy.js';

/** API keys in the memory of one process: for tests, and for keys that an application registers when it boots. */
export class MemoryApiKeyStore extends ApiKeyStore {
  readonly #byId = new Map<string, ApiKeyRecord>();
  readonly #idOfHash = new Map<string, string>();

  override async insert(record: ApiKeyRecord): Promise<boolean> {
    if (this.#byId.has(record.keyId) || this.#idOfHash.has(record.keyHash)) return false;
    this.#byId.set(record.keyId, frozenCopy(record));
    this.#idOfHash.set(record.keyHash, record.keyId);
    return true;
  }

  override async findByHash(keyHash: string): Promise<ApiKeyRecord | undefined> {
    const keyId = this.#idOfHash.get(keyHash);
    return keyId === undefined ? undefined : this.findById(keyId);
  }

  override async findById(keyId: string): Promise<ApiKeyRecord | undefined> {
    return frozenCopy(this.#byId.get(keyId));
  }

  override async list({ userId, orgId, limit, after }: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
    const sorted = [...this.#byId.values()].sort(byCreation);
    const start = after === undefined ? 0 : sorted.findIndex(({ keyId }) => keyId === after) + 1;
    return sorted
      .slice(start)
      .filter((record) => userId === undefined || record.userId === userId)
      .filter((record) => orgId === undefined || record.orgId === orgId)
      .slice(0, limit)
      .map((record) => frozenCopy(record));
  }

  override async update(keyId: string, changes: ApiKeyChanges): Promise<ApiKeyRecord | undefined> {
    return this.#change(keyId, (record) => ({ ...record, ...frozenCopy(changes) }));
  }

  override async revoke(keyId: string, revokedAt: Date): Promise<ApiKeyRecord | undefined> {
    return this.#change(keyId, (record) => ({ ...record, revokedAt: record.revokedAt ?? revokedAt }));
  }

  #change(keyId: string, change: (record: ApiKeyRecord) => ApiKeyRecord): ApiKeyRecord | undefined {
    const record = this.#byId.get(keyId);
    if (record === undefined) return undefined;
    this.#byId.set(keyId, change(record));
    return frozenCopy(this.#byId.get(keyId));
  }
}

function byCreation(a: ApiKeyRecord, b: ApiKeyRecord): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.keyId < b.keyId ? -1 : 1);
}
