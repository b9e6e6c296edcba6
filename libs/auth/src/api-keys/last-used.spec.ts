import { describe, expect, it } from '@jest/globals';

import { MemoryApiKeyStore } from '../stores/memory/memory-api-key.store.js';
import { MemoryRevocationStore } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import type { VerifiedKey } from './api-key.verifier.js';
import { LastUsed } from './last-used.js';

/** A store that keeps what it is told, and can be down or hang. */
class TouchedStore extends MemoryApiKeyStore {
  readonly touched: [keyId: string, time: number][][] = [];
  state: 'up' | 'down' | 'hanging' = 'up';

  override async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
    if (this.state === 'down') throw new Error('connect ECONNREFUSED');
    if (this.state === 'hanging') await new Promise(() => undefined);
    this.touched.push([...uses].map(([keyId, time]) => [keyId, time.getTime()]));
  }
}

const keyNamed = (keyId: string): VerifiedKey => ({ keyId, terms: undefined, notedIn: 0 });

function start(): { store: TouchedStore; clock: ManualClock; lastUsed: LastUsed } {
  const store = new TouchedStore(new MemoryRevocationStore());
  const clock = new ManualClock(1_000);
  return { store, clock, lastUsed: new LastUsed(store, clock) };
}

describe('the notes of when keys were used', () => {
  it('are written in batches, one for each key that was used since', async () => {
    const { store, clock, lastUsed } = start();
    const [one, other] = [keyNamed('one'), keyNamed('other')];
    for (let i = 0; i < 3; i += 1) {
      lastUsed.note(one);
      lastUsed.note(other);
      clock.advance(1);
    }
    await lastUsed.write();
    await lastUsed.write();
    lastUsed.note(one);
    await lastUsed.write();
    expect(store.touched).toEqual([
      [
        ['one', 1_000],
        ['other', 1_000],
      ],
      [['one', 4_000]],
    ]);
  });

  it('know a key that was verified again', async () => {
    const { store, clock, lastUsed } = start();
    lastUsed.note(keyNamed('one'));
    clock.advance(1);
    lastUsed.note(keyNamed('one'));
    await lastUsed.write();
    expect(store.touched).toEqual([[['one', 2_000]]]);
  });

  it('are not lost to an outage, and the later one counts', async () => {
    const { store, clock, lastUsed } = start();
    const [one, other] = [keyNamed('one'), keyNamed('other')];
    store.state = 'down';
    lastUsed.note(one);
    lastUsed.note(other);
    const writing = lastUsed.write();
    clock.advance(1);
    lastUsed.note(one);
    await writing;
    store.state = 'up';
    await lastUsed.write();
    expect(store.touched).toEqual([
      [
        ['one', 2_000],
        ['other', 1_000],
      ],
    ]);
  });

  it('do not hold up the end of an application whose store hangs', async () => {
    const { store, lastUsed } = start();
    store.state = 'hanging';
    lastUsed.onModuleInit();
    lastUsed.note(keyNamed('one'));
    await expect(lastUsed.onApplicationShutdown()).resolves.toBeUndefined();
  });
});
