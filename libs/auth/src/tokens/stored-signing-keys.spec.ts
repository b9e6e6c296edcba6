import { createSecretKey, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import type { JwtOptions } from '../options/auth-options.js';
import type { AuthOptionsError } from '../options/options-error.js';
import { resolveOptions } from '../options/resolve-options.js';
import { sealKey } from './sealed-key.js';
import type { SigningKeyRecord } from './signing-key.store.js';
import { assembleRing } from './stored-signing-keys.js';

const keyEncryptionKey = randomBytes(32);
const TIME = new Date(1_800_000_000_000);

function record(keyId: string, state: SigningKeyRecord['state'], isSealed = true): SigningKeyRecord {
  const sealedKey = isSealed
    ? sealKey(createSecretKey(randomBytes(32)), createSecretKey(keyEncryptionKey), {
        keyId,
        algorithm: 'HS256',
      })
    : undefined;
  return { keyId, algorithm: 'HS256', state, sealedKey, createdAt: TIME, changedAt: TIME };
}

const keys: JwtOptions['keys'] = [
  { keyId: 'a', secret: SECRET },
  { keyId: 'b', secret: SECRET, state: 'next' },
];

function ringOf(records: readonly SigningKeyRecord[], jwt: JwtOptions = {}): string[] {
  const options = resolveOptions({ jwt: { keys, keyEncryptionKey, ...jwt } });
  return assembleRing(options.jwt, records).map(({ keyId, state }) => `${keyId} ${state}`);
}

function problemsOf(records: readonly SigningKeyRecord[], jwt: JwtOptions = {}): readonly string[] {
  try {
    return ringOf(records, jwt);
  } catch (error) {
    return (error as AuthOptionsError).problems;
  }
}

describe('a ring of the options and the store', () => {
  it('is that of the options when the store holds nothing', () => {
    expect(ringOf([])).toEqual(['a active', 'b next']);
  });

  it('has the keys of the store behind those of the options', () => {
    const records = [record('c', 'next'), record('d', 'retired'), record('e', 'removed', false)];
    expect(ringOf(records)).toEqual(['a active', 'b next', 'c next', 'd retired']);
  });

  it('signs with the active key of the store', () => {
    expect(ringOf([record('c', 'active')])).toEqual(['a retired', 'b next', 'c active']);
    expect(ringOf([record('b', 'active', false)])).toEqual(['a retired', 'b active']);
    expect(ringOf([record('b', 'active', false), record('a', 'retired', false)])).toEqual([
      'a retired',
      'b active',
    ]);
  });

  it('signs with the active key of the options when the store has none', () => {
    expect(ringOf([record('a', 'retired', false), record('b', 'retired', false)])).toEqual([
      'a active',
      'b retired',
    ]);
  });

  it('does not bring back what was removed', () => {
    expect(ringOf([record('b', 'removed', false)])).toEqual(['a active']);
    expect(ringOf([record('a', 'removed', false), record('c', 'active')])).toEqual(['b next', 'c active']);
  });

  it('forgets states of keys that the options no longer hold', () => {
    expect(ringOf([record('z', 'retired', false)])).toEqual(['a active', 'b next']);
  });

  it('is refused without an active key', () => {
    for (const records of [[record('a', 'removed', false)], [record('z', 'active', false)]]) {
      expect(problemsOf(records)).toEqual([expect.stringMatching(/^jwt\.keys lacks the key that/)]);
    }
  });

  it('is refused when keys of the store do not open, all of them at once', () => {
    const records = [record('c', 'active'), record('d', 'next')];
    expect(problemsOf(records, { keyEncryptionKey: undefined })).toEqual([
      expect.stringMatching(/^jwt\.keyEncryptionKey is missing, and the store holds signing keys\./),
    ]);
    expect(problemsOf(records, { keyEncryptionKey: randomBytes(32) })).toEqual([
      expect.stringMatching(/^jwt\.keyEncryptionKey does not open the signing key "c"/),
      expect.stringMatching(/^jwt\.keyEncryptionKey does not open the signing key "d"/),
    ]);
    const swapped = { ...record('c', 'next'), keyId: 'd' };
    expect(problemsOf([swapped])).toHaveLength(1);
  });

  it('is refused when the store and the options name different keys alike', () => {
    expect(problemsOf([record('b', 'next')])).toContainEqual(
      expect.stringMatching(/^jwt\.keys holds a key named "b", and so does the store\./),
    );
  });
});

describe('jwt.keyEncryptionKey', () => {
  it('is 32 bytes, as they are or in base64', () => {
    for (const written of [
      keyEncryptionKey,
      new Uint8Array(keyEncryptionKey),
      keyEncryptionKey.toString('base64'),
      keyEncryptionKey.toString('base64url'),
    ]) {
      const { jwt } = resolveOptions({ jwt: { secret: SECRET, keyEncryptionKey: written as string } });
      expect(jwt.keyEncryptionKey!.export().equals(keyEncryptionKey)).toBe(true);
    }
  });

  it.each([
    '',
    SECRET,
    keyEncryptionKey.toString('hex'),
    ` ${keyEncryptionKey.toString('base64')}`,
    randomBytes(31),
    randomBytes(33),
    randomBytes(31).toString('base64'),
    Buffer.alloc(32),
    5,
    {},
  ])('is refused as anything else (%#)', (written) => {
    const resolving = () => resolveOptions({ jwt: { secret: SECRET, keyEncryptionKey: written as string } });
    expect(resolving).toThrow(
      'jwt.keyEncryptionKey is not 32 bytes in base64. Remedy: make some with: openssl rand -base64 32.',
    );
  });
});
