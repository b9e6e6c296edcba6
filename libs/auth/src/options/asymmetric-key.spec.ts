import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { rocaModulus } from '../../../../test/support/roca.js';
import { readKey } from './asymmetric-key.js';
import type { JwtAlgorithm, KeyMaterial } from './auth-options.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
};

const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });

function read(
  role: 'private' | 'public',
  material: KeyMaterial,
  algorithm: JwtAlgorithm | undefined,
): { key: KeyObject | undefined; problems: string[] } {
  const problems: string[] = [];
  const key = readKey(role, material, algorithm, (option, problem, remedy) => {
    expect(option).toBe(`jwt.${role}Key`);
    expect(remedy).toMatch(/^[a-z]/);
    problems.push(problem);
  });
  expect(key === undefined).toBe(problems.length > 0);
  return { key, problems };
}

const problemsOf = (...args: Parameters<typeof read>): string[] => read(...args).problems;

describe('readKey takes', () => {
  it.each<[JwtAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }]>([
    ['RS256', rsa],
    ['PS512', rsa],
    ['ES256', ec.ES256],
    ['ES384', ec.ES384],
    ['ES512', ec.ES512],
  ])('PEM, JWK and KeyObject for %s', (algorithm, pair) => {
    for (const role of ['private', 'public'] as const) {
      const original = pair[`${role}Key`];
      const forms = [
        original,
        pem(original),
        `\n  \n${pem(original)}\n`,
        pem(original).replaceAll('\n', '\r\n'),
      ];
      const operation = role === 'private' ? 'sign' : 'verify';
      const jwks = [
        jwk(original),
        { ...jwk(original), use: 'sig', alg: algorithm, kid: 'x', key_ops: [operation] },
        { ...jwk(original), key_ops: ['sign', 'verify'] },
      ];
      for (const material of [...forms, ...jwks]) {
        const { key, problems } = read(role, material, algorithm);
        expect(problems).toEqual([]);
        expect(key!.type).toBe(role);
        expect(jwk(key!)).toEqual(jwk(original));
      }
    }
  });

  it('the older PEM forms', () => {
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(problemsOf('public', pkcs1, 'RS256')).toEqual([]);
    const sec1 = ec.ES256.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    expect(problemsOf('private', sec1, 'ES256')).toEqual([]);
  });
});

describe('readKey refuses', () => {
  it.each([
    ['1024', 1_024],
    ['2047', 2_047],
  ])('an RSA key of %s bits', (_bits, modulusLength) => {
    const weak = generateKeyPairSync('rsa', { modulusLength });
    for (const material of [weak.privateKey, pem(weak.privateKey), jwk(weak.privateKey)]) {
      expect(problemsOf('private', material, 'RS256')).toEqual(['is shorter than 2048 bits']);
    }
    expect(problemsOf('public', pem(weak.publicKey), 'PS256')).toEqual(['is shorter than 2048 bits']);
  });

  it.each([
    ['1', 'AQ'],
    ['2', 'Ag'],
    ['65536', 'AQAA'],
  ])('the public exponent %s', (_name, e) => {
    const { n, kty } = jwk(rsa.publicKey);
    const [problem, ...others] = problemsOf('public', { kty, n, e }, 'RS256');
    expect(others).toEqual([]);
    expect(problem).toBe('has a public exponent that does not protect');
  });

  it('a modulus with the ROCA flaw, as JWK, PEM and KeyObject', () => {
    const n = Buffer.from(rocaModulus(2_048).toString(16), 'hex').toString('base64url');
    const material = { kty: 'RSA', e: 'AQAB', n };
    const key = createPublicKey({ key: material, format: 'jwk' });
    for (const form of [material, key, pem(key)]) {
      expect(problemsOf('public', form, 'RS256')).toEqual(['can be factored (ROCA, CVE-2017-15361)']);
    }
  });

  it('a point that is on no curve', () => {
    const good = jwk(ec.ES256.publicKey);
    const y = Buffer.from(good.y!, 'base64url');
    y[31]! ^= 1;
    for (const broken of [{ y: y.toString('base64url') }, { x: good.y, y: good.x }, { x: 'AA', y: 'AA' }]) {
      const [problem] = problemsOf('public', { ...good, ...broken }, 'ES256');
      expect(problem).toBe('is no key that can be read');
    }
    const der = ec.ES256.publicKey.export({ type: 'spki', format: 'der' });
    der[der.length - 1]! ^= 1;
    const text = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
    expect(problemsOf('public', text, 'ES256')).toEqual(['is no key that can be read']);
  });

  it.each<[JwtAlgorithm, JwtAlgorithm]>([
    ['ES256', 'ES384'],
    ['ES256', 'ES512'],
    ['ES384', 'ES256'],
    ['ES384', 'ES512'],
    ['ES512', 'ES256'],
    ['ES512', 'ES384'],
  ])('the key of %s for %s', (of, algorithm) => {
    const pair = ec[of as keyof typeof ec];
    for (const material of [jwk(pair.publicKey), pem(pair.publicKey), pair.publicKey]) {
      expect(problemsOf('public', material, algorithm)).toEqual(['is on another curve']);
    }
    expect(problemsOf('private', pem(pair.privateKey), algorithm)).toEqual(['is on another curve']);
  });

  it('a curve that no algorithm has', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    expect(problemsOf('private', privateKey, 'ES256')).toEqual(['is on another curve']);
  });

  it('an RSA key for ES and an EC key for RS and PS', () => {
    expect(problemsOf('public', pem(rsa.publicKey), 'ES256')).toEqual(['is an RSA key']);
    expect(problemsOf('private', ec.ES256.privateKey, 'RS256')).toEqual(['is an EC key']);
    expect(problemsOf('private', jwk(ec.ES256.privateKey), 'PS256')).toEqual(['is an EC key']);
  });

  it('a key of another kind', () => {
    const ed = generateKeyPairSync('ed25519');
    expect(problemsOf('private', ed.privateKey, 'ES256')).toEqual(['is neither an RSA nor an EC key']);
    const x25519 = generateKeyPairSync('x25519');
    expect(problemsOf('public', pem(x25519.publicKey), 'RS256')).toEqual(['is neither an RSA nor an EC key']);
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2_048, hashAlgorithm: 'sha256' });
    expect(problemsOf('private', pss.privateKey, 'PS256')).toEqual(['is restricted to RSA-PSS parameters']);
    expect(problemsOf('public', pem(pss.publicKey), 'PS256')).toEqual([
      'is restricted to RSA-PSS parameters',
    ]);
  });

  it('a key without an algorithm by what it is', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    expect(problemsOf('private', pem(weak.privateKey), undefined)).toEqual(['is shorter than 2048 bits']);
    expect(problemsOf('private', ec.ES384.privateKey, undefined)).toEqual([]);
  });
});
