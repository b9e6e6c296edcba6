import { describe, expect, it } from '@jest/globals';

import { uuidV7 } from './uuid-v7.js';

const NOW = Date.UTC(2026, 0, 2);

describe('uuidV7', () => {
  it('has the form, the version and the variant of RFC 9562', () => {
    for (let i = 0; i < 200; i += 1)
      expect(uuidV7(NOW + i)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
  });

  it('begins with the time', () => {
    expect(Number.parseInt(uuidV7(NOW).replaceAll('-', '').slice(0, 12), 16)).toBe(NOW);
    const ids = [NOW + 2, NOW, NOW + 70_000, NOW + 1].map(uuidV7);
    expect(ids.toSorted()).toEqual([ids[1], ids[3], ids[0], ids[2]]);
  });

  it('does not repeat itself', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => uuidV7(NOW))).size).toBe(1_000);
  });
});
