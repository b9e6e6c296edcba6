import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { PermissionSets } from '../identity/permission-set.js';
import { UserIdentity } from '../identity/user-identity.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { generateApiKey, hashApiKey, isWellFormedApiKey, startOfApiKey } from './api-key.format.js';
import {
  apiKeyInputSchemas,
  type ApiKey,
  type ApiKeyInput,
  type ApiKeyUpdate,
  type RegisteredApiKeyInput,
} from './api-key.input.js';
import { ApiKeyStore, type ApiKeyChanges, type ApiKeyQuery, type ApiKeyRecord } from './api-key.store.js';

/** Makes, verifies and manages API keys. */
@Injectable()
export class ApiKeyService {
  readonly #prefix: string;
  readonly #schemas: ReturnType<typeof apiKeyInputSchemas>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: ApiKeyStore,
    private readonly feed: RevocationFeed,
    private readonly permissions: PermissionSets,
    private readonly clock: Clock,
  ) {
    this.#prefix = options.apiKeys?.prefix ?? 'ck';
    this.#schemas = apiKeyInputSchemas(options.permissions);
  }

  /**
   * Makes a key.
   *
   * @returns the key itself, which can never be seen again, and what is stored of it.
   * @throws TypeError naming each field that is not as {@link ApiKeyInput} says, or a grant that the catalogue does
   * not know.
   */
  async create(input: ApiKeyInput): Promise<{ key: string; apiKey: ApiKey }> {
    const key = generateApiKey(this.#prefix);
    const fields = readInput(this.#schemas.create, input, 'create');
    const record = this.#newRecord({ ...fields, keyHash: hashApiKey(key), keyStart: startOfApiKey(key) });
    await this.store.insert(record);
    return { key, apiKey: withoutHash(record) };
  }

  /**
   * Takes over a key that was made elsewhere, such as the predecessor's, by its SHA-256.
   *
   * @returns what is stored of it; undefined, with nothing changed, when this hash or `keyId` is there already.
   * @throws TypeError naming each field that is not as {@link RegisteredApiKeyInput} says.
   */
  async register(input: RegisteredApiKeyInput): Promise<ApiKey | undefined> {
    const record = this.#newRecord(readInput(this.#schemas.register, input, 'register'));
    return (await this.store.insert(record)) ? withoutHash(record) : undefined;
  }

  /**
   * Finds out whose key this is. A key of the wrong form or with a wrong checksum is refused without a look-up.
   *
   * @throws AuthError `credentials_invalid` for an unknown, revoked, inactive or expired key, without telling which;
   * `auth_unavailable` when the store does not answer.
   */
  async verify(key: string): Promise<UserIdentity> {
    if (!isWellFormedApiKey(key, this.#prefix)) throw refused('the key is malformed');
    const record = await this.#find(hashApiKey(key));
    if (record === undefined) throw refused('the key is unknown');
    if (record.revokedAt !== undefined) throw refused('the key is revoked');
    if (!record.isActive) throw refused('the key is inactive');
    if (record.expiresAt !== undefined && record.expiresAt.getTime() <= this.clock.now()) {
      throw refused('the key is expired');
    }
    return this.#identity(record);
  }

  /** One page of keys, oldest first. The next page begins `after` the last `keyId` of this one. */
  async list(query: Partial<ApiKeyQuery> = {}): Promise<readonly ApiKey[]> {
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100);
    return (await this.store.list({ ...query, limit })).map(withoutHash);
  }

  async get(keyId: string): Promise<ApiKey | undefined> {
    const record = await this.store.findById(keyId);
    return record && withoutHash(record);
  }

  /**
   * Changes a key, from the next request on.
   *
   * @returns the key afterwards; undefined when there is none.
   * @throws TypeError naming each field that is not as {@link ApiKeyUpdate} says.
   */
  async update(keyId: string, update: ApiKeyUpdate): Promise<ApiKey | undefined> {
    const changes = readInput(this.#schemas.update, update, 'update');
    const cleared = Object.entries(changes).map(([field, value]) => [field, value ?? undefined]);
    const record = await this.store.update(keyId, Object.fromEntries(cleared) as ApiKeyChanges);
    return this.#announced(record);
  }

  /**
   * Refuses a key for good, from the next request on. Revoking it again changes nothing.
   *
   * @returns the key afterwards; undefined when there is none.
   */
  async revoke(keyId: string): Promise<ApiKey | undefined> {
    return this.#announced(await this.store.revoke(keyId, new Date(this.clock.now())));
  }

  #newRecord(
    fields: Pick<ApiKeyRecord, 'keyHash' | 'name' | 'userId' | 'permissions' | 'isActive' | 'metadata'> &
      Partial<ApiKeyRecord>,
  ): ApiKeyRecord {
    return {
      keyId: fields.keyId ?? randomUUID(),
      keyHash: fields.keyHash,
      keyStart: fields.keyStart,
      name: fields.name,
      userId: fields.userId,
      orgId: fields.orgId,
      permissions: fields.permissions,
      rateLimit: fields.rateLimit,
      expiresAt: fields.expiresAt,
      isActive: fields.isActive,
      metadata: fields.metadata,
      createdAt: fields.createdAt ?? new Date(this.clock.now()),
      lastUsedAt: undefined,
      revokedAt: undefined,
      replacedBy: undefined,
    };
  }

  async #find(keyHash: string): Promise<ApiKeyRecord | undefined> {
    try {
      return await this.store.findByHash(keyHash);
    } catch (cause) {
      throw new AuthError('auth_unavailable', 'the API key store does not answer', { cause });
    }
  }

  #identity(record: ApiKeyRecord): UserIdentity {
    return new UserIdentity({
      userId: record.userId,
      orgId: record.orgId,
      permissions: this.permissions.of(record.permissions),
      provider: 'api_key',
      credentialId: record.keyId,
      issuedAt: record.createdAt,
      expiresAt: record.expiresAt,
      metadata: record.metadata,
    });
  }

  /** The store has the change before the feed tells of it: whoever looks again because of the feed finds it. */
  async #announced(record: ApiKeyRecord | undefined): Promise<ApiKey | undefined> {
    if (record === undefined) return undefined;
    await this.feed.revoke({ kind: 'api-key', id: record.keyId, at: this.clock.now(), expiresAt: Infinity });
    return withoutHash(record);
  }
}

function withoutHash({ keyHash, ...apiKey }: ApiKeyRecord): ApiKey {
  return apiKey;
}

function refused(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
