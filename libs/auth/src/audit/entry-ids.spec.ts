import { describe, expect, it } from '@jest/globals';

import { EntryIds } from './entry-ids.js';

const NOW = 1_767_323_045_678;

describe('ids of entries', () => {
  it('are UUIDv7 that begin with the time', () => {
    const id = new EntryIds().next(NOW);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOW);
  });

  it('sort as they were made, many in a millisecond and when the clock goes back', () => {
    const ids = new EntryIds();
    const made = [
      ...Array.from({ length: 10_000 }, () => ids.next(NOW)),
      ids.next(NOW - 5_000),
      ids.next(NOW + 1_000),
    ];
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('of two processes differ in the same millisecond', () => {
    expect(new EntryIds().next(NOW)).not.toBe(new EntryIds().next(NOW));
  });
});
