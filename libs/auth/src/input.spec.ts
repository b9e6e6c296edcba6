import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { readInput } from './input.js';

const schema = z.strictObject({
  name: z.string('is not text'),
  list: z.array(z.number('is no number'), 'is no list').default([]),
});

describe('readInput', () => {
  it('gives the input, completed', () => {
    expect(readInput(schema, { name: 'x' }, 'make')).toEqual({ name: 'x', list: [] });
  });

  it('names every field that is wrong, and no value', () => {
    const read = (input: unknown) => () => readInput(schema, input, 'make');
    expect(read({ name: 5, list: [1, 'secret'], other: 'secret', more: 1 })).toThrow(
      new TypeError('make: name is not text; list.1 is no number; other, more is no field of it'),
    );
    expect(read('secret')).toThrow(TypeError);
    expect(read('secret')).toThrow(/^make: the input /);
    expect(read('secret')).not.toThrow(/secret/);
  });
});
