import { get } from '../support/raw-http.js';
import { INVALID, MALFORMED, MISSING } from './answers.js';
import { attacksOf, ME, type Attack, type AttackGroup } from './attack.js';

/** Schemes that others use. They are not ours, so what comes with them is not looked at. */
const OTHERS = [
  'Basic',
  'Digest',
  'DPoP',
  'JWT',
  'Token',
  'Negotiate',
  'NTLM',
  'Hawk',
  'HOBA',
  'Mutual',
  'GNAP',
  'PrivateToken',
  'AWS4-HMAC-SHA256',
  'ApiKey',
  'Api-Key',
  'X-API-Key',
  'MAC',
  'OAuth',
  'GoogleLogin',
  'SharedKey',
  'Bear',
  'Bearers',
  'BearerX',
  'Bearer-Token',
  'Bearer.',
  'xBearer',
  'at+jwt',
];

/** Texts that a client sends when it has no token. */
const NO_TOKEN = ['undefined', 'null', 'true', 'NaN', 'token', 'x', '-', '0', 'e30.e30.e30', 'Bearer', '...'];

/** B1: whatever may stand in an Authorization header beside `Bearer` and one token. */
export const schemes: AttackGroup = {
  rows: ['B1', 'A17'],
  name: 'schemes',
  server: 'demo',
  attacks: ({ token, apiKey }): Attack[] => {
    const auth = (value: string): string => get(ME, `Authorization: ${value}`);
    const basic = Buffer.from(`user:${token}`).toString('base64');
    const others = OTHERS.flatMap((scheme) => [
      [`${scheme} and a token`, auth(`${scheme} ${token}`)],
      [`${scheme} alone`, auth(scheme)],
    ]);
    return [
      ...attacksOf(MISSING, {
        ...(Object.fromEntries(others) as Record<string, string>),
        'no credential': get(ME),
        'Basic with the token as password': auth(`Basic ${basic}`),
        'Basic with the key': auth(`Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`),
        'Digest with the token': auth(`Digest username="x", response="${token}"`),
        'Token with a parameter': auth(`Token token="${token}"`),
        'no blank': auth(`Bearer${token}`),
        'a dot in the place of the blank': auth(`Bearer.${token}`),
        'an underscore in the place of the blank': auth(`Bearer_${token}`),
        'the key in Authorization': auth(apiKey),
      }),
      ...attacksOf(MALFORMED, {
        'an empty header': auth(''),
        blanks: auth('    '),
        'Bearer alone': auth('Bearer'),
        'Bearer and a blank': auth('Bearer '),
        'a colon in the place of the blank': auth(`Bearer:${token}`),
        'an equals sign in the place of the blank': auth(`Bearer=${token}`),
        'a comma in the place of the blank': auth(`Bearer,${token}`),
        'a slash in the place of the blank': auth(`Bearer/${token}`),
        'Bearer in quotes': auth(`"Bearer" ${token}`),
        'everything in quotes': auth(`"Bearer ${token}"`),
        'Bearer twice': auth(`Bearer Bearer ${token}`),
        'two tokens': auth(`Bearer ${token} ${token}`),
        'a token and a word': auth(`Bearer ${token} x`),
        'a word and a token': auth(`Bearer x ${token}`),
        'a parameter': auth(`Bearer token=${token}`),
        'a parameter in quotes': auth(`Bearer token="${token}"`),
        'a realm and a token': auth(`Bearer realm="api" ${token}`),
        'an at sign first': auth(`@Bearer ${token}`),
        'a number first': auth(`1Bearer ${token}`),
        'an object': auth('[object Object]'),
        'Bearer and an object': auth('Bearer [object Object]'),
        'a template': auth('Bearer {{token}}'),
        'a variable': auth('Bearer ${TOKEN}'),
        'a placeholder': auth('Bearer <token>'),
      }),
      ...attacksOf(INVALID, {
        ...Object.fromEntries(NO_TOKEN.map((text) => [`Bearer ${text}`, auth(`Bearer ${text}`)])),
        'the key as a bearer token': auth(`Bearer ${apiKey}`),
      }),
    ];
  },
};
