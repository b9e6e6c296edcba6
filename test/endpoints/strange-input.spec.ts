import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { SessionService, TokenService, type NewApiKey } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

const NOT_STORABLE: readonly [string, object][] = [
  ['a zero byte in the name', { name: 'a\0b' }],
  ['a zero byte in the owner', { userId: 'a\0b' }],
  ['a date of the year 0', { expiresAt: '0000-01-01T00:00:00Z' }],
  ['a date before the year 0', { expiresAt: '0000-01-01T00:00:00+23:59' }],
  ['a date of the year 10000', { expiresAt: '9999-12-31T23:59:59-23:59' }],
  ['a window that no timer can wait for', { rateLimit: { limit: 1, window: 2_147_484 } }],
  ['a window beyond all numbers', { rateLimit: { limit: 1, window: 1e300 } }],
  ['a grant of 9,000 characters', { permissions: [`session:${'x'.repeat(9_000)}`] }],
  ['a thousand grants', { permissions: Array.from({ length: 1_000 }, (_, i) => `session:x${i}`) }],
  ['metadata of 20 KiB', { metadata: { text: 'x'.repeat(20_000) } }],
];

/** What Postgres does not take has to be the caller's mistake (400), and not an outage (503). */
describe.each(PLATFORMS)('strange input before Postgres on %s', (platform) => {
  let pglite: PGlite;
  let booted: Booted;
  let token: string;
  beforeAll(async () => {
    pglite = await PGlite.create();
    await migrate(pglite);
    booted = await boot(platform, { auth: { stores: postgresStores(pglite) } });
    token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions: ['*'] });
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await pglite.close();
  });

  const ask = (method: string, path: string, body?: unknown): Promise<CallAnswer> =>
    call(`${booted.url}/auth${path}`, { method, token, body });
  const make = async (body: object = {}): Promise<NewApiKey> => {
    const answer = await ask('POST', '/api-keys', { name: 'k', ...body });
    expect(answer.status).toBe(201);
    return answer.body as NewApiKey;
  };

  it.each(NOT_STORABLE)('refuses a new key with %s', async (_what, body) => {
    expect((await ask('POST', '/api-keys', { name: 'k', ...body })).status).toBe(400);
  });

  it.each(NOT_STORABLE)('refuses to change a key to %s', async (_what, body) => {
    const { apiKey } = await make();
    expect((await ask('PATCH', `/api-keys/${apiKey.keyId}`, body)).status).toBe(400);
  });

  it.each<[string, object]>([
    ['ten thousand grants that are none', { permissions: Array.from({ length: 10_000 }, () => '') }],
    ['a field with a long name', { ['x'.repeat(50_000)]: 1 }],
    ['five thousand unknown fields', Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [i, 1]))],
  ])('answers %s in a few words', async (_what, body) => {
    const { status, body: answer } = await ask('POST', '/api-keys', { name: 'k', ...body });
    expect(status).toBe(400);
    expect(JSON.stringify(answer).length).toBeLessThan(5_000);
  });

  it('does not repeat in a header what is too long for one', async () => {
    const weak = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    const body = { name: 'k', permissions: [`session:${'x'.repeat(3_000)}`] };
    const { status, headers } = await call(`${booted.url}/auth/api-keys`, {
      method: 'POST',
      token: weak,
      body,
    });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="insufficient_scope", ApiKey realm="api"',
    );
  });

  it('keeps what is strange and can be stored', async () => {
    const strange = {
      name: '\ud83d\ude00\u202e\r\n',
      metadata: { 'zero\0': 'a\0b', half: '\ud800', deep: [[{}]] },
      expiresAt: '9999-12-31T23:59:59.999Z',
      rateLimit: { limit: Number.MAX_SAFE_INTEGER, window: 24 * 86_400 },
    };
    const { key, apiKey } = await make(strange);
    expect(apiKey.expiresAt).toBe(strange.expiresAt);
    const me = await call(`${booted.url}/auth/me`, { apiKey: key });
    expect(me).toMatchObject({ status: 200, body: { metadata: strange.metadata } });
  });

  it.each(['%00', 'a%00b', 'x'.repeat(10_000), '__proto__', '%F0%9F%98%80'])(
    'knows no key and no session of a strange name',
    async (id) => {
      for (const [method, path] of [
        ['GET', `/api-keys/${id}`],
        ['PATCH', `/api-keys/${id}`],
        ['DELETE', `/api-keys/${id}`],
        ['POST', `/api-keys/${id}/rotate`],
        ['DELETE', `/sessions/${id}`],
      ] as const) {
        const { status } = await ask(method, path, method === 'GET' ? undefined : {});
        // Fastify does not take parameters of more than 100 characters.
        expect(platform === 'fastify' && id.length > 100 ? 404 : status).toBe(404);
        expect(status < 500).toBe(true);
      }
    },
  );

  it.each([
    'after=%00',
    'userId=%00',
    'after=a&after=b',
    'limit=1e300',
    'limit=',
    'limit=-1',
    'limit=1.5',
    '__proto__=1',
    'all=1',
    `after=${'x'.repeat(10_000)}`,
  ])('answers a strange query without an outage', async (query) => {
    expect((await statusOf(`${booted.url}/auth/api-keys?${query}`, { token })) < 500).toBe(true);
  });

  it.each([null, [], 'text', 1, { overlap: null }, { overlap: [] }, { overlap: 1e300 }, { overlap: -1 }])(
    'rotates nothing for %j',
    async (body) => {
      const { apiKey } = await make();
      const { status } = await ask('POST', `/api-keys/${apiKey.keyId}/rotate`, body);
      expect(status < 500).toBe(true);
    },
  );

  it.each(['refresh', 'logout', 'revoke', 'introspect'])('answers strange bodies of %s', async (path) => {
    await booted.app.get(SessionService).open({ userId: 'ada' });
    for (const value of ['\0', 'x'.repeat(9_000), [], {}, 1, null, '\ud800']) {
      for (const body of [{ token: value }, { refreshToken: value }, [value]]) {
        const { status } = await call(`${booted.url}/auth/${path}`, { method: 'POST', token, body });
        expect(status < 500).toBe(true);
        if (path === 'logout')
          token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions: ['*'] });
      }
    }
  });
});
