import { createSecretKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { readKey } from './asymmetric-key.js';
import type { KeyMaterial } from './auth-options.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });

function problemsOf(role: 'private' | 'public', material: unknown): string[] {
  const problems: string[] = [];
  const key = readKey(role, material as KeyMaterial, 'ES256', (_option, problem, remedy) => {
    problems.push(problem);
    for (const text of [problem, remedy ?? '']) expect(text).not.toMatch(/cAnArY|MIG|MFk/);
  });
  expect(key).toBeUndefined();
  return problems;
}

describe('readKey refuses a key in the wrong place', () => {
  it('private as public', () => {
    for (const material of [pair.privateKey, pem(pair.privateKey), jwk(pair.privateKey)]) {
      expect(problemsOf('public', material)).toEqual(['is a private key']);
    }
    expect(problemsOf('public', pem(rsa.privateKey))).toEqual(['is a private key']);
    expect(problemsOf('public', jwk(rsa.privateKey))).toEqual(['is a private key']);
  });

  it('public as private', () => {
    for (const material of [pair.publicKey, pem(pair.publicKey), jwk(pair.publicKey)]) {
      expect(problemsOf('private', material)).toEqual(['is a public key']);
    }
  });

  it('a JWK with a private part that is damaged, as a public key', () => {
    expect(problemsOf('public', { ...jwk(pair.publicKey), d: 'AA' })).toEqual(['is a private key']);
    expect(problemsOf('public', { ...jwk(pair.publicKey), d: 5 })).toEqual(['is no key that can be read']);
  });

  it('a secret', () => {
    const secret = createSecretKey(Buffer.from('cAnArY'.repeat(8)));
    expect(problemsOf('private', secret)).toEqual(['is no key that can be read']);
    expect(problemsOf('public', secret)).toEqual(['is no key that can be read']);
    for (const role of ['private', 'public'] as const) {
      expect(problemsOf(role, jwk(secret))).toContain('is a secret, not half of a key pair');
      expect(problemsOf(role, 'cAnArY'.repeat(8))).toEqual(['is no key that can be read']);
    }
  });
});

describe('readKey refuses a JWK that is meant for something else (RFC 7517 sections 4.2 to 4.4)', () => {
  it.each<[string, JsonWebKey]>([
    ['has a "use" other than sig', { use: 'enc' }],
    ['has a "use" other than sig', { use: 'SIG' }],
    ['has a "use" other than sig', { use: '' }],
    ['has an "alg" other than jwt.algorithm', { alg: 'ES384' }],
    ['has an "alg" other than jwt.algorithm', { alg: 'es256' }],
    ['has an "alg" other than jwt.algorithm', { alg: 'HS256' }],
    ['has an "alg" other than jwt.algorithm', { alg: '' }],
  ])('%s: %j', (problem, members) => {
    expect(problemsOf('public', { ...jwk(pair.publicKey), ...members })).toEqual([problem]);
    expect(problemsOf('private', { ...jwk(pair.privateKey), ...members })).toEqual([problem]);
  });

  it.each([[['encrypt']], [['sign']], [[]], ['verify'], [{}], [null]])(
    'with the key_ops %j to verify',
    (key_ops) => {
      expect(problemsOf('public', { ...jwk(pair.publicKey), key_ops })).toEqual([
        'has "key_ops" without verify',
      ]);
    },
  );

  it('with key_ops that do not sign, to sign', () => {
    expect(problemsOf('private', { ...jwk(pair.privateKey), key_ops: ['verify'] })).toEqual([
      'has "key_ops" without sign',
    ]);
  });

  it('with everything wrong, all at once', () => {
    const members = { use: 'enc', key_ops: ['decrypt'], alg: 'RS256' };
    expect(problemsOf('public', { ...jwk(pair.publicKey), ...members })).toHaveLength(3);
  });
});

describe('readKey refuses what is damaged or no single key', () => {
  const text = pem(pair.privateKey);

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['other text', 'cAnArY'],
    ['a file name', './keys/cAnArY.pem'],
    ['half of it', text.slice(0, 80)],
    ['its body alone', text.split('\n').slice(1, -2).join('')],
    ['a wrong label', text.replaceAll('PRIVATE KEY', 'cAnArY')],
    ['text that is a JWK', JSON.stringify(jwk(pair.privateKey))],
    ['an empty object', {}],
    ['a key set', { keys: [jwk(pair.privateKey)] }],
    ['a key set of one secret and one public key', { keys: [{ kty: 'oct', k: 'AA' }, jwk(pair.publicKey)] }],
    ['a JWK without a kty', { ...jwk(pair.privateKey), kty: undefined }],
    ['a JWK with the kty of another', { ...jwk(pair.privateKey), kty: 'RSA' }],
    ['a number', 5],
    ['a list', [text]],
  ])('%s', (_name, material) => {
    expect(problemsOf('private', material)).toEqual(['is no key that can be read']);
    expect(problemsOf('public', material)).toEqual(['is no key that can be read']);
  });

  it.each(['pkcs8', 'pkcs1'] as const)('an encrypted %s key', (type) => {
    const encrypted = rsa.privateKey
      .export({ type: type as 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'cAnArY' })
      .toString();
    for (const role of ['private', 'public'] as const)
      expect(problemsOf(role, encrypted)).toEqual(['is encrypted']);
  });

  it('line breaks that a variable turned into two characters', () => {
    const flat = text.replaceAll('\n', String.raw`\n`);
    for (const role of ['private', 'public'] as const) {
      expect(problemsOf(role, flat)).toEqual([String.raw`has \n written as two characters`]);
    }
  });
});
