import { deflateRawSync } from 'node:zlib';

import { get } from '../support/raw-http.js';
import { INVALID, MALFORMED, MISSING, TOO_LARGE } from './answers.js';
import { attacksOf, bearer, ME, type Attack, type AttackGroup } from './attack.js';
import { claims, compact, HEADER, hmac, MAX_TOKEN_LENGTH, segment, tokenLongerThan } from './forge.js';

/** A19: requests that cost the sender little and are meant to cost the server much. */
export const resources: AttackGroup = {
  rows: ['A19'],
  name: 'resources',
  server: 'demo',
  attacks: ({ secret, token }): Attack[] => {
    const forge = (header: unknown, payload: unknown): string =>
      bearer(compact(header, payload, hmac(secret)));
    const nested = (open: string, close: string, depth: number, inside = '1'): string =>
      open.repeat(depth) + inside + close.repeat(depth);
    const withMetadata = (json: string): string =>
      JSON.stringify(claims({ metadata: 'here' })).replace('"here"', json);
    const pbes2 = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 - 1, p2s: 'c2FsdA' };
    const zeros = deflateRawSync(Buffer.alloc(1_000_000)).toString('base64url');
    return [
      ...attacksOf(INVALID, {
        'a right token that is just too long': bearer(tokenLongerThan(MAX_TOKEN_LENGTH, secret)),
        'a right token of 15 KB': bearer(tokenLongerThan(15_000, secret)),
        'a token of 15 KB without dots': bearer('a'.repeat(15_000)),
        'ten thousand dots': bearer('.'.repeat(10_000)),
        'eight thousand dots': bearer('.'.repeat(8_000)),
        'ten thousand segments': bearer('a.'.repeat(7_000)),
        'ten thousand paddings': bearer(`a${'='.repeat(10_000)}`),
        'a long header': forge({ ...HEADER, x: 'x'.repeat(6_000) }, claims({ x: 'x'.repeat(3_000) })),
        'two thousand lists in the header': forge(nested('[', ']', 2_000), claims()),
        'two thousand lists in the claims': forge(HEADER, nested('[', ']', 2_000)),
        'eight hundred objects in the header': forge(nested('{"a":', '}', 800), claims()),
        'eight hundred objects in the claims': forge(HEADER, nested('{"a":', '}', 800)),
        'two thousand brackets that do not close': forge(HEADER, '['.repeat(5_000)),
        'two thousand quotes': forge(HEADER, '"'.repeat(5_001)),
        'two thousand backslashes': forge(HEADER, `{"a":"${'\\'.repeat(5_001)}"}`),
        'a name five hundred times': forge(HEADER, withMetadata(`{${'"a":1,'.repeat(500)}"a":1}`)),
        'a number of four thousand digits': forge(HEADER, withMetadata('9'.repeat(4_000))),
        'an exp of four thousand digits': forge(
          HEADER,
          JSON.stringify(claims({ exp: 0 })).replace(/"exp":0/, `"exp":${'9'.repeat(4_000)}`),
        ),
        'metadata that is a level too deep': forge(HEADER, withMetadata(nested('{"a":', '}', 257))),
        'metadata that is as deep as there is room': forge(
          HEADER,
          withMetadata(`{"a":${nested('[', ']', 2_500)}}`),
        ),
        'PBES2 with two thousand million rounds': bearer(`${segment(pbes2)}.aaaa.aaaa.aaaa.aaaa`),
        'PBES2 in the place of HS256': forge({ ...HEADER, ...pbes2 }, claims()),
        'claims that unfold to a megabyte': forge({ ...HEADER, zip: 'DEF' }, Buffer.from(zeros, 'base64url')),
      }),
      ...attacksOf(MALFORMED, {
        'ten thousand blanks': get(ME, `Authorization: Bearer${' '.repeat(10_000)}!`),
        'ten thousand words': get(ME, `Authorization: ${'Bearer '.repeat(2_000)}`),
        'ten thousand commas': get(ME, `X-API-Key: a${','.repeat(10_000)}`),
        'a thousand headers': get(ME, ...Array.from({ length: 500 }, () => 'Authorization: Bearer x')),
      }),
      ...attacksOf([INVALID, MALFORMED], {
        // Node reads two thousand headers and drops the rest unseen.
        'a second token behind two thousand headers': get(
          ME,
          'Authorization: Bearer x',
          ...Array.from({ length: 2_000 }, () => 'a:'),
          `Authorization: Bearer ${token}`,
        ),
      }),
      ...attacksOf([MISSING, TOO_LARGE], {
        'a token behind two thousand headers': get(
          ME,
          ...Array.from({ length: 2_000 }, () => 'a:'),
          `Authorization: Bearer ${token}`,
        ),
        'a query of 12 KB': get(`${ME}?${'a=1&'.repeat(3_000)}`),
        'a query of a thousand brackets': get(`${ME}?a${'[b]'.repeat(1_000)}=1`),
      }),
      ...attacksOf(TOO_LARGE, {
        'a token of 17 KB': bearer('a'.repeat(17_000)),
        'a path of 17 KB': get(`${ME}?${'a'.repeat(17_000)}`),
      }),
    ];
  },
};
