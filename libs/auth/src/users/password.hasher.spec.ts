import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hash as argon2, type Options } from '@node-rs/argon2';

import { resolveOptions } from '../options/resolve-options.js';
import { PasswordHasher } from './password.hasher.js';

const jwt = { secret: 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh' };
const options = resolveOptions({ jwt, users: true }, { hasUsers: true, hasMailer: true });
const hasher = new PasswordHasher(options);
beforeAll(() => hasher.onModuleInit());

/** With other parameters than those of today. */
const hashed = (password: string, more: Options): Promise<string> =>
  argon2(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1, ...more });

describe('a hash', () => {
  it('is argon2id with 19 MiB, two passes and one lane, and says so', async () => {
    const hash = await hasher.hash('correct horse battery staple');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(hasher.needsRehash(hash)).toBe(false);
  });

  it('has a salt of its own', async () => {
    expect(await hasher.hash('the same password')).not.toBe(await hasher.hash('the same password'));
  });

  it.each([
    ['less memory', { memoryCost: 4_096 }],
    ['more memory', { memoryCost: 32_768 }],
    ['one pass', { timeCost: 1 }],
    ['two lanes', { parallelism: 2 }],
    ['argon2i', { algorithm: 1 }],
    ['version 16', { version: 0 }],
    ['a shorter output', { outputLen: 16 }],
  ])('of other parameters verifies and is to be made anew: %s', async (_what, more) => {
    const hash = await hashed('correct horse battery staple', more as Options);
    expect(await hasher.verify('correct horse battery staple', hash)).toBe(true);
    expect(await hasher.verify('correct horse battery stable', hash)).toBe(false);
    expect(hasher.needsRehash(hash)).toBe(true);
  });

  it.each(['', 'x'.repeat(257), 'half a \ud800 pair'])('is not made of %j', async (password) => {
    await expect(hasher.hash(password)).rejects.toThrow(TypeError);
  });
});

describe('a password is verified exactly as it was received', () => {
  it.each([
    ['a zero byte', 'before\0after', ['before', 'before\0', 'before\0other']],
    ['spaces around', '  spaced out  ', ['spaced out', ' spaced out ', '  spaced out']],
    ['upper and lower case', 'MixedCasePassword', ['mixedcasepassword', 'MIXEDCASEPASSWORD']],
    ['an accent as one character', 'caf\u00e9', ['cafe\u0301', 'cafe']],
    ['an accent of its own', 'cafe\u0301', ['caf\u00e9']],
    ['full-width letters', 'ＰＡＳＳ', ['PASS', 'pass']],
    ['emoji', '🔑🔒🗝️', ['🔑🔒🗝', '🔑🔒']],
    ['an unassigned replacement', 'a\ufffdb', ['a\ud800b', 'ab']],
    ['line breaks', 'one\r\ntwo', ['one\ntwo', 'one', 'onetwo']],
    ['73 bytes', `${'x'.repeat(72)}y`, [`${'x'.repeat(72)}z`, 'x'.repeat(72)]],
    [
      '256 characters',
      `${'x'.repeat(255)}y`,
      [`${'x'.repeat(255)}z`, 'x'.repeat(255), `${'x'.repeat(255)}yy`],
    ],
    ['256 characters of four bytes', '🔑'.repeat(256), ['🔑'.repeat(255), '🔑'.repeat(257)]],
  ])('%s', async (_what, password, others) => {
    const hash = await hasher.hash(password);
    expect(await hasher.verify(password, hash)).toBe(true);
    for (const other of others) expect(await hasher.verify(other, hash)).toBe(false);
  });

  it("the empty one is nobody's", async () => {
    expect(await hasher.verify('', await hasher.hash('x'))).toBe(false);
  });
});

describe('what is no hash', () => {
  it.each([
    ['none', undefined],
    ['empty', ''],
    ['the password itself', 'correct horse battery staple'],
    ['bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['cut off', '$argon2id$v=19$m=19456,t=2,p=1$YWJj$YWJj'],
  ])("is nobody's password: %s", async (_what, hash) => {
    expect(await hasher.verify('correct horse battery staple', hash)).toBe(false);
    expect(hasher.needsRehash(hash ?? '')).toBe(true);
  });
});

describe('argon2 that cannot be loaded', () => {
  it('stops the boot where users are on, and says what to do', async () => {
    jest.unstable_mockModule('@node-rs/argon2', () => {
      throw new Error('no native binding');
    });
    const { PasswordHasher: Fresh } = await import('./password.hasher.js');
    await expect(new Fresh(options).onModuleInit()).rejects.toThrow(/npm install @node-rs\/argon2/);
    await new Fresh(resolveOptions({ jwt })).onModuleInit();
  });
});
