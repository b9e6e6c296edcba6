import { get } from '../support/raw-http.js';
import { denied, MISSING } from './answers.js';
import { apiKey as sendKey, attacksOf, bearer, type Attack, type AttackGroup } from './attack.js';
import { claims, compact, HEADER, hmac, type Claims } from './forge.js';

const SESSIONS = '/api/v1/sessions';
const STATS = '/api/v1/admin/stats';

/** Grants that do not cover `session:list`, whoever reads them as a prefix, a pattern or in another case. */
const GRANTS: readonly string[] = [
  'session:read',
  'session:lis',
  'session:listall',
  'session:list:own',
  'session:list*',
  'session:l*',
  'session:*:*',
  'session:**',
  'session',
  'session:',
  'session*',
  'sess*:list',
  'sessions:list',
  'sessions:*',
  'xsession:list',
  ':list',
  ':*',
  '*:list',
  '*:*',
  '**',
  '* ',
  ' *',
  '*\u0000',
  '*\n',
  '.*',
  '.*:.*',
  '^.*$',
  '/.*/',
  '%',
  'session:%',
  'session:?ist',
  'session.list',
  'session/list',
  'session::list',
  'session:list ',
  ' session:list',
  'session:list\n',
  'session:list\u0000',
  'session:list,session:read',
  'session:list session:read',
  'SESSION:LIST',
  'Session:List',
  'session:LIST',
  'SESSION:*',
  'se\u0455sion:list',
  'ｓession:list',
  'session:li\u017ft',
  'admin',
  'admin:*',
  'memory:*',
  '!memory:list',
  '__proto__:list',
  'constructor',
];

/** Claims by which other systems would give permissions. */
const ELSEWHERE: Readonly<Record<string, Claims>> = {
  scope: { scope: '*' },
  'scope with the permission': { scope: 'session:list' },
  scp: { scp: ['*'] },
  roles: { roles: ['admin'] },
  role: { role: 'admin' },
  groups: { groups: ['admin'] },
  authorities: { authorities: ['*'] },
  admin: { admin: true, isAdmin: true, is_superuser: true },
  'permissions of metadata': { metadata: { permissions: ['*'] } },
  '__proto__ of metadata': { metadata: JSON.parse('{"__proto__":{"permissions":["*"]}}') as object },
  'grants of UserIdentity': { grants: ['*'], provider: 'service' },
  'names that every object has': {
    constructor: { permissions: ['*'] },
    hasOwnProperty: true,
    toString: '*',
    toJSON: '*',
    then: '*',
  },
  'the name in another case': { Permissions: ['*'], PERMISSIONS: ['*'] },
  'the name with more to it': { ' permissions': ['*'], 'permissions\u0000': ['*'], 'permissions[]': ['*'] },
  'the name in full width': { ｐermissions: ['*'] },
  'a service': { client_id: 'worker_1', sub: 'worker_1' },
};

/** Genuine credentials that do not carry the permission. */
export const permissions: AttackGroup = {
  rows: ['B6'],
  name: 'permissions',
  server: 'demo',
  attacks: ({ secret, apiKey, token }): Attack[] => {
    const holding = (grants: readonly string[], path: string): string =>
      bearer(compact(HEADER, claims({ permissions: grants }), hmac(secret)), path);
    const wanting = (changes: Claims): string =>
      bearer(compact(HEADER, claims({ permissions: [], ...changes }), hmac(secret)), SESSIONS);
    const as = (method: string, request: string): string => request.replace('GET', method);
    return [
      ...attacksOf(denied('session:list'), {
        'no grants': holding([], SESSIONS),
        'no claim': wanting({ permissions: undefined }),
        'a null claim': wanting({ permissions: null }),
        ...Object.fromEntries(GRANTS.map((grant) => [JSON.stringify(grant), holding([grant], SESSIONS)])),
        'all of them': holding(GRANTS, SESSIONS),
        'two halves': holding(['session', ':', 'list'], SESSIONS),
        ...Object.fromEntries(Object.entries(ELSEWHERE).map(([name, more]) => [name, wanting(more)])),
        'a permission in a header': `${bearer(token, SESSIONS)}\r\nX-Permissions: *\r\nX-Roles: admin`,
        'a permission in the query': bearer(token, `${SESSIONS}?permissions=*&scope=*`),
        'a permission in a cookie': `${bearer(token, SESSIONS)}\r\nCookie: permissions=*; role=admin`,
        'a key without it': sendKey(apiKey, SESSIONS),
        'a key without it, and a header': `${sendKey(apiKey, SESSIONS)}\r\nX-Permissions: *`,
        'HEAD with a key without it': as('HEAD', sendKey(apiKey, SESSIONS)),
      }),
      ...attacksOf(denied('admin:read admin:write'), {
        'administration with none': holding([], STATS),
        'administration with everything else': holding(['session:*', 'memory:*'], STATS),
        'administration with half a name': holding(['admin', 'admin:', 'admin:rea', 'read', 'write'], STATS),
        'administration with names that join the two': holding(
          ['admin:read admin:write', 'admin:read,write'],
          STATS,
        ),
        'administration with a key': sendKey(apiKey, STATS),
      }),
      ...attacksOf(denied('session:create'), {
        'creating with a token that reads': as('POST', bearer(token, SESSIONS)),
        'creating with a key that reads': as('POST', sendKey(apiKey, SESSIONS)),
        'creating, called GET': `${as('POST', sendKey(apiKey, SESSIONS))}\r\nX-HTTP-Method-Override: GET`,
      }),
      ...attacksOf(denied('session:delete'), {
        'deleting with a token that reads': as('DELETE', bearer(token, `${SESSIONS}/1`)),
        'deleting with a key that reads': as('DELETE', sendKey(apiKey, `${SESSIONS}/1`)),
      }),
      ...attacksOf(denied('session:update'), {
        'changing with a token that reads': as('PATCH', bearer(token, `${SESSIONS}/1`)),
        'changing with a key that reads': as('PATCH', sendKey(apiKey, `${SESSIONS}/1`)),
      }),
      ...attacksOf(denied('memory:search'), {
        'searching with a token that reads sessions': bearer(token, '/api/v1/memories/search?q=x'),
        'searching with a key that reads sessions': sendKey(apiKey, '/api/v1/memories/search?q=x'),
      }),
      ...attacksOf(MISSING, {
        'a user in headers alone': get(SESSIONS, 'X-User-Id: admin_1', 'X-Permissions: *'),
      }),
    ];
  },
};
