import { generateKeyPairSync } from 'node:crypto';

import { INVALID } from './answers.js';
import { attacksOf, bearer, type AttackGroup } from './attack.js';
import { claims, compact, HEADER, hmac } from './forge.js';

/** A17: types of every other kind of token, and what looks like the right one. */
const TYPES: readonly unknown[] = [
  undefined,
  null,
  '',
  'JWT',
  'jwt',
  'JWS',
  'JOSE',
  'JOSE+JSON',
  'rt+jwt',
  'refresh',
  'id_token',
  'id+jwt',
  'logout+jwt',
  'secevent+jwt',
  'dpop+jwt',
  'token-introspection+jwt',
  'oauth-authz-req+jwt',
  'client-authentication+jwt',
  'reset+jwt',
  'invite+jwt',
  'vc+jwt',
  'at',
  'at+jws',
  'at+jwt ',
  ' at+jwt',
  'at+jwt\u0000',
  'at+jwt;charset=utf-8',
  'at jwt',
  'at+jwt,JWT',
  'x-at+jwt',
  'text/at+jwt',
  'application/application/at+jwt',
  'application/jwt',
  'application/',
  'at＋jwt',
  1,
  true,
  ['at+jwt'],
  { 0: 'at+jwt' },
];

/** A9. The signature is right, so that only the `kid` can be what is wrong. */
const KIDS: readonly unknown[] = [
  '',
  '0',
  'key-2026',
  '../../../../../../dev/null',
  '/dev/null',
  '/proc/self/environ',
  'file:///etc/passwd',
  'C:\\Windows\\win.ini',
  "' UNION SELECT 'secret' -- ",
  '1; DROP TABLE keys',
  '$(sleep 5)',
  '`sleep 5`',
  '| sleep 5',
  '{{7*7}}',
  '${jndi:ldap://127.0.0.1/a}',
  '__proto__',
  'constructor',
  'toString',
  'key\r\nX-Injected: 1',
  '\u0000',
  '%00',
  '*',
  '.*',
  0,
  1,
  -1,
  true,
  false,
  null,
  [],
  ['key-2026'],
  {},
  { $ne: null },
];

const CRITICAL: readonly unknown[] = [
  [],
  ['exp'],
  ['alg'],
  ['b64'],
  ['crit'],
  ['x-unknown'],
  ['x-known-to-be-there'],
  [''],
  [null],
  [1],
  ['typ', 'typ'],
  'exp',
  '',
  {},
  null,
  true,
  0,
];

/** A7, A8, A9, A17: headers that ask for something, each over a signature that is right. */
export const headerMembers: AttackGroup = {
  rows: ['A7', 'A8', 'A9', 'A17'],
  name: 'header members',
  server: 'demo',
  attacks: ({ secret, canaryUrl, keyId }) => {
    const own = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    const forge = (more: object): string => bearer(compact({ ...HEADER, ...more }, claims(), hmac(secret)));
    const each = (member: string, values: readonly unknown[]): Record<string, string> =>
      Object.fromEntries(
        values.map((value) => [`${member} ${JSON.stringify(value)}`, forge({ [member]: value })]),
      );
    const urls = [
      canaryUrl,
      `${canaryUrl}#`,
      `http://user@${new URL(canaryUrl).host}/`,
      '',
      'file:///dev/null',
      null,
    ];
    return attacksOf(INVALID, {
      ...each('typ', TYPES),
      ...each('kid', KIDS),
      'kid of 5 KB': forge({ kid: 'k'.repeat(3_500) }),
      'kid that is an API key': forge({ kid: keyId }),
      ...Object.fromEntries(
        CRITICAL.map((crit) => [`crit ${JSON.stringify(crit)}`, forge({ crit, 'x-known-to-be-there': 1 })]),
      ),
      'crit b64 with b64 false': forge({ crit: ['b64'], b64: false }),
      'b64 false': forge({ b64: false }),
      'b64 true': forge({ b64: true }),
      'b64 null': forge({ b64: null }),
      'jwk, a secret': forge({ jwk: { kty: 'oct', k: Buffer.from(secret).toString('base64url') } }),
      'jwk, a public key': forge({ jwk: own.export({ format: 'jwk' }) }),
      'jwk, null': forge({ jwk: null }),
      'x5c, a key': forge({ x5c: [own.export({ format: 'der', type: 'spki' }).toString('base64')] }),
      'x5c, empty': forge({ x5c: [] }),
      ...each('jku', urls),
      ...each('x5u', urls),
      'cty JWT': forge({ cty: 'JWT' }),
      'zip DEF': forge({ zip: 'DEF' }),
      'enc A128GCM': forge({ enc: 'A128GCM' }),
    });
  },
};
