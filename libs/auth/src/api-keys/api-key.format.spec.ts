import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { generateApiKey, hashApiKey, isWellFormedApiKey, startOfApiKey } from './api-key.format.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 bit by bit (ISO 3309), in base62: as a secret scanner would write it. */
function checksumOf(body: string): string {
  let crc = 0xffff_ffff;
  for (const byte of Buffer.from(body)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  let rest = (crc ^ 0xffff_ffff) >>> 0;
  let digits = '';
  for (let i = 0; i < 6; i += 1) {
    digits = BASE62[rest % 62]! + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

const withChecksum = (body: string): string => body + checksumOf(body);

describe('generateApiKey', () => {
  it.each(['ck', 'k', '0', 'acmeLive2', 'x'.repeat(16)])('makes keys that begin with %s', (prefix) => {
    for (let i = 0; i < 200; i += 1) {
      const key = generateApiKey(prefix);
      expect(key).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{49}$`));
      expect(key).toBe(withChecksum(key.slice(0, -6)));
      expect(isWellFormedApiKey(key, prefix)).toBe(true);
    }
  });

  it('makes each key once, with 256 bits of chance in it', () => {
    const secrets = Array.from({ length: 2_000 }, () => generateApiKey('ck').slice(3, -6));
    expect(new Set(secrets).size).toBe(2_000);
    // 32 bytes fill 43 digits almost to the last one: the first has nearly as many values as the others.
    expect(new Set(secrets.map(([first]) => first)).size).toBeGreaterThan(50);
    for (let i = 1; i < 43; i += 1) expect(new Set(secrets.map((secret) => secret[i])).size).toBe(62);
  });
});

describe('isWellFormedApiKey', () => {
  // Made once and written down: keys of today have to be good tomorrow.
  const good = 'ck_3rVxT0bqLmW8yZaGdKjN5sPfUhC1oE7iX9tRw2BkMvQ2PyzHa';
  const body = good.slice(0, 46);

  it('accepts a key with its checksum, a checksum with leading zeros too', () => {
    expect(good).toBe(withChecksum(body));
    expect(isWellFormedApiKey(good, 'ck')).toBe(true);
    const zeros = Array.from({ length: 200 }, (_, i) => `${body.slice(0, -3)}${String(i).padStart(3, '0')}`)
      .map(withChecksum)
      .filter((one) => one[46] === '0');
    expect(zeros.length).toBeGreaterThan(0);
    for (const one of zeros) expect(isWellFormedApiKey(one, 'ck')).toBe(true);
  });

  it('refuses a key with any one character changed, or two swapped', () => {
    for (let i = 0; i < good.length; i += 1) {
      const other = good[i] === 'x' ? 'y' : 'x';
      expect(isWellFormedApiKey(good.slice(0, i) + other + good.slice(i + 1), 'ck')).toBe(false);
      const [a, b] = [good.charAt(i), good.charAt(i + 1)];
      const swapped = good.slice(0, i) + b + a + good.slice(i + 2);
      if (a !== b && b !== '') expect(isWellFormedApiKey(swapped, 'ck')).toBe(false);
    }
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['the prefix', 'ck_'],
    ['a key cut off', good.slice(0, -1)],
    ['a key without its checksum and one more', `${body}A`],
    ['a key with something behind it', `${good}0`],
    ['a key with a line break behind it', `${good}\n`],
    ['a key with a blank before it', ` ${good}`],
    ['a key without its prefix', good.slice(3)],
    ['a key of another prefix', withChecksum(`sk${body.slice(2)}`)],
    ['a prefix in another case', withChecksum(`CK${body.slice(2)}`)],
    ['a key in lower case', good.toLowerCase()],
    ['a shorter secret with its checksum', withChecksum(body.slice(0, -1))],
    ['a longer secret with its checksum', withChecksum(`${body}0`)],
    ['two keys', good + good],
    ['its own hash', hashApiKey(good)],
    ['a wildcard', `ck_${'%'.repeat(49)}`],
    ['a NUL', `${good.slice(0, -1)}\0`],
    ['full-width letters', good.replace('c', 'ｃ')],
    ['a megabyte', `ck_${'A'.repeat(1_048_576)}`],
  ])('refuses %s', (_name, text) => {
    expect(isWellFormedApiKey(text, 'ck')).toBe(false);
  });

  it("accepts the predecessor's keys under any prefix, and nothing near them", () => {
    const old = 'ck_-_' + 'Ab0'.repeat(13) + 'Zz';
    expect(old).toHaveLength(46);
    for (const prefix of ['ck', 'acme']) {
      expect(isWellFormedApiKey(old, prefix)).toBe(true);
      for (const near of [
        `${old}A`,
        old.slice(0, -1),
        `${old}=`,
        `sk${old.slice(2)}`,
        old.replace('-', '+'),
      ]) {
        expect(isWellFormedApiKey(near, prefix)).toBe(false);
      }
      expect(isWellFormedApiKey(`${old}\n`, prefix)).toBe(false);
      expect(isWellFormedApiKey(`x${old}`, prefix)).toBe(false);
    }
  });
});

describe('hashApiKey and startOfApiKey', () => {
  it('is the SHA-256 of all of the key, in hexadecimal', () => {
    expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const key = generateApiKey('ck');
    expect(hashApiKey(key)).toBe(createHash('sha256').update(key).digest('hex'));
  });

  it('shows 8 characters', () => {
    expect(startOfApiKey('ck_AbCdE' + 'x'.repeat(44))).toBe('ck_AbCdE');
  });
});
