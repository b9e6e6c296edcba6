import { describe, expect, it } from '@jest/globals';

import type { ApiKeyChanges, ApiKeyQuery, ApiKeyRecord, ApiKeyStore } from '../api-keys/api-key.store.js';
import { MemoryApiKeyStore } from '../stores/memory/memory-api-key.store.js';
import { apiKeyStoreContract } from './api-key-store.contract.js';

type Found = ApiKeyRecord | undefined;

/** The names of the contract's tests that a store does not pass. */
async function failuresOf(makeStore: () => ApiKeyStore): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = [];
  const runner = {
    describe: (_name: string, suite: () => void) => suite(),
    it: (name: string, test: () => Promise<void>) => void tests.push([name, test]),
  };
  apiKeyStoreContract(runner, makeStore);
  const failures: string[] = [];
  for (const [name, test] of tests) {
    try {
      await test();
    } catch {
      failures.push(name);
    }
  }
  return failures;
}

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, new () => ApiKeyStore][] = [
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
    'inserts a hash once, of 100 callers at the same time',
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
        return (await super.insert(record)) || (await super.update(record.keyId, record)) === undefined;
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
    'lists what was created at the same moment in the order of keyId, each once over all pages',
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
    'does not clear what is undefined',
    'changes the fields that are named, clears those that are named with undefined, and keeps the others',
    class extends MemoryApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges): Promise<Found> {
        const given = Object.entries(changes).filter(([, value]) => value !== undefined);
        return super.update(keyId, Object.fromEntries(given));
      }
    },
  ],
  [
    'clears what is not named',
    'changes the fields that are named, clears those that are named with undefined, and keeps the others',
    class extends MemoryApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges): Promise<Found> {
        return super.update(keyId, { metadata: {}, ...changes });
      }
    },
  ],
  [
    'answers with the record as it was',
    'changes the fields that are named, clears those that are named with undefined, and keeps the others',
    class extends MemoryApiKeyStore {
      override async update(keyId: string, changes: ApiKeyChanges): Promise<Found> {
        const before = await this.findById(keyId);
        await super.update(keyId, changes);
        return before;
      }
    },
  ],
  [
    'moves the moment of a revocation',
    'revokes once: the first moment stays',
    class extends MemoryApiKeyStore {
      override async revoke(keyId: string, revokedAt: Date): Promise<Found> {
        const record = await super.revoke(keyId, revokedAt);
        return record && super.update(keyId, { ...record, revokedAt } as ApiKeyChanges);
      }
    },
  ],
  [
    'writes all of a record back that it read before',
    'leaves a key revoked whatever is changed at the same time',
    class extends MemoryApiKeyStore {
      override async update(keyId: string, changes: ApiKeyChanges): Promise<Found> {
        const record = await this.findById(keyId);
        return super.update(keyId, { ...record, ...changes });
      }
    },
  ],
];

describe('apiKeyStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failuresOf(() => new MemoryApiKeyStore())).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failuresOf(() => new Store())).toContain(test);
  });
});
