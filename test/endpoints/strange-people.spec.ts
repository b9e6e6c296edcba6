import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { call, type CallAnswer, type CallOptions } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { PEOPLE } from './callers.people.js';
import { PROVIDERS } from './callers.providers.js';
import { ROLES } from './callers.roles.js';
import { SERVICES } from './callers.services.js';
import { bootCallers, SECRET, type Callers, type Rows, type Target } from './callers.support.js';

const ROWS: Rows = { ...PEOPLE, ...ROLES, ...SERVICES, ...PROVIDERS };
const TOKEN_ENDPOINT = 'POST /oauth/token';

/** In the place of anything in a body. */
const STRANGE: readonly (readonly [string, unknown])[] = [
  ['a zero byte', 'a\0b'],
  ['half of a surrogate pair', 'a\ud800'],
  ['a line break', 'a\r\nX-Injected: 1'],
  ['a name that every object has', '__proto__'],
  ['nothing', ''],
  ['twenty thousand letters', 'x'.repeat(20_000)],
  ['a number', 1e300],
  ['null', null],
  ['a list', ['a\0b', null, [[]]]],
  ['an object', { toString: 'x', length: -1 }],
  ['a deep object', JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`)],
  ['many items', Array.from({ length: 5_000 }, () => 'x')],
];
const WHOLE_BODIES = [null, [], 'text', 1, true, {}, [[{}]]];
const STRANGE_TEXTS = ['', 'a\0b', 'a\r\nX-Injected: 1', '\ufffd', '__proto__', 'x'.repeat(20_000)];
const STRANGE_NAMES = [
  '%00',
  'a%00b',
  '__proto__',
  'constructor',
  '%F0%9F%98%80',
  '..%2f..%2fetc',
  '%20',
  "'--",
];
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  'GET /auth/users': ['limit', 'after', 'search', 'orgId'],
  'GET /auth/roles': ['limit', 'after', 'orgId'],
  'GET /auth/roles/:name': ['orgId'],
  'GET /auth/clients': ['limit', 'after', 'orgId'],
  'GET /auth/login/:provider': ['redirect_to', 'code_challenge'],
  'GET /auth/callback/:provider': ['code', 'state', 'error', 'iss'],
  'GET /auth/logout/:provider': ['redirect_to'],
  'GET /auth/audit': ['limit', 'before', 'type', 'actorId', 'target', 'from', 'to'],
};
const STRANGE_VALUES = [
  '%00',
  '',
  '-1',
  '1.5',
  '1e300',
  '0000-01-01T00:00:00Z',
  '%25%5C_',
  'x'.repeat(5_000),
];

/** What Postgres does not take has to be the caller's mistake (400), and not an outage (503). */
describe.each(PLATFORMS)('strange input about people and services, before Postgres on %s', (platform) => {
  let pglite: PGlite;
  let callers: Callers;
  let target: Target;
  let credential: CallOptions;
  beforeAll(async () => {
    pglite = await PGlite.create();
    await migrate(pglite);
    callers = await bootCallers(platform, postgresStores(pglite));
    target = await callers.makeTarget({ hasPassword: true });
    credential = await callers.credentialOf('an administrator of no organisation', target);
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await pglite.close();
  });

  const ask = async (method: string, path: string, body?: unknown): Promise<CallAnswer> => {
    const answer = await call(callers.url + path, { method, ...credential, body });
    expect([method, path, answer.status, answer.status < 500]).toEqual([method, path, answer.status, true]);
    expect(JSON.stringify([answer.body, [...answer.headers]])).not.toMatch(SECRET);
    expect(answer.headers.has('x-injected')).toBe(false);
    expect(JSON.stringify(answer.body).length).toBeLessThan(100_000);
    return answer;
  };

  const written = Object.entries(ROWS).filter(([name, { body }]) => body && name !== TOKEN_ENDPOINT);
  it.each(written)(
    'is answered in the body of %s',
    async (endpoint, { path, body }) => {
      const [method, route] = endpoint.split(' ') as [string, string];
      const right = body!(target) as Record<string, unknown>;
      for (const whole of WHOLE_BODIES) await ask(method, path?.(target) ?? route, whole);
      for (const field of Object.keys(right)) {
        for (const [what, value] of STRANGE) {
          const { status } = await ask(method, path?.(target) ?? route, { ...right, [field]: value });
          // What a text says may do no harm; what is none is refused. `null` clears a field.
          if (typeof value !== 'string' && value !== null)
            expect([field, what, status]).toEqual([field, what, setUpIsOver(endpoint) ?? 400]);
        }
      }
    },
    60_000,
  );

  it('is answered in the form of the token endpoint', async () => {
    const right = ROWS[TOKEN_ENDPOINT]!.body!(target) as URLSearchParams;
    const post = async (body: string, type = 'application/x-www-form-urlencoded'): Promise<number> => {
      const headers = { 'content-type': type };
      const response = await fetch(`${callers.url}/oauth/token`, { method: 'POST', headers, body });
      const answer = await response.text();
      expect([body, answer, response.status < 500]).toEqual([body, answer, true]);
      expect(JSON.stringify([answer, [...response.headers]])).not.toContain(right.get('client_secret'));
      expect(response.headers.has('x-injected')).toBe(false);
      return response.status;
    };
    expect(await post(right.toString())).toBe(200);
    for (const field of [...right.keys(), 'scope', 'client_assertion', 'client_assertion_type']) {
      for (const value of STRANGE_TEXTS) {
        const changed = new URLSearchParams(right);
        changed.set(field, value);
        // A parameter without a value was left out, and a scope may be (RFC 6749 section 3.2).
        const isLeftOut = value === '' && !right.has(field);
        expect([field, value, (await post(changed.toString())) === 200]).toEqual([field, value, isLeftOut]);
        expect(await post(`${right.toString()}&${field}=${encodeURIComponent(value)}&${field}=a`)).not.toBe(
          200,
        );
      }
    }
    for (const form of ['', '%', '%00=%00', '=&=', 'a[b]=c', '&'.repeat(5_000), '%ff=%ff', '__proto__=x'])
      expect(await post(form)).not.toBe(200);
    for (const whole of WHOLE_BODIES) expect(await post(JSON.stringify(whole), 'application/json')).toBe(400);
  });

  it.each(Object.keys(ROWS).filter((endpoint) => endpoint.includes(':')))(
    'names nobody and nothing in the path of %s',
    async (endpoint) => {
      const [method, route] = endpoint.split(' ') as [string, string];
      for (const name of [...STRANGE_NAMES, 'x'.repeat(5_000)]) {
        const path = route.replaceAll(/:\w+/g, name);
        const { status } = await ask(method, path, method === 'GET' ? undefined : {});
        // Fastify does not take parameters of more than 100 characters.
        expect([path, [400, 404, 414].includes(status)]).toEqual([path, true]);
      }
    },
  );

  it.each(Object.entries(QUERIES))('is answered in the query of %s', async (endpoint, names) => {
    const path = (ROWS[endpoint]!.path?.(target) ?? endpoint.split(' ')[1]!).split('?')[0]!;
    for (const name of names) {
      for (const value of STRANGE_VALUES) await ask('GET', `${path}?${name}=${value}`);
      await ask('GET', `${path}?${name}=a&${name}=b`);
      await ask('GET', `${path}?${name}[a]=b`);
    }
    // GitHub has no logout, whatever is asked of it.
    const refused = endpoint === 'GET /auth/logout/:provider' ? 404 : 400;
    expect((await ask('GET', `${path}?__proto__=1`)).status).toBeLessThanOrEqual(refused);
    expect((await ask('GET', `${path}?unknown=1`)).status).toBe(refused);
  });
});

/** The answer to everything, once there is an administrator. */
function setUpIsOver(endpoint: string): number | undefined {
  return endpoint === 'POST /auth/setup' ? 404 : undefined;
}
