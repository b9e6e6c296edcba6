import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { rocaModulus } from '../../../../test/support/roca.js';
import { hasRocaFingerprint } from './roca.js';

describe('hasRocaFingerprint', () => {
  it('knows moduli of the flawed form', () => {
    for (let i = 0; i < 50; i += 1) expect(hasRocaFingerprint(rocaModulus(2_048))).toBe(true);
  });

  it('knows them as products of two primes of that form, too', () => {
    const product = rocaModulus(1_024) * rocaModulus(1_024);
    expect(hasRocaFingerprint(product)).toBe(true);
  });

  it('finds it in no random modulus', () => {
    for (let i = 0; i < 2_000; i += 1) {
      const modulus = BigInt(`0x${randomBytes(256).toString('hex')}`) | 1n;
      expect(hasRocaFingerprint(modulus)).toBe(false);
    }
  });

  it('finds it not when a single small prime disagrees', () => {
    const modulus = rocaModulus(2_048);
    // Modulo every prime but 167 nothing changes; 65537 generates half of what there is modulo 167.
    const others = [
      3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
    ]
      .concat([103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163])
      .reduce((product, prime) => product * BigInt(prime), 2n);
    const changed = Array.from({ length: 167 }, (_, i) => modulus + BigInt(i) * others);
    expect(changed.filter(hasRocaFingerprint).length).toBeLessThan(167 / 2);
  });

  it('finds it in no key that is made here', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { n } = publicKey.export({ format: 'jwk' });
    expect(hasRocaFingerprint(BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`))).toBe(false);
  });
});
