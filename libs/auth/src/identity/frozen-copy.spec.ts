import { describe, expect, it } from '@jest/globals';

import { frozenCopy } from './frozen-copy.js';

describe('frozenCopy', () => {
  it.each([undefined, null, true, 0, 'text', 5n])('gives %p back', (value) => {
    expect(frozenCopy(value)).toBe(value);
  });

  it('copies plain data, all the way down', () => {
    const value = { a: [1, { b: ['c', null] }], d: { e: undefined }, at: new Date(5) };
    const copy = frozenCopy(value);
    expect(copy).toEqual(value);
    const parts = (one: typeof value): unknown[] => [one, one.a, one.a[1], one.d, one.at];
    for (const [i, part] of parts(copy).entries()) expect(part).not.toBe(parts(value)[i]);
    value.d.e = 'changed' as never;
    value.at.setTime(6);
    expect(copy).toMatchObject({ d: { e: undefined }, at: new Date(5) });
  });

  it('freezes every object and list of the copy, and nothing of the original', () => {
    const value = { a: [[1], { b: {} }] as [number[], { b: object }] };
    const parts = (one: typeof value): object[] => [one, one.a, one.a[0], one.a[1], one.a[1].b];
    expect(parts(frozenCopy(value)).every(Object.isFrozen)).toBe(true);
    expect(parts(value).some(Object.isFrozen)).toBe(false);
  });

  it('takes __proto__ for a name like any other', () => {
    const copy = frozenCopy(JSON.parse('{"__proto__":{"admin":true},"a":1}') as Record<string, unknown>);
    expect(Object.keys(copy)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy.admin).toBeUndefined();
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true},"a":1}');
  });
});
