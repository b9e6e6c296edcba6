import { createHash } from 'node:crypto';

import { INVALID } from './answers.js';
import { attacksOf, bearer, type AttackGroup } from './attack.js';
import {
  AUDIENCE,
  backwards,
  claims,
  compact,
  fixed,
  HEADER,
  hmac,
  ISSUER,
  segment,
  type Claims,
  type Signer,
} from './forge.js';

/** Secrets that people try first. */
const GUESSED = [
  'secret',
  'Secret',
  'secret\n',
  'password',
  'changeme',
  'undefined',
  'null',
  '[object Object]',
  'your-256-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'AUTH_JWT_SECRET_KEY',
  'gatehouse',
  'at+jwt',
  ISSUER,
  AUDIENCE,
];

/** A1 to A4: a perfect token, but for the secret that it was signed with. */
export const secrets: AttackGroup = {
  rows: ['A2'],
  name: 'secrets',
  server: 'demo',
  attacks: ({ secret, token }) => {
    const digest = createHash('sha256').update(secret).digest();
    const near: Readonly<Record<string, string | Buffer>> = {
      'an empty secret': '',
      'a NUL byte': '\0',
      '32 NUL bytes': Buffer.alloc(32),
      '64 bytes of 0xff': Buffer.alloc(64, 0xff),
      'the secret and a line break': `${secret}\n`,
      'the secret after a blank': ` ${secret}`,
      'the secret without its last character': secret.slice(0, -1),
      'the secret without its first character': secret.slice(1),
      'the first half of the secret': secret.slice(0, secret.length / 2),
      'the secret twice': secret + secret,
      'the secret backwards': backwards(secret),
      'the secret in upper case': secret.toUpperCase(),
      'the secret in lower case': secret.toLowerCase(),
      'the secret as base64': Buffer.from(secret).toString('base64'),
      'the secret decoded from base64': Buffer.from(secret, 'base64'),
      'the secret as hexadecimal': Buffer.from(secret).toString('hex'),
      'the secret in UTF-16': Buffer.from(secret, 'utf16le'),
      'the SHA-256 of the secret': digest,
      'the SHA-256 of the secret, in hexadecimal': digest.toString('hex'),
      'a genuine token': token,
      'the signature of a genuine token': Buffer.from(token.split('.')[2]!, 'base64url'),
    };
    const guessed = Object.fromEntries(GUESSED.map((one) => [JSON.stringify(one), one]));
    const requests = Object.entries({ ...guessed, ...near }).map(([name, key]) => [
      name,
      bearer(compact(HEADER, claims(), hmac(key))),
    ]);
    return attacksOf(INVALID, Object.fromEntries(requests) as Record<string, string>);
  },
};

/** What a signature could be mistaken for. */
export const signatures: AttackGroup = {
  rows: ['A2'],
  name: 'signatures',
  server: 'demo',
  attacks: ({ secret, token }) => {
    const right = hmac(secret);
    const cut =
      (from: number, to?: number): Signer =>
      (input) =>
        right(input).subarray(from, to);
    const flip =
      (at: number, bit: number): Signer =>
      (input) => {
        const bytes = right(input);
        bytes[at]! ^= bit;
        return bytes;
      };
    const of =
      (change: (input: string) => string): Signer =>
      (input) =>
        right(change(input));
    const wrong: Readonly<Record<string, Signer>> = {
      'all zeros': fixed(Buffer.alloc(32)),
      'all ones': fixed(Buffer.alloc(32, 0xff)),
      'one zero byte': fixed(Buffer.alloc(1)),
      'one byte of it': cut(0, 1),
      'half of it': cut(0, 16),
      'its last half': cut(16),
      'all but its last byte': cut(0, 31),
      'all but its first byte': cut(1),
      'with a zero byte after it': (input) => Buffer.concat([right(input), Buffer.alloc(1)]),
      'with a zero byte before it': (input) => Buffer.concat([Buffer.alloc(1), right(input)]),
      twice: (input) => Buffer.concat([right(input), right(input)]),
      backwards: (input) => right(input).reverse(),
      'its text in hexadecimal': (input) => Buffer.from(right(input).toString('hex')),
      'its text in base64': (input) => Buffer.from(right(input).toString('base64')),
      'the first bit flipped': flip(0, 0x80),
      'the last bit flipped': flip(31, 1),
      'a bit in the middle flipped': flip(15, 0x10),
      'of the header alone': of((input) => input.split('.')[0]!),
      'of the claims alone': of((input) => input.split('.')[1]!),
      'of the two without a dot': of((input) => input.replace('.', '')),
      'of the two the other way round': of((input) => input.split('.').reverse().join('.')),
      'of the two and a dot': of((input) => `${input}.`),
      'of the decoded claims': of((input) => Buffer.from(input.split('.')[1]!, 'base64url').toString()),
      'of nothing': of(() => ''),
      'SHA-256 without a secret': (input) => createHash('sha256').update(input).digest(),
      'SHA-256 of secret and input': (input) =>
        createHash('sha256')
          .update(secret + input)
          .digest(),
      'SHA-256 of input and secret': (input) =>
        createHash('sha256')
          .update(input + secret)
          .digest(),
      'HMAC of the HMAC': (input) => hmac(secret)(right(input).toString('base64url')),
      'of another, genuine token': fixed(Buffer.from(token.split('.')[2]!, 'base64url')),
    };
    const forged = Object.entries(wrong).map(([name, signer]) => [
      name,
      bearer(compact(HEADER, claims(), signer)),
    ]);
    return attacksOf(INVALID, Object.fromEntries(forged) as Record<string, string>);
  },
};

/** A genuine token whose signature stays, while something else is changed. */
export const tampering: AttackGroup = {
  rows: ['A2', 'A20'],
  name: 'tampering',
  server: 'demo',
  attacks: ({ token }) => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const own = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const change = (changes: Claims): string =>
      bearer(`${header}.${segment({ ...own, ...changes })}.${signature}`);
    const rehead = (changes: Claims): string =>
      bearer(`${segment({ ...HEADER, ...changes })}.${payload}.${signature}`);
    return attacksOf(INVALID, {
      'another sub': change({ sub: 'admin_1' }),
      'more permissions': change({ permissions: ['*'] }),
      'a later exp': change({ exp: Number(own.exp) + 1 }),
      'no exp': change({ exp: undefined }),
      'another organisation': change({ org_id: 'org_2' }),
      'another jti': change({ jti: 'fresh' }),
      'a claim more': change({ admin: true }),
      'the same claims, in another order': bearer(
        `${header}.${segment(Object.fromEntries(Object.entries(own).reverse()))}.${signature}`,
      ),
      'the same claims, with a blank': bearer(`${header}.${segment(`${JSON.stringify(own)} `)}.${signature}`),
      'a header that says none': rehead({ alg: 'none' }),
      'a header in another order': bearer(
        `${segment({ typ: 'at+jwt', alg: 'HS256' })}.${payload}.${signature}`,
      ),
      'a header with a kid': rehead({ kid: '1' }),
      'a header with a member that nobody knows': rehead({ x: 1 }),
      'claims in the place of the header': bearer(`${payload}.${header}.${signature}`),
    });
  },
};
