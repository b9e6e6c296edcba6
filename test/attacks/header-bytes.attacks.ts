import { get } from '../support/raw-http.js';
import { MALFORMED, MISSING, UNPARSED } from './answers.js';
import { attacksOf, ME, type Attack, type AttackGroup } from './attack.js';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** What could be taken for a blank, or for nothing at all: as Latin-1 where there is one, as UTF-8 otherwise. */
const BLANKS: Readonly<Record<string, string>> = {
  'a no-break space': '\xa0',
  'a soft hyphen': '\xad',
  'a next line': '\x85',
  'a no-break space in UTF-8': latin1('\u00a0'),
  'a zero-width space': latin1('\u200b'),
  'a zero-width joiner': latin1('\u200d'),
  'a byte order mark': latin1('\ufeff'),
  'an em space': latin1('\u2003'),
  'an ideographic space': latin1('\u3000'),
  'a line separator': latin1('\u2028'),
  'a right-to-left mark': latin1('\u200f'),
  'a byte that is no UTF-8': '\xff',
  'half of a character': '\xc3',
};

const SCHEMES: Readonly<Record<string, string>> = {
  'a Cyrillic e': latin1('B\u0435arer'),
  'a Greek capital B': latin1('\u0392earer'),
  'full-width letters': latin1('\uff22\uff45\uff41\uff52\uff45\uff52'),
  'a combining accent': latin1('Be\u0301arer'),
  'a Latin-1 e': 'B\xe9arer',
};

/** Bytes that no header may hold (RFC 9110 section 5.5), the tab and the line break left out. */
const CONTROLS = [...Array.from({ length: 32 }, (_, i) => i).filter((i) => ![9, 10, 13].includes(i)), 0x7f];

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

/** B2: genuine credentials with bytes around or in them that do not belong there. */
export const headerBytes: AttackGroup = {
  rows: ['B2'],
  name: 'header bytes',
  server: 'demo',
  attacks: ({ token, apiKey }): Attack[] => {
    const auth = (value: string): string => get(ME, `Authorization: ${value}`);
    const key = (value: string): string => get(ME, `X-API-Key: ${value}`);
    const half = token.length >> 1;
    const around = Object.entries(BLANKS).flatMap(([name, blank]) => [
      [`${name} in the place of the blank`, auth(`Bearer${blank}${token}`)],
      [`${name} after the blank`, auth(`Bearer ${blank}${token}`)],
      [`${name} after the token`, auth(`Bearer ${token}${blank}`)],
      [`${name} in the token`, auth(`Bearer ${token.slice(0, half)}${blank}${token.slice(half)}`)],
      [`${name} before the scheme`, auth(`${blank}Bearer ${token}`)],
      [`${name} after the key`, key(`${apiKey}${blank}`)],
      [`${name} before the key`, key(`${blank}${apiKey}`)],
    ]);
    const homoglyphs = Object.entries(SCHEMES).map(([name, scheme]) => [
      `a scheme with ${name}`,
      auth(`${scheme} ${token}`),
    ]);
    const controls = CONTROLS.flatMap((byte) => [
      [`${hex(byte)} after the token`, auth(`Bearer ${token}${String.fromCharCode(byte)}`)],
      [`${hex(byte)} in the place of the blank`, auth(`Bearer${String.fromCharCode(byte)}${token}`)],
      [`${hex(byte)} after the key`, key(`${apiKey}${String.fromCharCode(byte)}`)],
    ]);
    return [
      ...attacksOf(MALFORMED, Object.fromEntries([...around, ...homoglyphs]) as Record<string, string>),
      ...attacksOf([UNPARSED, MALFORMED], Object.fromEntries(controls) as Record<string, string>),
      ...attacksOf(MALFORMED, {
        'a tab in the place of the blank': auth(`Bearer\t${token}`),
        'a blank and a tab': auth(`Bearer \t${token}`),
        'a tab in the key': key(`${apiKey.slice(0, 20)}\t${apiKey.slice(20)}`),
        'a blank in the key': key(`${apiKey.slice(0, 20)} ${apiKey.slice(20)}`),
      }),
      ...attacksOf([UNPARSED, MALFORMED], {
        'a folded line before the token': auth(`Bearer\r\n ${token}`),
        'a folded line in the token': auth(`Bearer ${token.slice(0, half)}\r\n\t${token.slice(half)}`),
        'a folded line before the key': key(`\r\n ${apiKey.slice(0, 10)}\r\n ${apiKey.slice(10)}`),
      }),
      ...attacksOf(UNPARSED, {
        'a blank before the colon': get(ME, `Authorization : Bearer ${token}`),
        'a tab before the colon': get(ME, `Authorization\t: Bearer ${token}`),
        'no colon': get(ME, `Authorization Bearer ${token}`),
        'no name': get(ME, `: Bearer ${token}`),
        'a NUL byte in the name': get(ME, `Author\0ization: Bearer ${token}`),
        'a Latin-1 letter in the name': get(ME, `Authorizati\xf6n: Bearer ${token}`),
        'a name in quotes': get(ME, `"Authorization": Bearer ${token}`),
        'a name in brackets': get(ME, `(Authorization): Bearer ${token}`),
        'a carriage return alone': auth(`Bearer\r${token}`),
        'a carriage return after the token': auth(`Bearer ${token}\rX: 1`),
      }),
      ...attacksOf([UNPARSED, MISSING, MALFORMED], {
        'a line feed alone': auth(`Bearer\n${token}`),
        'a folded header name': get(ME, 'X-Harmless: 1', ` Authorization: Bearer ${token}`),
      }),
    ];
  },
};
