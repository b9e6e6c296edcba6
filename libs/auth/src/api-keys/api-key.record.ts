import { randomUUID } from 'node:crypto';

import type { ApiKey } from './api-key.input.js';
import type { ApiKeyRecord } from './api-key.store.js';

/** What a successor takes over. */
export type CarriedFields = Pick<ApiKeyRecord, 'name' | 'userId' | 'permissions' | 'isActive' | 'metadata'> &
  Partial<Pick<ApiKeyRecord, 'orgId' | 'rateLimit' | 'expiresAt'>>;

/** These fields of a record, and no others. */
export function carriedFields(from: CarriedFields): CarriedFields {
  const { name, userId, orgId, permissions, rateLimit, expiresAt, isActive, metadata } = from;
  return { name, userId, orgId, permissions, rateLimit, expiresAt, isActive, metadata };
}

/**
 * The record of a key that nothing has happened to yet.
 *
 * @param fields without `keyId` it gets a new UUID, without `createdAt` it was made now.
 * @param now milliseconds since 1970.
 */
export function newRecord(
  fields: CarriedFields & Pick<ApiKeyRecord, 'keyHash'> & Partial<ApiKeyRecord>,
  now: number,
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
    createdAt: fields.createdAt ?? new Date(now),
    lastUsedAt: undefined,
    revokedAt: undefined,
    replacedBy: undefined,
    replacedAt: undefined,
  };
}

/** What may be shown of a record. */
export function withoutHash({ keyHash, ...apiKey }: ApiKeyRecord): ApiKey {
  return apiKey;
}
