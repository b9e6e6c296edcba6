import { describe, expect, it, jest } from '@jest/globals';

import { forgeToken } from '../../../../test/support/forge.js';
import { AuthError } from '../errors.js';
import { decodeCompactToken, MAX_TOKEN_LENGTH } from './compact-token.js';

const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const encode = (text: string): string => Buffer.from(text).toString('base64url');

function reasonOf(token: string): string | undefined {
  try {
    decodeCompactToken(token);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(AuthError);
    const { code, reason, message, cause } = error as AuthError;
    expect(code).toBe('credentials_invalid');
    expect(cause).toBeUndefined();
    expect(message).toBe('The credentials are not valid');
    return reason;
  }
}

/** A token whose claims are padded until it is exactly as long as that. */
function tokenOfLength(length: number): string {
  for (let padding = length / 2; padding < length; padding += 1) {
    const token = forgeToken({ claims: { padding: 'x'.repeat(padding) } });
    if (token.length === length) return token;
  }
  throw new Error('no such length');
}

describe('decodeCompactToken', () => {
  const token = forgeToken();
  const [header, claims, signature] = token.split('.') as [string, string, string];

  it('takes a token apart', () => {
    expect(decodeCompactToken(token)).toEqual({
      header: { alg: 'HS256', typ: 'at+jwt' },
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as unknown,
    });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no segment', '...'],
    ['one segment', header],
    ['two segments', `${header}.${claims}`],
    ['no signature', `${header}.${claims}.`],
    ['no header', `.${claims}.${signature}`],
    ['detached claims', `${header}..${signature}`],
    ['four segments', `${token}.${signature}`],
    ['five segments, a JWE', `${header}.${claims}.${signature}.${claims}.${signature}`],
    ['a dot before it', `.${token}`],
    ['a dot behind it', `${token}.`],
    ['10,000 dots', '.'.repeat(8_000)],
    ['a JSON serialisation', JSON.stringify({ payload: claims, protected: header, signature })],
    ['an array', `["${token}"]`],
    ['quotes', `"${token}"`],
    ['a line break at the end', `${token}\n`],
    ['a line break within', `${header}.\r\n${claims}.${signature}`],
    ['a blank before it', ` ${token}`],
    ['a NUL behind it', `${token}\0`],
    ['padding', `${header}.${claims}.${signature}=`],
    ['percent encoding', token.replaceAll('.', '%2E')],
    ['a homoglyph', token.replace('e', 'е')],
    ['full-width characters', token.replace('e', 'ｅ')],
    ['a zero-width space', `${header}.\u200b${claims}.${signature}`],
  ])('refuses %s', (_name, text) => {
    expect(reasonOf(text)).toBe('the token is not three base64url segments');
  });

  it.each(['+', '/', '=', ' ', '\t', '%', '~', ',', ';', 'é', '\0'])(
    'refuses %j in any segment',
    (character) => {
      for (const index of [0, 1, 2]) {
        const segments = [header, claims, signature];
        segments[index] = `${segments[index]!.slice(0, 4)}${character}${segments[index]!.slice(5)}`;
        expect(reasonOf(segments.join('.'))).toBe('the token is not three base64url segments');
      }
    },
  );

  it('accepts in each length exactly the one spelling that encoding gives', () => {
    for (const bytes of [1, 2, 3, 4, 5, 6, 31, 32, 33, 64]) {
      const segment = Buffer.alloc(bytes, 0xa5).toString('base64url');
      const accepted = ALPHABET.filter(
        (last) => reasonOf(`${header}.${claims}.${segment.slice(0, -1)}${last}`) === undefined,
      );
      // Of 8, 16 or 24 bits in the last group 2, 4 or 6 fall on its last character.
      expect(accepted).toHaveLength(bytes % 3 === 1 ? 4 : bytes % 3 === 2 ? 16 : 64);
      for (const last of accepted) {
        const spelling = segment.slice(0, -1) + last;
        expect(Buffer.from(spelling, 'base64url').toString('base64url')).toBe(spelling);
      }
    }
  });

  it('refuses a length that no encoding has, in any segment', () => {
    for (const length of [1, 5, 9]) {
      expect(reasonOf(`${'A'.repeat(length)}.${claims}.${signature}`)).toBe('a segment is not canonical');
      expect(reasonOf(`${header}.${'A'.repeat(length)}.${signature}`)).toBe('a segment is not canonical');
      expect(reasonOf(`${header}.${claims}.${'A'.repeat(length)}`)).toBe('a segment is not canonical');
    }
  });

  it('refuses a second spelling of header and claims', () => {
    const respell = (segment: string): string[] =>
      ALPHABET.map((last) => segment.slice(0, -1) + last).filter(
        (one) => one !== segment && Buffer.from(one, 'base64url').equals(Buffer.from(segment, 'base64url')),
      );
    const head = encode('{"alg":"HS256","typ":"at+jwt"} ');
    const body = encode('{"sub":"ada"}');
    expect([respell(head).length, respell(body).length]).toEqual([15, 15]);
    for (const one of respell(head))
      expect(reasonOf(`${one}.${claims}.${signature}`)).toBe('a segment is not canonical');
    for (const one of respell(body))
      expect(reasonOf(`${header}.${one}.${signature}`)).toBe('a segment is not canonical');
  });

  it('takes 8 KiB, and not a byte more', () => {
    expect(MAX_TOKEN_LENGTH).toBe(8_192);
    expect(reasonOf(tokenOfLength(8_192))).toBeUndefined();
    expect(reasonOf(tokenOfLength(8_193))).toBe('the token is too long');
  });

  it.each<[string, string, string]>([
    ['a megabyte', 'a'.repeat(1_048_576), 'the token is too long'],
    ['a million dots', '.'.repeat(1_048_576), 'the token is too long'],
    ['a good token with a megabyte of signature', token + 'A'.repeat(1_048_576), 'the token is too long'],
    ['8 KiB of dots', '.'.repeat(8_192), 'the token is not three base64url segments'],
    ['8 KiB without one', 'a'.repeat(8_192), 'the token is not three base64url segments'],
  ])('refuses %s before anything is read of it', (_name, text, reason) => {
    const decode = jest.spyOn(Buffer, 'from');
    try {
      expect(reasonOf(text)).toBe(reason);
      expect(decode).not.toHaveBeenCalled();
    } finally {
      decode.mockRestore();
    }
  });

  it('refuses JSON that is as deep as a token allows, and cut off', () => {
    const deep = encode('{"a":'.repeat(1_300)).slice(0, 8_000);
    expect(reasonOf(`${header}.${deep}.AAAA`)).toBe('the claims are not a plain JSON object');
  });
});

