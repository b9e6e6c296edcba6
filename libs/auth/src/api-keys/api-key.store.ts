import type { RateLimit } from '../options/rate-limit.js';
import type { Revocation } from '../revocation/revocation.js';

/** What is known of an API key. The key itself is not: only its SHA-256. */
export interface ApiKeyRecord {
  /** UUID. */
  readonly keyId: string;
  /** SHA-256 of the whole key, 64 lower-case hexadecimal digits. Unique. */
  readonly keyHash: string;
  /** The key's first 8 characters, for people to recognise it by. `undefined` for keys that were registered by hash. */
  readonly keyStart: string | undefined;
  readonly name: string;
  readonly userId: string;
  readonly orgId: string | undefined;
  readonly permissions: readonly string[];
  readonly rateLimit: RateLimit | undefined;
  readonly expiresAt: Date | undefined;
  readonly isActive: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** Set once, never unset: a revoked key stays revoked. */
  readonly revokedAt: Date | undefined;
  /** The `keyId` of the key that takes this one's place. */
  readonly replacedBy: string | undefined;
  /** When it was replaced. */
  readonly replacedAt: Date | undefined;
}

/** The fields of a record that may change after creation. `undefined` as a value clears the field. */
export type ApiKeyChanges = Partial<
  Pick<ApiKeyRecord, 'name' | 'permissions' | 'rateLimit' | 'expiresAt' | 'isActive' | 'metadata'>
>;

/** Which keys to list, and which page of them. */
export interface ApiKeyQuery {
  readonly userId?: string;
  /** Of one organisation; `null`: of none. Without it those of all. */
  readonly orgId?: string | null;
  /** How many at most, 1 to 100. */
  readonly limit: number;
  /** The `keyId` after which the page begins; the first page without it, nothing after one that is unknown. */
  readonly after?: string;
}

/** What became of {@link ApiKeyStore.rotate}. */
export type KeyRotationResult =
  | { readonly outcome: 'rotated'; readonly old: ApiKeyRecord }
  /** It is revoked, inactive, expired, or has been replaced. Nothing changed. */
  | { readonly outcome: 'refused'; readonly old: ApiKeyRecord }
  | { readonly outcome: 'unknown' };

/**
 * Where API keys last. A port: implement it for your database, provide it with the other stores as `stores`, and run
 * `apiKeyStoreContract` of `nestjs-gatehouse/testing` against it.
 *
 * Every verb is atomic. The revocation that a verb takes goes to the log in the same transaction, exactly when the verb
 * changes something: after a crash both are there or neither is. A store that cannot answer rejects; it never answers
 * "not there".
 */
export abstract class ApiKeyStore {
  /**
   * Adds a record.
   * @returns false, with nothing changed, when its `keyId` or `keyHash` is there already. Of several callers that
   * race with one hash exactly one gets true.
   */
  abstract insert(record: ApiKeyRecord): Promise<boolean>;

  /** The record with this SHA-256 (hex), revoked and expired ones included. One query. */
  abstract findByHash(keyHash: string): Promise<ApiKeyRecord | undefined>;

  abstract findById(keyId: string): Promise<ApiKeyRecord | undefined>;

  /** In the order of creation, then of `keyId`; at most `query.limit`. */
  abstract list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]>;

  /** How many of an owner's keys are neither revoked nor expired at `now`: inactive and replaced ones are counted. */
  abstract countLive(userId: string, orgId: string | undefined, now: Date): Promise<number>;

  /**
   * Changes fields of one record and leaves the others as they are at that moment: in a race with `revoke` the key
   * ends up revoked.
   * @returns the record afterwards, or undefined when there is none.
   */
  abstract update(
    keyId: string,
    changes: ApiKeyChanges,
    revocation: Revocation,
  ): Promise<ApiKeyRecord | undefined>;

  /**
   * Revokes for good. A second call changes nothing: the first `revokedAt` stays.
   * @returns the record afterwards, or undefined when there is none.
   */
  abstract revoke(keyId: string, revokedAt: Date, revocation: Revocation): Promise<ApiKeyRecord | undefined>;

  /**
   * Puts `successor` beside a key and lets the key end: its `replacedBy` is the successor's id, its `replacedAt` is
   * `now`, its `expiresAt` becomes `endsAt` unless it is earlier. Of any number of callers that race exactly one gets `rotated`; only then does the
   * successor exist.
   */
  abstract rotate(
    keyId: string,
    successor: ApiKeyRecord,
    endsAt: Date,
    now: Date,
    revocation: Revocation,
  ): Promise<KeyRotationResult>;

  /**
   * Notes when keys were last used. Touches `lastUsedAt` and nothing else, and never moves it back; unknown ids are
   * skipped.
   * @param uses the time by `keyId`.
   */
  abstract touch(uses: ReadonlyMap<string, Date>): Promise<void>;
}
