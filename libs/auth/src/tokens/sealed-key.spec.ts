import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { openKey, sealKey } from './sealed-key.js';

const encryptionKey = createSecretKey(randomBytes(32));
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const belongsTo = { keyId: 'a', algorithm: 'ES256' };

describe('a sealed key', () => {
  it('opens with the key and for the record that it was sealed for', () => {
    const sealed = sealKey(ec.privateKey, encryptionKey, belongsTo);
    expect(openKey(sealed, encryptionKey, belongsTo)!.equals(ec.privateKey)).toBe(true);
    const secret = createSecretKey(randomBytes(64));
    const ofSecret = { keyId: 'b', algorithm: 'HS512' };
    expect(openKey(sealKey(secret, encryptionKey, ofSecret), encryptionKey, ofSecret)!.equals(secret)).toBe(
      true,
    );
  });

  it('is another text each time', () => {
    const texts = Array.from({ length: 20 }, () => sealKey(ec.privateKey, encryptionKey, belongsTo));
    expect(new Set(texts.map((text) => text.slice(0, 16))).size).toBe(20);
  });

  it('does not open with another key, under another name, or for another algorithm', () => {
    const sealed = sealKey(ec.privateKey, encryptionKey, belongsTo);
    expect(openKey(sealed, createSecretKey(randomBytes(32)), belongsTo)).toBeUndefined();
    for (const other of [{ keyId: 'b' }, { algorithm: 'ES384' }, { algorithm: 'HS256' }]) {
      expect(openKey(sealed, encryptionKey, { ...belongsTo, ...other })).toBeUndefined();
    }
  });

  it('does not open when a byte of it is another, or missing', () => {
    const sealed = Buffer.from(sealKey(ec.privateKey, encryptionKey, belongsTo), 'base64url');
    for (const i of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(openKey(changed.toString('base64url'), encryptionKey, belongsTo)).toBeUndefined();
    }
    for (const length of [0, 5, 12, 27, 28, sealed.length - 1]) {
      const cut = sealed.subarray(0, length).toString('base64url');
      expect(openKey(cut, encryptionKey, belongsTo)).toBeUndefined();
    }
  });
});
