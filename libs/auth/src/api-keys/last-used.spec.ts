import { describe, expect, it } from '@jest/globals';

import { MemoryApiKeyStore } from '../stores/memory/memory-api-key.store.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { LastUsed } from './last-used.js';

describe('the notes of when keys were used', () => {
  it('do not hold up the end of an application whose store hangs', async () => {
    class Hanging extends MemoryApiKeyStore {
      override touch(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const lastUsed = new LastUsed(new Hanging(new MemoryRevocationStore()), new ManualClock());
    lastUsed.onModuleInit();
    lastUsed.note('key');
    await expect(lastUsed.onApplicationShutdown()).resolves.toBeUndefined();
  });
});
