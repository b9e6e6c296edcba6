import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { lineageOf, successorId } from './api-key.lineage.js';

describe('the lineage of keys', () => {
  it.each([randomUUID(), 'registered-1', '0190a0a0-0000-7000-8000-000000000001'])(
    'goes from %s to its successor, and on',
    (keyId) => {
      let current = keyId;
      const ids = new Set([current]);
      for (let i = 0; i < 5; i += 1) ids.add((current = successorId(current)));
      expect(ids.size).toBe(6);
      expect(new Set([...ids].map(lineageOf)).size).toBe(1);
      expect(current).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    },
  );

  it('is not shared by keys that have nothing to do with each other', () => {
    const alike = Array.from(
      { length: 100 },
      (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    );
    const ids = [...alike, ...Array.from({ length: 900 }, () => randomUUID())];
    expect(new Set(ids.map(lineageOf)).size).toBe(1_000);
  });
});
