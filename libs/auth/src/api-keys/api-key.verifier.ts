import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { effectiveGrants } from '../identity/effective-grants.js';
import { PermissionSets } from '../identity/permission-set.js';
import { SubjectDirectory } from '../identity/subject-directory.js';
import { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import { hashApiKey, isWellFormedApiKey } from './api-key.format.js';
import { ApiKeyStore, type ApiKeyRecord } from './api-key.store.js';

/** What of a key's record holds for its calls. Most keys have nothing of it. */
export type KeyTerms = Pick<ApiKeyRecord, 'rateLimit' | 'replacedAt' | 'expiresAt'>;

/** What is remembered of a key that was verified, beside its identity. */
export interface VerifiedKey {
  readonly keyId: string;
  readonly terms: KeyTerms | undefined;
  /** The last batch of uses that it is in; see `LastUsed`. */
  notedIn: number;
}

/** Finds out whose key it is. */
@Injectable()
export class ApiKeyVerifier {
  readonly #prefix: string;
  readonly #keys = new WeakMap<UserIdentity, VerifiedKey>();

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: ApiKeyStore,
    private readonly subjects: SubjectDirectory,
    private readonly permissions: PermissionSets,
    private readonly clock: Clock,
  ) {
    this.#prefix = options.apiKeys?.prefix ?? 'ck';
  }

  /**
   * A key of the wrong form or with a wrong checksum is refused without a look-up.
   *
   * @throws AuthError `credentials_invalid` for an unknown, revoked, inactive or expired key and for one whose owner is
   * gone, without telling which; `auth_unavailable` when a store does not answer.
   */
  async verify(key: string): Promise<UserIdentity> {
    if (!isWellFormedApiKey(key, this.#prefix)) throw refused('the key is malformed');
    const record = await storeAnswer('the API key store', this.store.findByHash(hashApiKey(key)));
    if (record === undefined) throw refused('the key is unknown');
    if (record.revokedAt !== undefined) throw refused('the key is revoked');
    if (!record.isActive) throw refused('the key is inactive');
    if (record.expiresAt !== undefined && record.expiresAt.getTime() <= this.clock.now()) {
      throw refused('the key is expired');
    }
    const identity = this.#identity(record, await this.#grants(record));
    this.#keys.set(identity, { keyId: record.keyId, terms: termsOf(record), notedIn: 0 });
    return identity;
  }

  /** The key that an identity was made of; undefined when it is none of a key. */
  keyOf(identity: UserIdentity): VerifiedKey | undefined {
    return this.#keys.get(identity);
  }

  /** What the key carries and its owner holds. */
  async #grants(record: ApiKeyRecord): Promise<readonly string[]> {
    const held = await storeAnswer('the subject directory', effectiveGrants(this.subjects, record, 'user'));
    if (held === undefined) throw refused('the owner of the key is not active');
    return held.permissions;
  }

  #identity(record: ApiKeyRecord, grants: readonly string[]): UserIdentity {
    return new UserIdentity({
      userId: record.userId,
      orgId: record.orgId,
      permissions: this.permissions.of(grants),
      provider: 'api_key',
      credentialId: record.keyId,
      issuedAt: record.createdAt,
      expiresAt: record.expiresAt,
      metadata: record.metadata,
    });
  }
}

/** No more of the record than is needed: as many as are remembered are in memory. */
function termsOf({ rateLimit, replacedAt, expiresAt }: ApiKeyRecord): KeyTerms | undefined {
  return rateLimit === undefined && replacedAt === undefined
    ? undefined
    : { rateLimit, replacedAt, expiresAt };
}

function refused(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
