import { get } from '../support/raw-http.js';
import { MISSING } from './answers.js';
import { attacksOf, ME, type Attack, type AttackGroup } from './attack.js';

/** Headers that proxies, frameworks and other servers would listen to. */
const HEADERS: readonly string[] = [
  'X-Forwarded-User: admin_1',
  'X-Forwarded-Email: admin@example.com',
  'X-Forwarded-For: 127.0.0.1',
  'X-Forwarded-Host: localhost',
  'Forwarded: for=127.0.0.1;host=localhost',
  'X-Real-IP: 127.0.0.1',
  'X-User-Id: admin_1',
  'X-User: admin_1',
  'X-Auth-User: admin_1',
  'X-Auth-Request-User: admin_1',
  'X-Remote-User: admin_1',
  'Remote-User: admin_1',
  'X-Authenticated-User: admin_1',
  'X-Roles: admin',
  'X-Permissions: *',
  'X-Org-Id: org_1',
  'X-Internal: true',
  'X-Debug: true',
  'X-Original-URL: /health',
  'X-Rewrite-URL: /health',
  'X-Original-URI: /health',
  'X-Forwarded-Uri: /health',
  'X-Forwarded-Prefix: /health',
  'X-Forwarded-Path: /health',
  'X-Original-Path: /health',
  'X-HTTP-Method-Override: OPTIONS',
  'X-HTTP-Method: OPTIONS',
  'X-Method-Override: OPTIONS',
  'X-Middleware-Subrequest: middleware:middleware:middleware:middleware:middleware',
  'X-Middleware-Prefetch: 1',
  'Referer: http://127.0.0.1/health',
  'Origin: http://127.0.0.1',
  'Upgrade-Insecure-Requests: 1',
  'X-Client-Cert: MIIB',
  'X-SSL-Client-Verify: SUCCESS',
];

/** Names under which a genuine token or key is not looked for. */
const NAMES = [
  'Authentication',
  'Authorisation',
  'Authorization_',
  'Authorization-',
  'X-Authorization',
  'Proxy-Authorization',
  'X-Forwarded-Authorization',
  'X-Original-Authorization',
  'HTTP_AUTHORIZATION',
  'Token',
  'X-Access-Token',
  'X-Auth-Token',
  'X-Token',
  'X-JWT',
  'X-Amzn-Oidc-Data',
  'Cf-Access-Jwt-Assertion',
  'X-Goog-Iap-Jwt-Assertion',
  'Api-Key',
  'ApiKey',
  'X_API_KEY',
  'X-API_Key',
  'X-ApiKey',
  'X-API-Key-',
  'X-API-Key2',
  'XX-API-Key',
  'X-Api-Token',
  'X-Secret',
  'Cookie2',
  'Sec-WebSocket-Protocol',
  'Authentication-Info',
  'WWW-Authenticate',
];

const QUERIES = ['access_token', 'token', 'jwt', 'auth', 'authorization', 'Authorization', 'bearer'];
const KEY_QUERIES = ['api_key', 'apikey', 'apiKey', 'key', 'x-api-key', 'X-API-Key'];
const COOKIES = ['token', 'access_token', 'jwt', 'session', 'Authorization', '__Host-token'];

/** B4: genuine credentials in places where none is looked for, and headers that claim something without one. */
export const elsewhere: AttackGroup = {
  rows: ['B4'],
  name: 'credentials elsewhere',
  server: 'demo',
  attacks: ({ token, apiKey }): Attack[] => {
    const entries: [string, string][] = [
      ...HEADERS.map((header): [string, string] => [header, get(ME, header)]),
      ...NAMES.flatMap((name): [string, string][] => [
        [`${name} with a token`, get(ME, `${name}: Bearer ${token}`)],
        [`${name} with a key`, get(ME, `${name}: ${apiKey}`)],
      ]),
      ...QUERIES.map((name): [string, string] => [`query ${name}`, get(`${ME}?${name}=${token}`)]),
      ...QUERIES.map((name): [string, string] => [
        `query ${name}, Bearer`,
        get(`${ME}?${name}=Bearer%20${token}`),
      ]),
      ...KEY_QUERIES.map((name): [string, string] => [`query ${name}`, get(`${ME}?${name}=${apiKey}`)]),
      ...COOKIES.map((name): [string, string] => [`cookie ${name}`, get(ME, `Cookie: ${name}=${token}`)]),
      ...COOKIES.map((name): [string, string] => [
        `cookie ${name}, a key`,
        get(ME, `Cookie: ${name}=${apiKey}`),
      ]),
      ['query headers[authorization]', get(`${ME}?headers[authorization]=Bearer%20${token}`)],
      ['query __proto__[user]', get(`${ME}?__proto__[user][userId]=admin_1`)],
      ['query user[userId]', get(`${ME}?user[userId]=admin_1&user[permissions][]=*`)],
      ['query _method', get(`${ME}?_method=OPTIONS`)],
      ['a form', form('application/x-www-form-urlencoded', `access_token=${token}`)],
      ['a form with a key', form('application/x-www-form-urlencoded', `x-api-key=${apiKey}`)],
      [
        'JSON',
        form('application/json', JSON.stringify({ access_token: token, headers: { authorization: token } })),
      ],
      ['JSON with a user', form('application/json', '{"user":{"userId":"admin_1","permissions":["*"]}}')],
      ['the trailer of a chunked body', trailer(`Authorization: Bearer ${token}`)],
      ['the trailer of a chunked body, a key', trailer(`X-API-Key: ${apiKey}`)],
      ['the userinfo of an absolute request target', get(`http://user:${token}@127.0.0.1${ME}`)],
    ];
    return attacksOf(MISSING, Object.fromEntries(entries));
  },
};

/** The routes of a body are those that take one; Nest reads it before it asks the gate. */
function form(type: string, body: string): string {
  const head = get('/api/v1/sessions', `Content-Type: ${type}`, `Content-Length: ${body.length}`);
  return `${head.replace('GET', 'POST')}\r\n\r\n${body}`;
}

function trailer(header: string): string {
  const head = get(
    '/api/v1/sessions',
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    'Trailer: x',
  );
  return `${head.replace('GET', 'POST')}\r\n\r\n2\r\n{}\r\n0\r\n${header}`;
}
