import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { commonGrants } from '../identity/common-grants.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Revocation } from '../revocation/revocation.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { generateApiKey, hashApiKey, isWellFormedApiKey, startOfApiKey } from './api-key.format.js';
import {
  apiKeyInputSchemas,
  type ApiKey,
  type ApiKeyInput,
  type ApiKeyRotation,
  type ApiKeyUpdate,
  type RegisteredApiKeyInput,
} from './api-key.input.js';
import { successorId } from './api-key.lineage.js';
import { carriedFields, newRecord, withoutHash, type CarriedFields } from './api-key.record.js';
import { ApiKeyStore, type ApiKeyChanges, type ApiKeyQuery, type ApiKeyRecord } from './api-key.store.js';
import { ApiKeyVerifier } from './api-key.verifier.js';

/** A key that was just made. */
export interface NewApiKey {
  /** The key itself. It can never be seen again. */
  readonly key: string;
  /** What is stored of it. */
  readonly apiKey: ApiKey;
}

/** How long the feed tells of a change when nothing is remembered for a set time: any instance has read it by then. */
const ANNOUNCED_FOR = 3_600_000;

/**
 * Makes, verifies and manages API keys.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer.
 */
@Injectable()
export class ApiKeyService {
  readonly #prefix: string;
  readonly #schemas: ReturnType<typeof apiKeyInputSchemas>;
  readonly #announcedFor: number;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: ApiKeyStore,
    private readonly verifier: ApiKeyVerifier,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#prefix = options.apiKeys?.prefix ?? 'ck';
    this.#schemas = apiKeyInputSchemas(options.permissions);
    this.#announcedFor = ANNOUNCED_FOR + (options.identityCache?.maxAge ?? 0) * 1_000;
  }

  /**
   * Makes a key.
   *
   * @throws TypeError naming each field that is not as {@link ApiKeyInput} says, or a grant that the catalogue does
   * not know.
   */
  async create(input: ApiKeyInput, origin?: Origin): Promise<NewApiKey> {
    const made = this.#make(readInput(this.#schemas.create, input, 'create'));
    await storeAnswer('the API key store', this.store.insert(made.record));
    this.events.emit({ type: 'api-key.created', target: made.record.keyId }, origin);
    return { key: made.key, apiKey: withoutHash(made.record) };
  }

  /**
   * Takes over a key that was made elsewhere, such as the predecessor's, by its SHA-256.
   *
   * @returns what is stored of it; undefined, with nothing changed, when this hash or `keyId` is there already.
   * @throws TypeError naming each field that is not as {@link RegisteredApiKeyInput} says.
   */
  async register(input: RegisteredApiKeyInput, origin?: Origin): Promise<ApiKey | undefined> {
    const record = newRecord(readInput(this.#schemas.register, input, 'register'), this.clock.now());
    if (!(await storeAnswer('the API key store', this.store.insert(record)))) return undefined;
    this.events.emit({ type: 'api-key.created', target: record.keyId }, origin);
    return withoutHash(record);
  }

  /**
   * Finds out whose key this is. A key of the wrong form or with a wrong checksum is refused without a look-up.
   *
   * @throws AuthError `credentials_invalid` for an unknown, revoked, inactive or expired key and for one whose owner is
   * not active, without telling which.
   */
  verify(key: string): Promise<UserIdentity> {
    return this.verifier.verify(key);
  }

  /** What is stored of a key, whatever has become of it; undefined for one that is unknown. */
  async find(key: string): Promise<ApiKey | undefined> {
    if (!isWellFormedApiKey(key, this.#prefix)) return undefined;
    const record = await storeAnswer('the API key store', this.store.findByHash(hashApiKey(key)));
    return record && withoutHash(record);
  }

  /** One page of keys, oldest first. The next page begins `after` the last `keyId` of this one. */
  async list(query: Partial<ApiKeyQuery> = {}): Promise<readonly ApiKey[]> {
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100);
    return (await storeAnswer('the API key store', this.store.list({ ...query, limit }))).map(withoutHash);
  }

  async get(keyId: string): Promise<ApiKey | undefined> {
    const record = await storeAnswer('the API key store', this.store.findById(keyId));
    return record && withoutHash(record);
  }

  /** How many keys of an owner are neither revoked nor expired, those being replaced included. */
  countLive(userId: string, orgId: string | undefined): Promise<number> {
    const now = new Date(this.clock.now());
    return storeAnswer('the API key store', this.store.countLive(userId, orgId, now));
  }

  /**
   * Changes a key, from the next request on.
   *
   * @returns the key afterwards; undefined when there is none.
   * @throws TypeError naming each field that is not as {@link ApiKeyUpdate} says.
   */
  async update(keyId: string, update: ApiKeyUpdate, origin?: Origin): Promise<ApiKey | undefined> {
    const changes = readInput(this.#schemas.update, update, 'update');
    const cleared = Object.entries(changes).map(([field, value]) => [field, value ?? undefined]);
    const record = await storeAnswer(
      'the API key store',
      this.store.update(keyId, Object.fromEntries(cleared) as ApiKeyChanges, this.#entry(keyId)),
    );
    if (record === undefined) return undefined;
    if (cleared.length === 0) return withoutHash(record);
    await this.feed.announce();
    this.events.emit({ type: 'api-key.updated', target: keyId }, origin);
    return withoutHash(record);
  }

  /**
   * Refuses a key for good, from the next request on. Revoking it again changes nothing.
   *
   * @returns the key afterwards; undefined when there is none.
   */
  async revoke(keyId: string, origin?: Origin): Promise<ApiKey | undefined> {
    const now = new Date(this.clock.now());
    const record = await storeAnswer('the API key store', this.store.revoke(keyId, now, this.#entry(keyId)));
    if (record === undefined) return undefined;
    await this.feed.announce();
    const isNew = record.revokedAt?.getTime() === now.getTime();
    if (isNew) this.events.emit({ type: 'api-key.revoked', target: keyId }, origin);
    return withoutHash(record);
  }

  /**
   * Gives a key a successor that carries the same, and lets the old one work for a while yet.
   *
   * @returns the successor; undefined when there is no such key, or it is revoked, inactive, expired or has been
   * replaced.
   * @throws TypeError when `overlap` is not as {@link ApiKeyRotation} says.
   */
  async rotate(
    keyId: string,
    rotation: ApiKeyRotation = {},
    origin?: Origin,
  ): Promise<NewApiKey | undefined> {
    const { overlap } = readInput(this.#schemas.rotation, rotation, 'rotate');
    const old = await storeAnswer('the API key store', this.store.findById(keyId));
    if (old === undefined) return undefined;
    const { key, record } = this.#make(old, successorId(keyId));
    const now = this.clock.now();
    const endsAt = new Date(now + overlap * 1_000);
    const result = await storeAnswer(
      'the API key store',
      this.store.rotate(keyId, record, endsAt, new Date(now), this.#entry(keyId)),
    );
    if (result.outcome !== 'rotated') return undefined;
    const successor = await this.#catchUp(record, result.old);
    // The log has it, and is read on in any case. To fail now would be to lose the only copy of the new key.
    await this.feed.announce().catch(() => undefined);
    this.events.emit({ type: 'api-key.rotated', target: keyId, replacedBy: record.keyId }, origin);
    return { key, apiKey: withoutHash(successor) };
  }

  /**
   * The old key may have been given less between being read and being replaced. Its successor is held to that before
   * anybody gets to know it, and never carries more than whoever asked for it saw.
   */
  async #catchUp(successor: ApiKeyRecord, old: ApiKeyRecord): Promise<ApiKeyRecord> {
    const permissions = commonGrants(successor.permissions, old.permissions);
    const { rateLimit } = old;
    const isSame =
      permissions.join(' ') === successor.permissions.join(' ') &&
      rateLimit?.limit === successor.rateLimit?.limit &&
      rateLimit?.window === successor.rateLimit?.window;
    if (isSame) return successor;
    const { keyId } = successor;
    const changed = this.store.update(keyId, { permissions, rateLimit }, this.#entry(keyId));
    return (await storeAnswer('the API key store', changed)) ?? successor;
  }

  /** Makes every instance look at the key again. */
  #entry(keyId: string): Revocation {
    const now = this.clock.now();
    return { kind: 'api-key', id: keyId, at: now, expiresAt: now + this.#announcedFor };
  }

  #make(carried: CarriedFields, keyId?: string): { key: string; record: ApiKeyRecord } {
    const key = generateApiKey(this.#prefix);
    const stored = { keyId, keyHash: hashApiKey(key), keyStart: startOfApiKey(key) };
    return { key, record: newRecord({ ...carriedFields(carried), ...stored }, this.clock.now()) };
  }
}
