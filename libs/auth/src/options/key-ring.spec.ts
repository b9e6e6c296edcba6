import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { resolveOptions } from './resolve-options.js';
import type { AuthOptionsError } from './options-error.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const folder = mkdtempSync(join(tmpdir(), 'keys-'));

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const ringOf = (keys: unknown, jwt: object = {}) =>
  resolveOptions({ jwt: { ...jwt, keys: keys as never } }).jwt.keys;

function problemsOf(keys: unknown, jwt: object = {}): readonly string[] {
  try {
    ringOf(keys, jwt);
    return [];
  } catch (error) {
    return (error as AuthOptionsError).problems;
  }
}

const oldKey = { algorithm: 'HS256', secret: SECRET, state: 'retired' };
const newKey = { keyId: 'new', algorithm: 'ES256', privateKey: ec.privateKey };

describe('jwt.keys', () => {
  it('makes every key once, with its own algorithm and state', () => {
    const keys = ringOf([oldKey, newKey, { ...newKey, keyId: 'next', privateKey: pem, state: 'next' }]);
    expect(keys.map(({ keyId, algorithm, state }) => ({ keyId, algorithm, state }))).toEqual([
      { keyId: '', algorithm: 'HS256', state: 'retired' },
      { keyId: 'new', algorithm: 'ES256', state: 'active' },
      { keyId: 'next', algorithm: 'ES256', state: 'next' },
    ]);
    expect(keys.map(({ verificationKey }) => verificationKey.type)).toEqual(['secret', 'public', 'public']);
    expect(keys.map(({ takesTokensWithoutKeyId }) => takesTokensWithoutKeyId)).toEqual([false, false, false]);
    expect(Object.isFrozen(keys) && keys.every(Object.isFrozen)).toBe(true);
  });

  it('leaves a secret and an algorithm of the environment unread', () => {
    const env = { AUTH_JWT_SECRET_KEY: 'short', AUTH_JWT_ALGORITHM: 'none' };
    Object.assign(process.env, env);
    try {
      expect(ringOf([newKey])).toHaveLength(1);
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  });

  it('leaves all keys to the store when it says so, and that needs an encryption key', () => {
    expect(ringOf('store', { keyEncryptionKey: randomBytes(32) })).toEqual([]);
    expect(problemsOf('store')).toEqual([
      'jwt.keyEncryptionKey is missing. Remedy: make one with: openssl rand -base64 32.',
    ]);
    expect(problemsOf('store', { keyEncryptionKey: randomBytes(32), secret: SECRET })).toEqual([
      expect.stringMatching(/^jwt\.secret .*is given together with jwt\.keys\./),
    ]);
  });

  it('reads files: secrets without the line break at their end, PEM text, JWKs', () => {
    const [secret, windows, exact, fromPem, fromJwk, pair] = ringOf([
      { keyId: 'a', secretFile: file('a', `${SECRET}\n`), state: 'retired' },
      { keyId: 'b', secretFile: file('b', `${SECRET}\r\n`), state: 'retired' },
      { keyId: 'c', secretFile: file('c', SECRET), state: 'retired' },
      { keyId: 'd', algorithm: 'ES256', privateKeyFile: file('d.pem', pem) },
      {
        keyId: 'e',
        algorithm: 'ES256',
        publicKeyFile: file('e.json', JSON.stringify(ec.publicKey.export({ format: 'jwk' }))),
        state: 'retired',
      },
      {
        keyId: 'f',
        algorithm: 'ES256',
        privateKeyFile: file('f.pem', pem),
        publicKeyFile: file('f.pub', publicPem),
        state: 'next',
      },
    ]);
    for (const key of [secret, windows, exact]) {
      expect(key!.verificationKey.export().toString()).toBe(SECRET);
    }
    for (const key of [fromPem, fromJwk, pair]) expect(key!.verificationKey.equals(ec.publicKey)).toBe(true);
    expect(fromJwk!.signingKey).toBeUndefined();
  });
});

describe('jwt.keys is refused', () => {
  it.each([5, 'keys', {}, null, [], [5], [null], ['x'.repeat(64)]])('as %j', (keys) => {
    expect(problemsOf(keys)).toEqual([
      'jwt.keys is no list of keys. Remedy: give for example [{ keyId, algorithm, privateKey }].',
    ]);
  });

  it('with two keys of one name, or two without a name', () => {
    expect(problemsOf([newKey, { ...oldKey, keyId: 'new' }])[0]).toMatch(
      /^jwt\.keys\[1\]\.keyId is that of another key\./,
    );
    expect(problemsOf([oldKey, { ...newKey, keyId: undefined }])[0]).toMatch(
      /^jwt\.keys\[1\]\.keyId is missing, as it is for another key\./,
    );
  });

  it('without an active key, and with two', () => {
    expect(problemsOf([oldKey, { ...newKey, state: 'next' }])[0]).toMatch(/^jwt\.keys has no active key\./);
    expect(problemsOf([{ ...oldKey, state: 'active' }, newKey])[0]).toMatch(
      /^jwt\.keys has more than one active key\./,
    );
    expect(problemsOf([{ keyId: 'a', secret: SECRET }, newKey])).toHaveLength(1);
  });

  it('beside the options of a single key', () => {
    const single = { secret: SECRET, algorithm: 'HS256', keyId: 'x', publicKey: ec.publicKey };
    expect(problemsOf([newKey], single)).toEqual(
      ['secret', 'publicKey', 'algorithm', 'keyId'].map((name) =>
        expect.stringMatching(new RegExp(`^jwt\\.${name} .*is given together with jwt\\.keys\\.`)),
      ),
    );
  });

  it('with a file that is not there, holds no key, or stands beside what it holds', () => {
    const problems = problemsOf([
      { ...newKey, privateKey: undefined, privateKeyFile: join(folder, 'canary-absent') },
      { keyId: 'b', secretFile: file('canary-short', 'canary'), state: 'retired' },
      { keyId: 'c', secret: SECRET, secretFile: file('canary-two', SECRET), state: 'retired' },
      { keyId: 'd', algorithm: 'ES256', publicKeyFile: file('canary-json', '{ "kty":'), state: 'retired' },
      { keyId: 'e', algorithm: 'ES256', publicKeyFile: folder, state: 'retired' },
    ]);
    expect(problems.map((line) => line.split('. Remedy')[0])).toEqual([
      'jwt.keys[0].privateKeyFile names a file that cannot be read',
      'jwt.keys[1].secret repeats itself and can be guessed',
      'jwt.keys[1].secret is shorter than 32 bytes',
      'jwt.keys[2].secretFile is given together with jwt.keys[2].secret',
      'jwt.keys[3].publicKeyFile names a file that cannot be read',
      'jwt.keys[4].publicKeyFile names a file that cannot be read',
    ]);
    expect(problems.join('\n')).not.toMatch(/canary/);
  });

  it('with everything that is wrong at once, each with its place and never with its value', () => {
    const problems = problemsOf([
      { keyId: 'a', algorithm: 'none', secret: SECRET },
      { keyId: 'a', algorithm: 'HS256', secret: 'canary' },
      { keyId: '', algorithm: 'RS256', publicKey: ec.publicKey, state: 'canary' },
      { keyId: 'd', algorithm: 'HS256', secret: publicPem, state: 'retired', canary: 1 },
      { keyId: 'e', algorithm: 'ES256', publicKey: pem, secret: SECRET, state: 'next' },
    ]);
    const text = problems.join('\n');
    for (const part of [
      'jwt.keys[0].algorithm would leave tokens unsigned',
      'jwt.keys[1].keyId is that of another key',
      'jwt.keys has more than one active key',
      'jwt.keys[1].secret is shorter than 32 bytes',
      'jwt.keys[2].keyId is empty',
      'jwt.keys[2].state is neither next, active nor retired',
      'jwt.keys[2].publicKey is an EC key',
      'jwt.keys[3].canary is no option',
      'jwt.keys[3].secret is a key of a key pair',
      'give it as jwt.keys[3].privateKey or jwt.keys[3].publicKey with its jwt.keys[3].algorithm',
      'jwt.keys[4].secret is given together with a key pair',
      'jwt.keys[4].publicKey is a private key',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain(SECRET);
    expect(text.replace('jwt.keys[3].canary', '')).not.toMatch(/canary|BEGIN/);
    expect(new Set(problems).size).toBe(problems.length);
  });
});
