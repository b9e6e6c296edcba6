import { describe, expect, it } from '@jest/globals';

import {
  type ApiKeyStoreClass,
  failuresOfApiKeyStore,
  FaultyApiKeyStore,
  type Found,
} from '../../../../test/support/faulty-api-keys.js';
import type {
  ApiKeyChanges,
  ApiKeyRecord,
  KeyRotationResult,
  ApiKeyStore,
} from '../api-keys/api-key.store.js';
import type { Revocation } from '../revocation/revocation.js';

type Rotation = Parameters<ApiKeyStore['rotate']>;

const NO_CHANGE = 'writes nothing to the log when there is nothing to change';
const ROTATES =
  'rotates: the successor is there, and the key ends when it should, or earlier if it would have';
const REFUSES =
  'rotates no key that is revoked, inactive, expired or replaced, and none to a successor that exists';
const NOTES = 'notes uses, never back, and nothing in the log; skips unknown keys';

/** Stores with one fault each in how they rotate keys and note uses, and the test that has to find it. */
const FAULTS: [string, string, ApiKeyStoreClass][] = [
  [
    'logs the rotation of a key that is unknown',
    NO_CHANGE,
    class extends FaultyApiKeyStore {
      override async rotate(...args: Rotation): Promise<KeyRotationResult> {
        const result = await super.rotate(...args);
        if (result.outcome === 'unknown') this.entries.appendNow([args[4]]);
        return result;
      }
    },
  ],
  [
    'writes all of a record back that it read before',
    'leaves a key revoked whatever is changed, noted or rotated at the same time',
    class extends FaultyApiKeyStore {
      override async update(keyId: string, changes: ApiKeyChanges, entry: Revocation): Promise<Found> {
        const record = await this.findById(keyId);
        return super.update(keyId, { ...record, ...changes }, entry);
      }
    },
  ],
  [
    'lets a rotated key live longer than it would have',
    ROTATES,
    class extends FaultyApiKeyStore {
      override async rotate(...args: Rotation): Promise<KeyRotationResult> {
        const result = await super.rotate(...args);
        if (result.outcome !== 'rotated') return result;
        return { outcome: 'rotated', old: (await this.changeUnheard(args[0], { expiresAt: args[2] }))! };
      }
    },
  ],
  [
    'does not log a rotation',
    ROTATES,
    class extends FaultyApiKeyStore {
      override rotate(keyId: string, successor: ApiKeyRecord, endsAt: Date, now: Date, entry: Revocation) {
        return super.rotate(keyId, successor, endsAt, now, { ...entry, id: 'nobody' });
      }
    },
  ],
  [
    'rotates an inactive key',
    REFUSES,
    class extends FaultyApiKeyStore {
      override async rotate(...args: Rotation): Promise<KeyRotationResult> {
        await this.changeUnheard(args[0], { isActive: true });
        return super.rotate(...args);
      }
    },
  ],
  [
    'leaves the successor of a rotation that it refused',
    REFUSES,
    class extends FaultyApiKeyStore {
      override async rotate(...args: Rotation): Promise<KeyRotationResult> {
        const result = await super.rotate(...args);
        if (result.outcome === 'refused') await this.insert(args[1]);
        return result;
      }
    },
  ],
  [
    'looks before it rotates, and another may come in between',
    'rotates a key once, of many callers: one successor exists, and one entry is in the log',
    class extends FaultyApiKeyStore {
      override async rotate(...[keyId, successor, endsAt, now, entry]: Rotation): Promise<KeyRotationResult> {
        const old = (await this.findById(keyId))!;
        if (old.replacedBy !== undefined) return { outcome: 'refused', old };
        await this.insert(successor);
        const changes = { replacedBy: successor.keyId, replacedAt: now, expiresAt: endsAt };
        return { outcome: 'rotated', old: (await this.update(keyId, changes as ApiKeyChanges, entry))! };
      }
    },
  ],
  [
    'notes an earlier use over a later one',
    NOTES,
    class extends FaultyApiKeyStore {
      override async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
        for (const [keyId, lastUsedAt] of uses) await this.changeUnheard(keyId, { lastUsedAt });
      }
    },
  ],
  [
    'logs uses',
    NOTES,
    class extends FaultyApiKeyStore {
      override async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
        await super.touch(uses);
        for (const id of uses.keys()) this.entries.appendNow([{ kind: 'api-key', id, at: 0, expiresAt: 1 }]);
      }
    },
  ],
];

describe('apiKeyStoreContract', () => {
  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failuresOfApiKeyStore(Store)).toContain(test);
  });
});
