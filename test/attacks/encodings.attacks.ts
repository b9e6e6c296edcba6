import { INVALID, MALFORMED, MISSING } from './answers.js';
import { attacksOf, bearer, type Attack, type AttackGroup } from './attack.js';
import { backwards, claims, compact, HEADER, hmac, segment } from './forge.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Another last character for the same bytes: one of the bits that stand for nothing is set (RFC 4648 section 3.5). */
function sameBytes(text: string): string {
  const last = ALPHABET[ALPHABET.indexOf(text.at(-1)!) ^ 1]!;
  const other = text.slice(0, -1) + last;
  if (!Buffer.from(other, 'base64url').equals(Buffer.from(text, 'base64url')))
    throw new Error('the segment has no bits to spare');
  return other;
}

/** A10, A11: the bytes of a token that is right, written in ways that a token is not written. */
export const encodings: AttackGroup = {
  rows: ['A10', 'A11'],
  name: 'encodings',
  server: 'demo',
  attacks: ({ secret }): Attack[] => {
    // Both segments with bits to spare, and with both characters that base64url replaced.
    const forge = (header: unknown, payload: unknown): [string, string, string] =>
      compact(header, payload, hmac(secret)).split('.') as [string, string, string];
    const spare = (part: object): string => {
      const json = JSON.stringify(part);
      return json + ' '.repeat((4 - (json.length % 3)) % 3);
    };
    const [h, c, s] = forge(spare(HEADER), spare(claims({ name: '~~~???>>>' })));
    const token = `${h}.${c}.${s}`;
    const standard = (part: string): string => part.replaceAll('-', '+').replaceAll('_', '/');
    /** Signed as it is written, so that only the spelling is wrong. */
    const signedAs = (input: string): string =>
      bearer(`${input}.${hmac(secret)(input).toString('base64url')}`);
    const json = JSON.stringify;
    return [
      ...attacksOf(INVALID, {
        'claims in the standard alphabet': signedAs(`${h}.${standard(c)}`),
        'everything padded': bearer(`${h}.${c}.${s}=`),
        'the signature padded twice': bearer(`${token}==`),
        'the header with spare bits': signedAs(`${sameBytes(h)}.${c}`),
        'the claims with spare bits': signedAs(`${h}.${sameBytes(c)}`),
        'the signature with spare bits': bearer(`${h}.${c}.${sameBytes(s)}`),
        'a header of one character more': signedAs(`${h}A.${c}`),
        'claims of three characters more': signedAs(`${h}.${c}AAA`),
        'a signature of one character more': bearer(`${token}A`),
        'a signature of four characters more': bearer(`${token}AAAA`),
        'a signature of one character': bearer(`${h}.${c}.A`),
        'upper case': bearer(token.toUpperCase()),
        'lower case': bearer(token.toLowerCase()),
        backwards: bearer(backwards(token)),
        'one segment': bearer(h),
        'two segments': bearer(`${h}.${c}`),
        'two segments and a dot': bearer(`${h}.${c}.`),
        'four segments': bearer(`${token}.${s}`),
        'four segments, the last empty': bearer(`${token}.`),
        'five segments, as in a JWE': bearer(`${h}.${c}.${s}.${s}.${s}`),
        'an empty segment first': bearer(`.${token}`),
        'no header': signedAs(`.${c}`),
        'no claims': signedAs(`${h}.`),
        'the signature alone': bearer(`..${s}`),
        'two dots': bearer('..'),
        'one dot': bearer('.'),
        'a double dot': bearer(`${h}..${c}.${s}`),
        'detached claims': bearer(`${h}..${s}`),
        'base64 of the whole token': bearer(Buffer.from(token).toString('base64')),
        'base64url of the whole token': bearer(segment(token)),
        'hexadecimal segments': signedAs(
          `${Buffer.from(json(HEADER)).toString('hex')}.${Buffer.from(json(claims())).toString('hex')}`,
        ),
        'a token in a token': bearer(compact(HEADER, token, hmac(secret))),
        'a token in a token, with cty': bearer(compact({ ...HEADER, cty: 'JWT' }, token, hmac(secret))),
        'two tokens in one': bearer(`${token}.${token}`),
        'dots as dashes': bearer(token.replaceAll('.', '-')),
        'dots as tildes': bearer(token.replaceAll('.', '~')),
        'a tilde and disclosures, as in an SD-JWT': bearer(`${token}~${segment('["salt","admin",true]')}~`),
        'a slash after it': bearer(`${token}/`),
      }),
      ...attacksOf(MALFORMED, {
        'padding in the middle': bearer(`${h}=.${c}.${s}`),
        'dots in URL encoding': bearer(token.replaceAll('.', '%2E')),
        'a quoted token': bearer(`"${token}"`),
        'a token in angle brackets': bearer(`<${token}>`),
        'a colon in front': bearer(`:${token}`),
        'a semicolon after it': bearer(`${token};`),
        'a comma after it': bearer(`${token},`),
        'a comma in front': bearer(`,${token}`),
        'a fragment': bearer(`${token}#`),
        'a query': bearer(`${token}?x=1`),
        'a blank in the claims': bearer(`${h}.${c.slice(0, 20)} ${c.slice(20)}.${s}`),
        'a tab in the claims': bearer(`${h}.${c.slice(0, 20)}\t${c.slice(20)}.${s}`),
        'a blank behind the header': bearer(`${h} .${c}.${s}`),
        'flattened JSON': bearer(json({ protected: h, payload: c, signature: s })),
        'general JSON': bearer(json({ payload: c, signatures: [{ protected: h, signature: s }] })),
        'JSON text of the token': bearer(json([token])),
        XML: bearer(`<jwt>${token}</jwt>`),
        'an asterisk': bearer('*'),
        'a token and a backslash': bearer(`${token}\\`),
      }),
      ...attacksOf(MISSING, {
        'a token without a scheme': `${bearer('x').replace(/Bearer x$/, token)}`,
      }),
    ];
  },
};
