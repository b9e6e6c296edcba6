import { randomUUID } from 'node:crypto';

import type { ApiKeyRecord } from '../api-keys/api-key.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { newHash } from './store-contract.js';

type Stores = Pick<AuthStores, 'apiKeys' | 'revocations'>;

/** The record of a key that nobody else has. */
export function newKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    keyId: randomUUID(),
    keyHash: newHash(),
    keyStart: 'ck_Ab3dE',
    name: 'contract',
    userId: 'user_1',
    orgId: undefined,
    permissions: [],
    rateLimit: undefined,
    expiresAt: undefined,
    isActive: true,
    metadata: {},
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    lastUsedAt: undefined,
    revokedAt: undefined,
    replacedBy: undefined,
    replacedAt: undefined,
    ...fields,
  };
}

/** Stores with a key that was just inserted. */
export async function withKey(
  makeStores: () => Promise<Stores> | Stores,
  fields: Partial<ApiKeyRecord> = {},
): Promise<Stores & { readonly record: ApiKeyRecord }> {
  const { apiKeys, revocations } = await makeStores();
  const record = newKeyRecord(fields);
  if (!(await apiKeys.insert(record))) throw new Error('a new record was not inserted');
  return { apiKeys, revocations, record };
}