describe('decodeCompactToken refuses in the header', () => {
  it.each<[string, unknown]>([
    ['crit', ['exp']],
    ['crit', []],
    ['crit', 'exp'],
    ['crit', null],
    ['crit', ['alg']],
    ['crit', ['b64']],
    ['b64', false],
    ['b64', true],
    ['jwk', { kty: 'oct', k: 'AA' }],
    ['jku', 'https://keys.example/jwks.json'],
    ['x5u', 'https://keys.example/cert.pem'],
    ['x5c', ['MIIB']],
    ['cty', 'JWT'],
    ['zip', 'DEF'],
    ['enc', 'A256GCM'],
  ])('%s: %j', (member, value) => {
    expect(reasonOf(forgeToken({ header: { [member]: value } }))).toBe(`the header has the member ${member}`);
  });

  it.each([
    'null',
    '[]',
    '"alg"',
    '5',
    '',
    '{',
    '{"alg":"HS256","alg":"none"}',
    '{"alg":"HS256"}x',
    '\ufeff{}',
  ])('what is no plain object: %j', (rawHeader) => {
    const token = rawHeader === '' ? `IA.${encode('{}')}.AAAA` : forgeToken({ rawHeader });
    expect(reasonOf(token)).toBe('the header is not a plain JSON object');
  });

  it('a member of PBES2 that would cost time', () => {
    const token = forgeToken({
      header: { alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31, p2s: 'AA', enc: 'A128GCM' },
    });
    expect(reasonOf(token)).toBe('the header has the member enc');
  });
});

describe('decodeCompactToken refuses as claims', () => {
  it.each([
    'null',
    '[]',
    '[{}]',
    '"sub"',
    '5',
    'true',
    '{',
    '{"sub":"a","sub":"b"}',
    '{"a":{"b":1,"b":2}}',
    '{}{}',
  ])('%j', (rawClaims) => {
    expect(reasonOf(forgeToken({ rawClaims }))).toBe('the claims are not a plain JSON object');
  });

  it('a token within a token, bytes that are no UTF-8, and a byte order mark', () => {
    for (const rawClaims of [forgeToken(), Buffer.from([0x7b, 0xff, 0x7d]), '\ufeff{}']) {
      expect(reasonOf(forgeToken({ rawClaims }))).toBe('the claims are not a plain JSON object');
    }
  });
});
