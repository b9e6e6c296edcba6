import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import type { ClientChanges, ClientRecord, ClientSecretRecord } from '../oauth/client.store.js';
import type { Revocation } from '../revocation/revocation.js';
import { MemoryClientStore } from '../stores/memory/memory-client.store.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { clientStoreContract } from './client-store.contract.js';

type Found = ClientRecord | undefined;

class FaultyStore extends MemoryClientStore {
  constructor(protected readonly entries: MemoryRevocationStore) {
    super(entries);
  }
}

const USES = 'lets an assertion be used once, whoever races for it';

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, typeof FaultyStore][] = [
  [
    'looks whether an assertion was used before it says so',
    USES,
    class extends FaultyStore {
      readonly #used = new Set<string>();
      override async useAssertion(clientId: string, jti: string): Promise<boolean> {
        const isUsed = this.#used.has(clientId + jti);
        await Promise.resolve();
        this.#used.add(clientId + jti);
        return !isUsed;
      }
    },
  ],
  [
    'takes an assertion of one client for that of another',
    USES,
    class extends FaultyStore {
      override useAssertion(_clientId: string, jti: string, expiresAt: Date): Promise<boolean> {
        return super.useAssertion('', jti, expiresAt);
      }
    },
  ],
  [
    'forgets no assertion',
    'forgets the assertions that have expired, and no others',
    class extends FaultyStore {
      override async prune(): Promise<void> {}
    },
  ],
  [
    'forgets an assertion too early',
    'forgets the assertions that have expired, and no others',
    class extends FaultyStore {
      override prune(now: Date): Promise<void> {
        return super.prune(new Date(now.getTime() + 1_000));
      }
    },
  ],
  [
    'writes no entries when it removes a client',
    'removes a client, once, with its entries',
    class extends FaultyStore {
      override remove(clientId: string): Promise<Found> {
        return super.remove(clientId);
      }
    },
  ],
  [
    'writes entries about a client that is not there',
    'changes nothing of a client that is not there, and writes nothing',
    class extends FaultyStore {
      override async remove(clientId: string, ...revocations: readonly Revocation[]): Promise<Found> {
        this.entries.appendNow(revocations);
        return super.remove(clientId);
      }
    },
  ],
  [
    'writes no entries when it changes a client',
    'changes what is named, and writes the entries with it',
    class extends FaultyStore {
      override update(clientId: string, changes: ClientChanges, now: Date): Promise<Found> {
        return super.update(clientId, changes, now);
      }
    },
  ],
  [
    'lets the other secrets go on',
    'adds a secret, lets the others end, and drops those that have ended',
    class extends FaultyStore {
      override addSecret(
        clientId: string,
        secret: ClientSecretRecord,
        _end: Date,
        now: Date,
      ): Promise<Found> {
        return super.addSecret(clientId, secret, new Date(8.64e15), now);
      }
    },
  ],
  [
    'reads the secrets before it writes them, and another may come in between',
    'loses no secret to another that is added at the same moment',
    class extends FaultyStore {
      override async addSecret(clientId: string, secret: ClientSecretRecord): Promise<Found> {
        const client = await this.findById(clientId);
        if (client === undefined) return undefined;
        await this.remove(clientId);
        await this.insert({ ...client, secrets: [...client.secrets, secret] });
        return this.findById(clientId);
      }
    },
  ],
  [
    'takes an id twice',
    'takes an id once',
    class extends FaultyStore {
      override async insert(client: ClientRecord): Promise<boolean> {
        await this.remove(client.clientId);
        return super.insert(client);
      }
    },
  ],
  [
    'lists services of every organisation',
    'lists in the order of ids, in pages, of one organisation or of all',
    class extends FaultyStore {
      override list({ limit, after }: { limit: number; after?: string }): Promise<readonly ClientRecord[]> {
        return super.list({ limit, after });
      }
    },
  ],
];

function failures(Store: typeof FaultyStore): Promise<string[]> {
  return failuresOf((runner) =>
    clientStoreContract(runner, () => {
      const revocations = new MemoryRevocationStore();
      return { revocations, clients: new Store(revocations) };
    }),
  );
}

describe('clientStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failures(FaultyStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failures(Store)).toContain(test);
  });
});
