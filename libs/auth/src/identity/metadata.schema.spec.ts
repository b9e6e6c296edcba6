import { describe, expect, it } from '@jest/globals';

import { metadataSchema } from './metadata.schema.js';

const problem = (value: unknown): string | undefined =>
  metadataSchema.safeParse(value).error?.issues[0]?.message;

describe('metadataSchema', () => {
  it('takes plain JSON, and copies it', () => {
    const value = {
      text: 'x',
      number: 1.5,
      no: false,
      nothing: null,
      list: [1, [{}]],
      deep: { a: { b: [] } },
    };
    const copy = metadataSchema.parse(value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
    expect(copy.deep).not.toBe(value.deep);
    expect(copy.list).not.toBe(value.list);
  });

  it.each([undefined, null, 'text', 5, [], [{}], new Date(0), new Map()])(
    'takes %p for no object',
    (value) => {
      expect(problem(value)).toBe('is no plain JSON object');
    },
  );

  it.each([
    undefined,
    5n,
    Number.NaN,
    Infinity,
    Symbol('x'),
    () => 1,
    new Date(0),
    new Map(),
    Buffer.from('x'),
  ])('finds %p at any depth', (value) => {
    for (const metadata of [{ a: value }, { a: [1, value] }, { a: { b: { c: value } } }]) {
      expect(problem(metadata)).toBe('is no JSON value');
    }
  });
});
