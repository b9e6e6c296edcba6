import {
  ApiKeyStore,
  type ApiKeyChanges,
  type ApiKeyQuery,
  type ApiKeyRecord,
  type KeyRotationResult,
} from '../../api-keys/api-key.store.js';
import { frozenCopy } from '../../identity/frozen-copy.js';
import type { Revocation } from '../../revocation/revocation.js';
import type { MemoryRevocationStore } from './memory-revocation.store.js';

/** API keys in the memory of one process: for tests, and for keys that an application registers when it boots. */
export class MemoryApiKeyStore extends ApiKeyStore {
  readonly #byId = new Map<string, ApiKeyRecord>();
  readonly #idOfHash = new Map<string, string>();

  constructor(private readonly log: MemoryRevocationStore) {
    super();
  }

  override async insert(record: ApiKeyRecord): Promise<boolean> {
    return this.#insert(record);
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
    const last = sorted.findIndex(({ keyId }) => keyId === after);
    if (after !== undefined && last === -1) return [];
    return sorted
      .slice(last + 1)
      .filter((record) => userId === undefined || record.userId === userId)
      .filter((record) => orgId === undefined || record.orgId === (orgId ?? undefined))
      .slice(0, limit)
      .map((record) => frozenCopy(record));
  }

  override async countLive(userId: string, orgId: string | undefined, now: Date): Promise<number> {
    return [...this.#byId.values()].filter(
      (record) =>
        record.userId === userId &&
        record.orgId === orgId &&
        record.revokedAt === undefined &&
        (record.expiresAt === undefined || record.expiresAt > now),
    ).length;
  }

  override async update(
    keyId: string,
    changes: ApiKeyChanges,
    revocation: Revocation,
  ): Promise<ApiKeyRecord | undefined> {
    const record = this.#byId.get(keyId);
    if (record === undefined || Object.keys(changes).length === 0) return frozenCopy(record);
    return this.#change({ ...record, ...frozenCopy(changes) }, revocation);
  }

  override async revoke(
    keyId: string,
    revokedAt: Date,
    revocation: Revocation,
  ): Promise<ApiKeyRecord | undefined> {
    const record = this.#byId.get(keyId);
    if (record === undefined || record.revokedAt !== undefined) return frozenCopy(record);
    return this.#change({ ...record, revokedAt }, revocation);
  }

  override async rotate(
    keyId: string,
    successor: ApiKeyRecord,
    endsAt: Date,
    now: Date,
    revocation: Revocation,
  ): Promise<KeyRotationResult> {
    const record = this.#byId.get(keyId);
    if (record === undefined) return { outcome: 'unknown' };
    const { revokedAt, isActive, expiresAt, replacedBy } = record;
    const isEnding = revokedAt !== undefined || replacedBy !== undefined || !isActive;
    if (isEnding || (expiresAt !== undefined && expiresAt <= now))
      return { outcome: 'refused', old: frozenCopy(record) };
    // Nothing is awaited in here: what was just found out stays true until it is written.
    if (!this.#insert(successor)) return { outcome: 'refused', old: frozenCopy(record) };
    const end = expiresAt !== undefined && expiresAt < endsAt ? expiresAt : endsAt;
    return {
      outcome: 'rotated',
      old: this.#change(
        { ...record, expiresAt: end, replacedBy: successor.keyId, replacedAt: now },
        revocation,
      ),
    };
  }

  override async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
    for (const [keyId, lastUsedAt] of uses) {
      const record = this.#byId.get(keyId);
      if (record === undefined || (record.lastUsedAt?.getTime() ?? 0) >= lastUsedAt.getTime()) continue;
      this.#byId.set(keyId, frozenCopy({ ...record, lastUsedAt }));
    }
  }

  #insert(record: ApiKeyRecord): boolean {
    if (this.#byId.has(record.keyId) || this.#idOfHash.has(record.keyHash)) return false;
    this.#byId.set(record.keyId, frozenCopy(record));
    this.#idOfHash.set(record.keyHash, record.keyId);
    return true;
  }

  #change(record: ApiKeyRecord, revocation: Revocation): ApiKeyRecord {
    this.#byId.set(record.keyId, frozenCopy(record));
    this.log.appendNow([revocation]);
    return frozenCopy(record);
  }
}

function byCreation(a: ApiKeyRecord, b: ApiKeyRecord): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.keyId < b.keyId ? -1 : 1);
}
