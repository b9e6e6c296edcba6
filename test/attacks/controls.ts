import { get } from '../support/raw-http.js';
import { apiKey, bearer, ME, type Target } from './attack.js';
import {
  AUDIENCE,
  claims,
  compact,
  HEADER,
  hmac,
  MAX_TOKEN_LENGTH,
  NOW,
  tokenLongerThan,
  type Claims,
} from './forge.js';

/**
 * What has to be let in: requests made with the same tools as the attacks, and those that stand next to a refused one.
 * Without them a server that refuses everything, or a forger who forges badly, would pass for a safe one.
 */
export function controls({ secret, token, apiKey: key, spentKeys }: Target): Record<string, string> {
  const forge = (more: Claims = {}, header: object = HEADER): string =>
    bearer(compact(header, claims(more), hmac(secret)));
  const auth = (value: string): string => get(ME, `Authorization: ${value}`);
  return {
    'a forged token, with the right secret': forge(),
    'a typ that is written in full': forge({}, { alg: 'HS256', typ: 'application/at+jwt' }),
    'a typ in upper case': forge({}, { alg: 'HS256', typ: 'AT+JWT' }),
    'a header member that nobody knows': forge({}, { ...HEADER, x5t: 'x', nonce: 'n' }),
    'several audiences, one of them ours': forge({ aud: ['other', AUDIENCE] }),
    'the least that a token needs': forge({
      iat: undefined,
      jti: undefined,
      org_id: undefined,
      permissions: undefined,
    }),
    'null where nothing is': forge({ nbf: null, jti: null, org_id: null, email: null, metadata: null }),
    'a sub of 255 characters': forge({ sub: 's'.repeat(255) }),
    'a sub named __proto__': forge({ sub: '__proto__' }),
    'metadata with __proto__': bearer(
      compact(
        HEADER,
        JSON.stringify(claims()).replace('{', '{"metadata":{"__proto__":{"polluted":1}},'),
        hmac(secret),
      ),
    ),
    'metadata with names that every object has': forge({
      metadata: { constructor: null, hasOwnProperty: 1, toJSON: 'x', toString: 1, then: 1 },
    }),
    'metadata with numbers beyond numbers': bearer(
      compact(
        HEADER,
        JSON.stringify(claims()).replace('{', '{"metadata":{"a":1e400,"b":-0,"c":1e-400},'),
        hmac(secret),
      ),
    ),
    'metadata that is as deep as it may be': bearer(
      compact(
        HEADER,
        JSON.stringify(claims()).replace('{', `{"metadata":{"a":${'['.repeat(255)}${']'.repeat(255)}},`),
        hmac(secret),
      ),
    ),
    'half of a surrogate pair, and a line break': forge({ name: '\ud800', email: 'a\r\nX-Injected: 1' }),
    'six hundred permissions': forge({ permissions: Array.from({ length: 600 }, (_, i) => `a:b${i}`) }),
    'a year less a day': forge({ exp: NOW + 364 * 86_400 }),
    'not before now': forge({ nbf: NOW }),
    'blanks around the members': bearer(
      compact(JSON.stringify(HEADER, null, 1), JSON.stringify(claims(), null, 1), hmac(secret)),
    ),
    'colons and quotes in texts': forge({ name: '":{}\\":', metadata: { 'a":': '\\' } }),
    'a long token': bearer(tokenLongerThan(MAX_TOKEN_LENGTH - 8, secret)),
    'the scheme in lower case': auth(`bearer ${token}`),
    'the scheme in upper case': auth(`BEARER ${token}`),
    'several blanks': auth(`Bearer    ${token}`),
    'blanks around the value': auth(` \t Bearer ${token} \t `),
    'the header name in upper case': get(ME, `AUTHORIZATION: Bearer ${token}`),
    'a key': apiKey(key),
    'a good token beside a bad key': get(
      ME,
      `Authorization: Bearer ${token}`,
      `X-API-Key: ${spentKeys.revoked}`,
    ),
    'a good key beside a bad token': get(ME, 'Authorization: Bearer x', `X-API-Key: ${key}`),
    'a good key beside Basic': get(ME, 'Authorization: Basic eDp5', `X-API-Key: ${key}`),
    'a token in an absolute request target': bearer(token, `http://127.0.0.1${ME}`),
  };
}
