import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { judgeSecret } from './hmac-secret.js';

const problems = (secret: string | Uint8Array, minimum = 32): string[] =>
  judgeSecret(secret, minimum).map(({ problem }) => problem);

const times = (count: number, make: () => string | Uint8Array): (string | Uint8Array)[] =>
  Array.from({ length: count }, make);

describe('judgeSecret', () => {
  describe.each([32, 48, 64])('with a minimum of %d bytes', (minimum) => {
    it.each<[string, () => string | Uint8Array]>([
      ['bytes', () => randomBytes(minimum)],
      ['Uint8Arrays', () => new Uint8Array(randomBytes(minimum))],
      ['hex', () => randomBytes(minimum / 2).toString('hex')],
      [
        'upper-case hex',
        () =>
          randomBytes(minimum / 2)
            .toString('hex')
            .toUpperCase(),
      ],
      ['base64', () => randomBytes(minimum).toString('base64').slice(0, minimum)],
      ['base64 with its padding', () => randomBytes(minimum).toString('base64')],
      ['base64url', () => randomBytes(minimum).toString('base64url').slice(0, minimum)],
    ])('takes 1,000 random secrets: %s', (_name, make) => {
      expect(times(1_000, make).filter((secret) => problems(secret, minimum).length > 0)).toEqual([]);
    });

    it('counts bytes, and refuses one too few', () => {
      expect(problems(randomBytes(minimum - 1), minimum)).toEqual([`is shorter than ${minimum} bytes`]);
      const text = randomBytes(minimum).toString('base64url');
      expect(problems(text.slice(0, minimum - 1), minimum)).toEqual([`is shorter than ${minimum} bytes`]);
      // Each of these characters is two bytes long.
      const cyrillic = 'яжщфюэцъпвкмгдлбчшйзхутснраоеиёы'.repeat(2);
      expect(problems(`${cyrillic.slice(0, minimum / 2 - 1)}`, minimum)).toHaveLength(1);
      expect(problems(`${cyrillic.slice(0, minimum / 2)}`, minimum)).toEqual([]);
    });
  });

  it('takes a long sentence that a person made up', () => {
    expect(problems('seven quiet herons waded past the old lock at dusk')).toEqual([]);
  });

  it.each<[string, string | Uint8Array]>([
    ['is empty', ''],
    ['is empty', new Uint8Array()],
    ['is blank', ' '.repeat(64)],
    ['is blank', '\t\r\n \u00a0\ufeff'.repeat(16)],
    ['is blank', Buffer.alloc(64, ' ')],
    ...['undefined', 'null', 'NaN', 'None', 'false', '[object Object]'].flatMap(
      (text): [string, string][] => [
        ['is the text of a value that was missing', text],
        ['is the text of a value that was missing', text.toUpperCase()],
        ['is the text of a value that was missing', `  ${text}${' '.repeat(64)}`],
      ],
    ),
  ])('%s: %j', (problem, secret) => {
    expect(problems(secret)).toEqual([problem]);
  });

  it.each([
    'secret',
    'Secret-Key',
    'supersecret',
    'shhhhh',
    `secret${' '.repeat(60)}`,
    'qwertyuiopasdfghjklzxcvbnm123456',
    'a-string-secret-at-least-256-bits-long',
    'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
    '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
    '09D25E094FAA6CA2556C818166B7A9563B93F7099F6F0F4CAA6CF63B88E8D3E7',
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==',
    'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
    'your-256-bit-secret',
    'your_super_secret_key_that_nobody_knows',
    'change-me-change-me-change-me-0123456789',
    'CHANGE_THIS_IN_PRODUCTION_0123456789abcdef',
    'please-changeit-before-0123456789-abcdef-xyz',
    'replace-with-a-long-random-string-of-your-own',
    'do-not-use-this-in-production-0123456789abc',
    'the secret goes here, 0123456789abcdefghijk',
    'this is only a placeholder for 0123456789abc',
  ])('is a well-known example: %j', (secret) => {
    expect(problems(secret, 1)).toEqual(['is a well-known example']);
  });

  it('knows the bytes of published keys, whatever they are written as', () => {
    const published = Buffer.from('hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg', 'base64url');
    expect(problems(published)).toEqual(['is a well-known example']);
    expect(problems(new Uint8Array(published))).toEqual(['is a well-known example']);
  });

  it.each<[string, string | Uint8Array]>([
    ['one character', 'a'.repeat(64)],
    ['NUL bytes', Buffer.alloc(64)],
    ['five characters', 'abcde'.repeat(13)],
    ['a word over and over', 'correct-horse-battery'.repeat(4)],
    ['a word over and over, cut off', 'correct-horse-battery'.repeat(4).slice(0, 64)],
    ['half of it twice', 'Xk29fLqPz7Rt4Vb1Xk29fLqPz7Rt4Vb1'],
    ['an ascending sequence', 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnop'],
    ['a descending sequence', '~}|{zyxwvutsrqponmlkjihgfedcba`_^]\\[ZYXW'],
    ['digits', '0123456789012345678901234567890123456789'],
    ['bytes that count', Buffer.from(Array.from({ length: 64 }, (_, i) => i))],
  ])('repeats itself and can be guessed: %s', (_name, secret) => {
    expect(problems(secret)).toEqual(['repeats itself and can be guessed']);
  });

  it('tells everything that is wrong at once, each with its remedy', () => {
    const found = judgeSecret('aaaa', 32);
    expect(found.map(({ problem }) => problem)).toEqual([
      'repeats itself and can be guessed',
      'is shorter than 32 bytes',
    ]);
    for (const { remedy } of found) expect(remedy).toBe('make one with: openssl rand -base64 64');
  });

  it('says nothing that would tell of the secret', () => {
    for (const secret of ['cAnArY', 'cAnArY'.repeat(9), '-----BEGIN cAnArY-----', '{"kty":"cAnArY"}']) {
      const found = judgeSecret(secret, 32);
      expect(found).not.toEqual([]);
      expect(JSON.stringify(found)).not.toContain('cAnArY');
    }
  });
});
