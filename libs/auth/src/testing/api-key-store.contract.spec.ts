import { describe, expect, it } from '@jest/globals';

import {
  type ApiKeyStoreClass,
  failuresOfApiKeyStore,
  type Found,
} from '../../../../test/support/faulty-api-keys.js';
import type { ApiKeyQuery, ApiKeyRecord } from '../api-keys/api-key.store.js';
import { MemoryApiKeyStore } from '../stores/memory/memory-api-key.store.js';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, ApiKeyStoreClass][] = [
  [
    'loses a field',
    'gives back what was inserted, by hash and by id',
    class extends MemoryApiKeyStore {
      override insert(record: ApiKeyRecord): Promise<boolean> {
        return super.insert({ ...record, rateLimit: undefined });
      }
    },
  ],
  [
    'keeps seconds in the place of milliseconds',
    'gives back what was inserted, by hash and by id',
    class extends MemoryApiKeyStore {
      override insert(record: ApiKeyRecord): Promise<boolean> {
        const seconds = Math.floor(record.createdAt.getTime() / 1_000);
        return super.insert({ ...record, createdAt: new Date(seconds * 1_000) });
      }
    },
  ],
  [
    'gives null for what is absent',
    'gives back absent fields as undefined',
    class extends MemoryApiKeyStore {
      override async findById(keyId: string): Promise<Found> {
        const record = await super.findById(keyId);
        return record && { ...record, orgId: record.orgId ?? (null as never) };
      }
    },
  ],
  [
    'knows a hash in any case',
    'knows no key that is not there, nor by a part of its hash',
    class extends MemoryApiKeyStore {
      override findByHash(keyHash: string): Promise<Found> {
        return super.findByHash(keyHash.toLowerCase());
      }
    },
  ],
  [
    'looks a hash up by its beginning',
    'knows no key that is not there, nor by a part of its hash',
    class extends MemoryApiKeyStore {
      override async findByHash(keyHash: string): Promise<Found> {
        return (await this.list({ limit: 100 })).find((record) => record.keyHash.startsWith(keyHash));
      }
    },
  ],
  [
    'keeps what it was given, and not a copy',
    'does not let a caller change a record through what it was given',
    class extends MemoryApiKeyStore {
      readonly #given = new Map<string, ApiKeyRecord>();
      override insert(record: ApiKeyRecord): Promise<boolean> {
        this.#given.set(record.keyId, record);
        return super.insert(record);
      }
      override async findById(keyId: string): Promise<Found> {
        return this.#given.get(keyId);
      }
    },
  ],
  [
    'looks before it inserts, and another may come in between',
    'inserts a hash once, of many callers',
    class extends MemoryApiKeyStore {
      override async insert(record: ApiKeyRecord): Promise<boolean> {
        if ((await this.findByHash(record.keyHash)) !== undefined) return false;
        await super.insert(record);
        return true;
      }
    },
  ],
  [
    'writes over a record with the same id',
    'inserts an id once, and leaves the first record as it was',
    class extends MemoryApiKeyStore {
      override async insert(record: ApiKeyRecord): Promise<boolean> {
        const entry = { kind: 'api-key', id: record.keyId, at: 0, expiresAt: 1 } as const;
        return (
          (await super.insert(record)) || (await super.update(record.keyId, record, entry)) === undefined
        );
      }
    },
  ],
  [
    'lists the newest first',
    'lists in the order of creation, by owner and organisation, in pages',
    class extends MemoryApiKeyStore {
      override async list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
        return (await super.list(query)).toReversed();
      }
    },
  ],
  [
    'lists what was created at the same moment in another order',
    'lists keys that were created at the same moment in the order of their ids',
    class extends MemoryApiKeyStore {
      override async list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
        const byId = (a: ApiKeyRecord, b: ApiKeyRecord): number =>
          a.createdAt.getTime() - b.createdAt.getTime() || (a.keyId < b.keyId ? 1 : -1);
        return (await super.list(query)).toSorted(byId);
      }
    },
  ],
  ...(['userId', 'orgId', 'after', 'limit'] as const).map((field): (typeof FAULTS)[number] => [
    `lists without a look at ${field}`,
    'lists in the order of creation, by owner and organisation, in pages',
    class extends MemoryApiKeyStore {
      override list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
        return super.list({ ...query, [field]: field === 'limit' ? 100 : undefined });
      }
    },
  ]),
  [
    'lists keys of the same moment in the order of insertion',
    'lists keys that were created at the same moment in the order of their ids',
    class extends MemoryApiKeyStore {
      readonly #keyIds: string[] = [];
      override insert(record: ApiKeyRecord): Promise<boolean> {
        this.#keyIds.push(record.keyId);
        return super.insert(record);
      }
      override async list(query: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
        const place = ({ keyId }: ApiKeyRecord): number => this.#keyIds.indexOf(keyId);
        return (await super.list(query)).toSorted((a, b) => place(a) - place(b));
      }
    },
  ],
];

describe('apiKeyStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failuresOfApiKeyStore(MemoryApiKeyStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failuresOfApiKeyStore(Store)).toContain(test);
  });
});
