import { describe, expect, it } from '@jest/globals';

import { isTooDeep, MAX_METADATA_DEPTH } from './depth.js';

function nested(levels: number, wrap: (inside: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = wrap(value);
  return value;
}

describe('isTooDeep', () => {
  it.each<[string, (inside: unknown) => unknown]>([
    ['objects', (inside) => ({ a: inside })],
    ['lists', (inside) => [inside]],
    ['both', (inside) => [{ first: 1, a: inside }]],
  ])('counts %s', (name, wrap) => {
    const most = name === 'both' ? MAX_METADATA_DEPTH / 2 : MAX_METADATA_DEPTH;
    expect(isTooDeep(nested(most, wrap))).toBe(false);
    expect(isTooDeep(nested(most + 1, wrap))).toBe(true);
    expect(isTooDeep(nested(100_000, wrap))).toBe(true);
  });

  it('finds depth beside what is flat', () => {
    expect(isTooDeep({ a: 1, b: [], c: nested(300, (inside) => [inside]), d: {} })).toBe(true);
  });

  it.each([undefined, null, 'text', 5, {}, []])('%p is flat', (value) => {
    expect(isTooDeep(value)).toBe(false);
  });

  it('takes a circle for too deep', () => {
    const circle: Record<string, unknown> = {};
    circle.self = { circle };
    expect(isTooDeep(circle)).toBe(true);
  });
});
