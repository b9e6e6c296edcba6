import { EXPIRED, INVALID } from './answers.js';
import { attacksOf, bearer, type Attack, type AttackGroup } from './attack.js';
import { AUDIENCE, claims, compact, HEADER, hmac, ISSUER, NOW, type Claims } from './forge.js';

const YEAR = 365 * 86_400;
/** A number that JSON.stringify would not write: put in where the claim says so. */
const literal = (text: string): string => `literal:${text}`;

const NOT_TEXT: readonly unknown[] = [0, 1, true, [], ['x'], {}, { x: 1 }];

/** A13 to A16, A18: claims that are wrong, each alone in a token that is right otherwise, signature included. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  exp: [
    undefined,
    null,
    '',
    String(NOW + 600),
    'never',
    true,
    [],
    [NOW + 600],
    {},
    -1,
    0,
    -(NOW + 600),
    literal('1e400'),
    literal('-1e400'),
    literal('1e308'),
    literal('-0'),
    (NOW + 600) * 1_000,
    NOW + YEAR + 3_600,
    2 ** 31 * 4,
    2 ** 53,
  ],
  nbf: [NOW + 600, String(NOW), '', 'now', true, false, [], [NOW], {}, -1, 0, literal('1e400'), NOW * 1_000],
  iat: [NOW + 600, String(NOW), '', 'now', true, false, [], [NOW], {}, -1, 0, literal('1e400'), NOW * 1_000],
  iss: [
    undefined,
    null,
    '',
    1,
    true,
    {},
    [],
    [ISSUER],
    [ISSUER, 'https://evil.test'],
    { 0: ISSUER },
    `${ISSUER}/`,
    `${ISSUER}.evil.test`,
    `${ISSUER}\u0000`,
    `${ISSUER} `,
    ` ${ISSUER}`,
    `${ISSUER}#`,
    ISSUER.slice(0, -1),
    ISSUER.toUpperCase(),
    ISSUER.replace('https', 'http'),
    ISSUER.replace('a', '\u0430'),
    'gatehouse',
    '.*',
    '*',
  ],
  aud: [
    undefined,
    null,
    '',
    1,
    true,
    {},
    [],
    [[AUDIENCE]],
    { 0: AUDIENCE, length: 1 },
    ['*'],
    '*',
    '.*',
    `${AUDIENCE} other`,
    `${AUDIENCE},other`,
    `${AUDIENCE}\u0000`,
    `${AUDIENCE}s`,
    ` ${AUDIENCE}`,
    AUDIENCE.slice(0, -1),
    AUDIENCE.toUpperCase(),
    ISSUER,
    ['other'],
    [AUDIENCE, 1],
    [AUDIENCE, null],
    [AUDIENCE, ''],
    [AUDIENCE, [AUDIENCE]],
  ],
  sub: [undefined, null, '', 'x'.repeat(256), ...NOT_TEXT],
  jti: ['', ...NOT_TEXT],
  org_id: ['', ...NOT_TEXT],
  email: ['', ...NOT_TEXT],
  name: ['', ...NOT_TEXT],
  sid: ['', ...NOT_TEXT],
  client_id: ['', ...NOT_TEXT],
  permissions: [
    '*',
    '',
    'session:list',
    '["*"]',
    1,
    true,
    {},
    { 0: '*', length: 1 },
    ['*', 1],
    ['*', null],
    ['*', ''],
    [['*']],
    [{ '*': true }],
  ],
  metadata: ['', '{}', 1, true, false, [], [{ x: 1 }]],
};

const EXPIRED_AT: readonly unknown[] = [NOW - 1, NOW - 60, NOW - YEAR, 1, literal('1.5'), literal('1e-300')];

function forge(secret: string, changes: Claims): string {
  const json = JSON.stringify(claims(changes)).replaceAll(/"literal:([^"]+)"/g, '$1');
  return bearer(compact(HEADER, json, hmac(secret)));
}

export const wrongClaims: AttackGroup = {
  rows: ['A13', 'A14', 'A15', 'A16', 'A18'],
  name: 'claims',
  server: 'demo',
  attacks: ({ secret, revokedToken }): Attack[] => {
    const one = (claim: string, value: unknown): [string, string] => [
      `${claim} ${JSON.stringify(value)?.slice(0, 60)}`,
      forge(secret, { [claim]: value }),
    ];
    const wrong = Object.entries(WRONG).flatMap(([claim, values]) =>
      values.map((value) => one(claim, value)),
    );
    const expired = EXPIRED_AT.map((value) => one('exp', value));
    return [
      ...attacksOf(INVALID, Object.fromEntries(wrong)),
      ...attacksOf(EXPIRED, Object.fromEntries(expired)),
      ...attacksOf(EXPIRED, {
        'expired, and not valid before long ago': forge(secret, {
          exp: NOW - 5,
          nbf: NOW - 50,
          iat: NOW - 50,
        }),
      }),
      // Only what is genuine otherwise is called expired.
      ...attacksOf(INVALID, {
        revoked: bearer(revokedToken),
        'expired, and of another issuer': forge(secret, { exp: NOW - 5, iss: 'https://evil.test' }),
        'expired, and for another audience': forge(secret, { exp: NOW - 5, aud: 'other' }),
        'expired, and signed with another secret': forge(`${secret}x`, { exp: NOW - 5 }),
        'no claims': bearer(compact(HEADER, {}, hmac(secret))),
        'an ID token': forge(secret, { aud: 'client_1', nonce: 'n', at_hash: 'h', email_verified: true }),
        'claims in __proto__ alone': bearer(
          compact(HEADER, `{"__proto__":${JSON.stringify(claims())}}`, hmac(secret)),
        ),
        'claims in the header alone': bearer(compact({ ...HEADER, ...claims() }, {}, hmac(secret))),
        'a sub in __proto__ alone': bearer(
          compact(
            HEADER,
            JSON.stringify(claims({ sub: undefined })).replace('{', '{"__proto__":{"sub":"admin"},'),
            hmac(secret),
          ),
        ),
      }),
    ];
  },
};
