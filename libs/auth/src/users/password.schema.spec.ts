import { describe, expect, it } from '@jest/globals';

import { isHashable, lengthOf, passwordSchema } from './password.schema.js';

const problemsOf = (password: unknown): string[] =>
  passwordSchema.safeParse(password).error?.issues.map(({ message }) => message) ?? [];

describe('a password in a body', () => {
  it.each([
    'x',
    ' a b ',
    'a\0b',
    '\n',
    '🔑'.repeat(256),
    'x'.repeat(256),
    'e\u0301',
    '\u00e9',
    'ＡＢＣ',
    '\ufffd',
  ])('is taken exactly as it is: %j', (password) => {
    expect(passwordSchema.parse(password)).toBe(password);
    expect(isHashable(password)).toBe(true);
  });

  it.each([
    [5, 'is not text'],
    [undefined, 'is not text'],
    [['x'], 'is not text'],
    ['', 'is empty'],
    ['x'.repeat(257), 'is longer than 256 characters'],
    ['🔑'.repeat(257), 'is longer than 256 characters'],
    ['x'.repeat(100_000), 'is longer than 256 characters'],
    ['abc\ud800def', 'is not well-formed text'],
    ['\udc00\ud800', 'is not well-formed text'],
  ])('is refused: %#', (password, problem) => {
    expect(problemsOf(password)).toEqual([problem]);
  });

  it('is measured in characters, not in bytes or halves of them', () => {
    expect(lengthOf('a🔑é')).toBe(3);
    expect(lengthOf('')).toBe(0);
  });
});
