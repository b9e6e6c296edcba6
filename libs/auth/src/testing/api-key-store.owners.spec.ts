import { describe, expect, it } from '@jest/globals';

import { type ApiKeyStoreClass, failuresOfApiKeyStore } from '../../../../test/support/faulty-api-keys.js';
import type { ApiKeyQuery, ApiKeyRecord } from '../api-keys/api-key.store.js';
import { MemoryApiKeyStore } from '../stores/memory/memory-api-key.store.js';

const COUNTS = 'counts what is neither revoked nor expired, of one owner in one organisation';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, ApiKeyStoreClass][] = [
  [
    'takes no organisation for any',
    'lists those of no organisation apart',
    class extends MemoryApiKeyStore {
      override list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
        return super.list({ ...query, orgId: query.orgId ?? undefined });
      }
    },
  ],
  [
    'counts what has expired this moment',
    COUNTS,
    class extends MemoryApiKeyStore {
      override countLive(userId: string, orgId: string | undefined, now: Date): Promise<number> {
        return super.countLive(userId, orgId, new Date(now.getTime() - 1));
      }
    },
  ],
  [
    'counts page by page, one page',
    COUNTS,
    class extends MemoryApiKeyStore {
      override async countLive(userId: string, orgId: string | undefined): Promise<number> {
        return (await super.list({ userId, orgId: orgId ?? null, limit: 100 })).length;
      }
    },
  ],
];

describe('the contract of API key stores, about owners', () => {
  it.each(FAULTS)('finds a store that %s', async (_fault, title, Store) => {
    expect(await failuresOfApiKeyStore(Store)).toEqual([expect.stringContaining(title)]);
  });
});
