import { describe, expect, it } from '@jest/globals';

import {
  type ApiKeyStoreClass,
  failuresOfApiKeyStore,
  FaultyApiKeyStore,
  type Found,
} from '../../../../test/support/faulty-api-keys.js';
import type { ApiKeyChanges } from '../api-keys/api-key.store.js';
import type { Revocation } from '../revocation/revocation.js';

const CHANGES =
  'changes the fields that are named, clears those that are named with undefined, and keeps the others';
const NO_CHANGE = 'writes nothing to the log when there is nothing to change';
const REVOKES = 'revokes once: the first moment stays, and the log has one entry';

/** Stores with one fault each in how they change and revoke records, and the test that has to find it. */
const FAULTS: [string, string, ApiKeyStoreClass][] = [
  [
    'does not clear what is undefined',
    CHANGES,
    class extends FaultyApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        const given = Object.entries(changes).filter(([, value]) => value !== undefined);
        return super.update(keyId, Object.fromEntries(given), entry);
      }
    },
  ],
  [
    'clears what is not named',
    CHANGES,
    class extends FaultyApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        return super.update(keyId, { metadata: {}, ...changes }, entry);
      }
    },
  ],
  [
    'answers with the record as it was',
    CHANGES,
    class extends FaultyApiKeyStore {
      override async update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        const before = await this.findById(keyId);
        await super.update(keyId, changes, entry);
        return before;
      }
    },
  ],
  [
    'changes a key and does not log it',
    CHANGES,
    class extends FaultyApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges): Promise<Found> {
        return this.changeUnheard(keyId, changes);
      }
    },
  ],
  [
    'logs a change of a key that is unknown',
    NO_CHANGE,
    class extends FaultyApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        if (Object.keys(changes).length > 0) this.entries.appendNow([entry]);
        return this.changeUnheard(keyId, changes);
      }
    },
  ],
  [
    'logs that no field of a key is changed',
    NO_CHANGE,
    class extends FaultyApiKeyStore {
      override update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        if (Object.keys(changes).length === 0) this.entries.appendNow([entry]);
        return super.update(keyId, changes, entry);
      }
    },
  ],
  [
    'logs the revocation of a key that is unknown',
    NO_CHANGE,
    class extends FaultyApiKeyStore {
      override async revoke(keyId: string, revokedAt: Date, entry: Revocation): Promise<Found> {
        const revoked = await super.revoke(keyId, revokedAt, entry);
        if (revoked === undefined) this.entries.appendNow([entry]);
        return revoked;
      }
    },
  ],
  [
    'moves the moment of a revocation',
    REVOKES,
    class extends FaultyApiKeyStore {
      override async revoke(keyId: string, revokedAt: Date, entry: Revocation): Promise<Found> {
        await super.revoke(keyId, revokedAt, entry);
        return this.changeUnheard(keyId, { revokedAt });
      }
    },
  ],
  [
    'logs a revocation each time that it is told',
    REVOKES,
    class extends FaultyApiKeyStore {
      override async revoke(keyId: string, revokedAt: Date, entry: Revocation): Promise<Found> {
        if ((await this.findById(keyId))?.revokedAt) this.entries.appendNow([entry]);
        return super.revoke(keyId, revokedAt, entry);
      }
    },
  ],
  [
    'revokes and does not log it',
    REVOKES,
    class extends FaultyApiKeyStore {
      override revoke(keyId: string, revokedAt: Date): Promise<Found> {
        return this.changeUnheard(keyId, { revokedAt });
      }
    },
  ],
  [
    'looks before it revokes, and another may come in between',
    'revokes a key once, of many callers',
    class extends FaultyApiKeyStore {
      override async revoke(keyId: string, revokedAt: Date, entry: Revocation): Promise<Found> {
        const record = await this.findById(keyId);
        if (record === undefined || record.revokedAt !== undefined) return record;
        this.entries.appendNow([entry]);
        return this.changeUnheard(keyId, { revokedAt });
      }
    },
  ],
  [
    'writes other fields back with a change',
    'loses no change of another field, and no note of a use',
    class extends FaultyApiKeyStore {
      override async update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        const record = await this.findById(keyId);
        await this.findById(keyId);
        return super.update(keyId, { ...record, ...changes }, entry);
      }
    },
  ],
];

describe('apiKeyStoreContract', () => {
  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failuresOfApiKeyStore(Store)).toContain(test);
  });
});
