import { describe, expect, it } from '@jest/globals';

import { UuidV7Sequence } from './uuid-v7.js';

const NOW = 1_767_323_045_678;

describe('UUIDs of a sequence', () => {
  it('have the form, the version and the variant of RFC 9562', () => {
    const ids = new UuidV7Sequence();
    for (let i = 0; i < 200; i += 1)
      expect(ids.next(NOW + i)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
  });

  it('begin with the time', () => {
    const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    const ids = new UuidV7Sequence();
    for (const time of [NOW, NOW + 1, NOW + 70_000]) expect(timeOf(ids.next(time))).toBe(time);
  });

  it('sort as they were made, many in a millisecond and when the clock goes back', () => {
    const ids = new UuidV7Sequence();
    const made = [
      ...Array.from({ length: 10_000 }, () => ids.next(NOW)),
      ids.next(NOW - 5_000),
      ids.next(NOW + 1_000),
    ];
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('are none of another sequence, in the same millisecond either', () => {
    const first = new UuidV7Sequence();
    const second = new UuidV7Sequence();
    const made = Array.from({ length: 1_000 }, () => [first.next(NOW), second.next(NOW)]).flat();
    expect(new Set(made).size).toBe(made.length);
  });
});
