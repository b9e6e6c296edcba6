import { describe, expect, it } from '@jest/globals';

import type { AuditEntry } from '../../audit/audit.store.js';
import { MemoryAuditStore } from './memory-audit.store.js';

function entry(i: number): AuditEntry {
  return {
    entryId: `${i}`.padStart(6, '0'),
    time: new Date(i),
    type: 'user.updated',
    actor: undefined,
    target: undefined,
    requestId: undefined,
    ip: undefined,
    details: {},
  };
}

const idsOf = async (store: MemoryAuditStore): Promise<number[]> =>
  (await store.list({ limit: 100_000 })).map(({ entryId }) => Number(entryId));

describe('the audit log in memory', () => {
  it('keeps the latest ten thousand entries', async () => {
    const store = new MemoryAuditStore();
    for (let i = 0; i < 12_000; i += 100)
      await store.append(Array.from({ length: 100 }, (_, j) => entry(i + j)));
    const ids = await idsOf(store);
    expect(ids).toHaveLength(10_000);
    expect([ids[0], ids.at(-1)]).toEqual([11_999, 2_000]);
  });

  it('keeps the latest, whatever the order they came in', async () => {
    const store = new MemoryAuditStore(3);
    for (const i of [5, 1, 4, 2, 3]) await store.append([entry(i)]);
    expect(await idsOf(store)).toEqual([5, 4, 3]);
  });

  it('hands out what nobody can change', async () => {
    const store = new MemoryAuditStore();
    const details = { code: 'x' };
    await store.append([{ ...entry(1), details }]);
    details.code = 'y';
    const [found] = await store.list({ limit: 1 });
    expect(found!.details).toEqual({ code: 'x' });
    expect(Object.isFrozen(found) && Object.isFrozen(found!.details)).toBe(true);
  });
});
