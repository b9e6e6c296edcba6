import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { call, type CallAnswer, type CallOptions } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { PEOPLE } from './callers.people.js';
import { ROLES } from './callers.roles.js';
import { bootCallers, SECRET, type Callers, type Rows, type Target } from './callers.support.js';

const ROWS: Rows = { ...PEOPLE, ...ROLES };

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
describe.each(PLATFORMS)('strange input about people, before Postgres on %s', (platform) => {
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

  it.each(Object.entries(ROWS).filter(([, { body }]) => body !== undefined))(
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
    expect((await ask('GET', `${path}?__proto__=1`)).status).toBeLessThanOrEqual(400);
    expect((await ask('GET', `${path}?unknown=1`)).status).toBe(400);
  });
});

/** The answer to everything, once there is an administrator. */
function setUpIsOver(endpoint: string): number | undefined {
  return endpoint === 'POST /auth/setup' ? 404 : undefined;
}
