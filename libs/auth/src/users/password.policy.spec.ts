import { beforeAll, describe, expect, it, jest } from '@jest/globals';

import type { UsersOptions } from '../options/user-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import { PasswordPolicy } from './password.policy.js';

const jwt = { secret: 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh' };
const withUsers = (users: UsersOptions) =>
  new PasswordPolicy(resolveOptions({ jwt, users }, { hasUsers: true, hasMailer: true }));

const policy = withUsers({ forbiddenWords: ['Gatehouse', 'Acme'] });
const short = withUsers({ passwordMinLength: 8 });
beforeAll(async () => {
  await policy.onModuleInit();
  await short.onModuleInit();
});

const owner = { email: 'rosalind.franklin@kings-college.example', name: 'Rosalind Elsie Franklin' };
const COMMON = 'is a common password, or one with little added';
const CONTEXT = 'is built of your name, your address or a word that everybody here knows, with little added';

describe('a good password', () => {
  it.each([
    'correct horse battery staple',
    'purple monkey dishwasher',
    'kx83hq2vzm4w9rt',
    '830299154432556',
    'aVeryLongSentenceWithoutAnySpaces',
    '                 k q z f v t',
    'Неправильный пароль из букв',
    '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆',
    'null\0byte and then some',
    'x7#'.repeat(2) + 'p$9Lq!2wKe8Zb',
    'the acme of all perfection',
    'franklin likes 42 lemons',
    'kV8'.padEnd(64, 'abzxq92mfhw1'),
    Array.from({ length: 256 }, (_, index) => String.fromCodePoint(0x4e00 + index * 7)).join(''),
  ])('%j', (password) => {
    expect(policy.problemOf(password, owner)).toBeUndefined();
  });

  it('needs no kinds of characters', () => {
    for (const password of ['zqkfwmvbhtgxpdl', 'ZQKFWMVBHTGXPDL', '481952730268417', '!?&%$§(<_:;=#*+'])
      expect(policy.problemOf(password, owner)).toBeUndefined();
  });
});

describe('the length', () => {
  it.each([
    ['', 'is shorter than 15 characters'],
    ['zqkfwmvbhtgxpd', 'is shorter than 15 characters'],
    // Twenty-eight halves of surrogate pairs, fourteen characters.
    ['🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤', 'is shorter than 15 characters'],
    ['zqkfwmvb'.repeat(33), 'is longer than 256 characters'],
    ['zqkfwmvbhtg\ud800xpdl', 'is not well-formed text'],
  ])('%j %s', (password, problem) => {
    expect(policy.problemOf(password, owner)).toBe(problem);
  });

  it('is what the options say', () => {
    expect(short.problemOf('zqkfwmv', owner)).toBe('is shorter than 8 characters');
    expect(short.problemOf('zqkfwmvb', owner)).toBeUndefined();
  });
});

describe('a common password', () => {
  it.each([
    'passwordpassword',
    'PasswordPassword',
    'password1234567',
    '1234567password',
    'pass-word-pass-word',
    'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
    'letmeinletmeinletmein',
    'qwertyuiop12345',
    'iloveyou2026!!!',
    'iloveyouiloveyou!',
    '123456789012345',
    '987654321098765',
    'abcdefghijklmnop',
    'aaaaaaaaaaaaaaaa',
    'aaaaaaaaaaaaaaab',
    'abababababababab',
    'abcabcabcabcabca',
    '111111222222333333',
    '               ',
    'x'.repeat(256),
    'password'.repeat(32),
  ])('%j', (password) => {
    expect(policy.problemOf(password, owner)).toBe(COMMON);
  });

  it.each(['password', 'PASSWORD', 'baseball', 'p@ssw0rd', 'monkey12', '12345678', 'qwertyui', 'sunshine'])(
    'where eight characters are enough: %j',
    (password) => {
      expect(short.problemOf(password, owner)).toBe(COMMON);
    },
  );
});

describe('a word that everybody here knows', () => {
  it.each([
    ['the product', 'Gatehouse2026!!'],
    ['the product, written again and again', 'gatehouse-GATEHOUSE-gatehouse'],
    ['product and company', 'AcmeGatehouse#1'],
    ['a common password beside it', 'acme-password-1'],
    ['the name', 'RosalindFranklin1'],
    ['parts of the name in another order', 'franklin.rosalind.99'],
    ['the address', 'rosalind.franklin@kings-college.example'],
    ['the local part', 'rosalind.franklin!'],
    ['the domain', 'kings-college-2026'],
    ['a word in full-width letters', 'ＧＡＴＥＨＯＵＳＥ－２０２６！'],
  ])('%s', (_what, password) => {
    expect(policy.problemOf(password, owner)).toBe(CONTEXT);
  });

  it('counts for those whom it belongs to', () => {
    expect(policy.problemOf('RosalindFranklin1', { email: 'max@perutz.example' })).toBeUndefined();
    expect(policy.problemOf('max-perutz-max-1', { email: 'max@perutz.example' })).toBe(CONTEXT);
  });

  it('is taken literally', () => {
    const odd = { email: 'a.b*c+d@example.com', name: '.* (.+)+ [a-z]' };
    expect(policy.problemOf('kx83hq2vzm4w9rt', odd)).toBeUndefined();
    expect(policy.problemOf('a.b*c+d a.b*c+d!', odd)).toBe(CONTEXT);
  });
});

describe('the list', () => {
  it('has to be there before a password is judged', () => {
    expect(() => withUsers({}).problemOf('kx83hq2vzm4w9rt', owner)).toThrow(
      expect.objectContaining({ code: 'auth_unavailable' }),
    );
  });

  it('that cannot be loaded stops the boot where users are on, and says what to do', async () => {
    jest.unstable_mockModule('@zxcvbn-ts/language-common', () => {
      throw new Error('not there');
    });
    await expect(withUsers({}).onModuleInit()).rejects.toThrow(/npm install @zxcvbn-ts\/language-common/);
    await new PasswordPolicy(resolveOptions({ jwt })).onModuleInit();
  });
});
