import { describe, expect, it } from '@jest/globals';

import { MemoryRevocationStore } from './memory-revocation.store.js';

const TIMES = 10_000;

describe('the log in memory', () => {
  it('does not grow with how often one key is changed', async () => {
    const log = new MemoryRevocationStore();
    await log.append([{ kind: 'token', id: 'first', at: 1, expiresAt: 2 }]);
    for (let i = 0; i < TIMES; i += 1)
      await log.append([{ kind: 'api-key', id: 'one', at: TIMES - i, expiresAt: i }]);
    const entries = await log.readAfter(0, TIMES);
    expect(entries.length).toBeLessThan(2_000);
    expect(entries[0]).toEqual({ position: 1, kind: 'token', id: 'first', at: 1, expiresAt: 2 });
    expect(entries.at(-1)).toMatchObject({ position: TIMES + 1, kind: 'api-key', id: 'one' });
    // Nothing of what took the place of others says less than they did.
    expect(Math.max(...entries.map(({ at }) => at))).toBe(TIMES);
    expect(Math.max(...entries.map(({ expiresAt }) => expiresAt))).toBe(TIMES - 1);
  });

  it('keeps every entry of its own, in the order of positions', async () => {
    const log = new MemoryRevocationStore();
    for (let i = 0; i < TIMES; i += 1)
      await log.append([{ kind: i % 2 === 0 ? 'token' : 'session', id: `${i >> 1}`, at: 1, expiresAt: 2 }]);
    const positions = (await log.readAfter(0, 2 * TIMES)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: TIMES }, (_, i) => i + 1));
    expect((await log.readAfter(TIMES - 3, 2)).map(({ position }) => position)).toEqual([
      TIMES - 2,
      TIMES - 1,
    ]);
    expect(await log.readAfter(TIMES, 2)).toEqual([]);
  });
});
