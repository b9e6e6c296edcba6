import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { loadKeys, type SigningKeys, type WrittenKeys } from './signing-keys.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const jwk = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });

function load(written: unknown): { keys: SigningKeys | undefined; problems: string[] } {
  const problems: string[] = [];
  const keys = loadKeys(written as WrittenKeys, (option, problem, remedy) => {
    expect(remedy).toMatch(/^[a-z]/);
    problems.push(`${option} ${problem}`);
  });
  expect(keys === undefined).toBe(problems.length > 0);
  return { keys, problems };
}

const problemsOf = (written: unknown): string[] => load(written).problems;

describe('loadKeys', () => {
  it.each(['HS256', 'HS384', 'HS512'])('makes one key of a secret for %s', (algorithm) => {
    for (const secret of [SECRET, Buffer.from(SECRET), new Uint8Array(Buffer.from(SECRET))]) {
      const { signingKey, verificationKey, ...rest } = load({ secret, algorithm }).keys!;
      expect(rest).toEqual({ algorithm });
      expect(signingKey).toBe(verificationKey);
      expect(verificationKey.type).toBe('secret');
      expect(verificationKey.export().toString()).toBe(SECRET);
    }
  });

  it('keeps its own copy of a secret', () => {
    const secret = Buffer.from(SECRET);
    const { verificationKey } = load({ secret }).keys!;
    secret.fill(0);
    expect(verificationKey.export().toString()).toBe(SECRET);
  });

  it('takes HS256 for a secret when nothing else is said', () => {
    expect(load({ secret: SECRET }).keys!.algorithm).toBe('HS256');
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
    'makes a pair of an RSA key for %s',
    (algorithm) => {
      const { keys } = load({ privateKey: rsa.privateKey, algorithm });
      expect(jwk(keys!.verificationKey)).toEqual(jwk(rsa.publicKey));
      expect(keys!.signingKey).toBe(rsa.privateKey);
    },
  );

  it('takes both halves', () => {
    const { keys } = load({
      privateKey: jwk(ec.privateKey),
      publicKey: jwk(ec.publicKey),
      algorithm: 'ES256',
    });
    expect(keys!.signingKey!.type).toBe('private');
    expect(keys!.verificationKey.type).toBe('public');
  });

  it('verifies and does not sign with a public key alone', () => {
    const { keys } = load({ publicKey: ec.publicKey, algorithm: 'ES256' });
    expect(keys).toEqual({ algorithm: 'ES256', signingKey: undefined, verificationKey: ec.publicKey });
  });

  it('never hands out a private key to verify with', () => {
    for (const privateKey of [ec.privateKey, jwk(ec.privateKey)]) {
      expect(load({ privateKey, algorithm: 'ES256' }).keys!.verificationKey.type).toBe('public');
    }
  });
});

describe('loadKeys refuses', () => {
  it.each(['none', 'NONE', 'None', 'nOnE', ' none ', 'none\n'])('the algorithm %j', (algorithm) => {
    expect(problemsOf({ secret: SECRET, algorithm })).toEqual(['jwt.algorithm would leave tokens unsigned']);
    expect(problemsOf({ publicKey: ec.publicKey, algorithm })).toEqual([
      'jwt.algorithm would leave tokens unsigned',
    ]);
  });

  it.each([
    ...[
      '',
      ' ',
      'hs256',
      'HS256 ',
      'HS-256',
      'HS224',
      'HS1',
      'ES256K',
      'ES224',
      'EdDSA',
      'RS1',
      'RSA1_5',
      'dir',
    ],
    ...['none\0', 'constructor', '__proto__', 'toString', 5, ['HS256'], {}],
  ])('the algorithm %j', (algorithm) => {
    expect(problemsOf({ secret: SECRET, algorithm })).toEqual(['jwt.algorithm is no known algorithm']);
  });

  it('a secret for the algorithms of key pairs, and a key pair for those of secrets', () => {
    for (const algorithm of ['RS256', 'PS256', 'ES256']) {
      expect(problemsOf({ secret: SECRET, algorithm })).toEqual([
        'jwt.algorithm takes a key pair, not a secret',
      ]);
    }
    for (const algorithm of ['HS256', 'HS512']) {
      expect(problemsOf({ privateKey: rsa.privateKey, algorithm })).toEqual([
        'jwt.algorithm takes a secret, not a key pair',
      ]);
    }
  });

  it('a key pair without its algorithm', () => {
    expect(problemsOf({ publicKey: ec.publicKey })).toEqual(['jwt.algorithm is missing beside a key pair']);
  });

  it('a secret beside a key pair', () => {
    expect(problemsOf({ secret: SECRET, publicKey: ec.publicKey, algorithm: 'ES256' })).toEqual([
      'jwt.secret is given together with a key pair',
    ]);
  });

  it('nothing', () => {
    expect(problemsOf({})).toEqual(['jwt.secret is missing']);
    expect(problemsOf({ algorithm: 'HS512' })).toEqual(['jwt.secret is missing']);
    expect(problemsOf({ algorithm: 'RS256' })).toEqual(['jwt.algorithm takes a key pair, not a secret']);
  });

  it.each([
    ['HS256', 31, 32],
    ['HS384', 47, 48],
    ['HS512', 63, 64],
  ])('a secret for %s of %d bytes', (algorithm, length, minimum) => {
    const secret = SECRET.slice(0, length);
    expect(problemsOf({ secret, algorithm })).toEqual([`jwt.secret is shorter than ${minimum} bytes`]);
    expect(problemsOf({ secret: Buffer.from(secret), algorithm })).toHaveLength(1);
    expect(problemsOf({ secret: SECRET.slice(0, minimum), algorithm })).toEqual([]);
  });

  it.each([5, true, {}, ['x'.repeat(64)]])('a secret that is neither text nor bytes: %j', (secret) => {
    expect(problemsOf({ secret })).toEqual(['jwt.secret is neither text nor a Buffer']);
  });

  it('halves of different pairs', () => {
    const other = ['jwt.privateKey does not belong to jwt.publicKey'];
    expect(
      problemsOf({ privateKey: ec.privateKey, publicKey: otherEc.publicKey, algorithm: 'ES256' }),
    ).toEqual(other);
    expect(
      problemsOf({ privateKey: rsa.privateKey, publicKey: otherRsa.publicKey, algorithm: 'PS256' }),
    ).toEqual(other);
  });

  it('a private key whose public part is of another', () => {
    const mixed = {
      ES256: { ...jwk(otherEc.privateKey), d: jwk(ec.privateKey).d },
      RS256: { ...jwk(otherRsa.privateKey), n: jwk(rsa.privateKey).n },
    };
    for (const [algorithm, privateKey] of Object.entries(mixed)) {
      expect(problemsOf({ privateKey, algorithm })).toEqual([
        'jwt.privateKey has parts that do not belong together',
      ]);
    }
  });

  it('everything that is wrong at once', () => {
    const problems = problemsOf({
      secret: SECRET,
      privateKey: ec.publicKey,
      publicKey: rsa.privateKey,
      algorithm: 'x',
    });
    expect(problems).toEqual([
      'jwt.algorithm is no known algorithm',
      'jwt.secret is given together with a key pair',
      'jwt.privateKey is a public key',
      'jwt.publicKey is a private key',
    ]);
  });
});
