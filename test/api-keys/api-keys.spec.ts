import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AuthEvents,
  Clock,
  SessionService,
  SubjectDirectory,
  TokenService,
  type ApiKey,
  type AuthEvent,
  type NewApiKey,
  type PermissionGrant,
  type Subject,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { LastUsed } from '../../libs/auth/src/api-keys/last-used.js';
import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

class Subjects extends SubjectDirectory {
  readonly known = new Map<string, Subject>();

  override async find(userId: string): Promise<Subject | undefined> {
    return this.known.has(userId) ? this.known.get(userId) : { isActive: true };
  }
}

describe.each(PLATFORMS)('API keys over HTTP on %s', (platform) => {
  const clock = new ManualClock();
  const subjects = new Subjects();
  const seen: AuthEvent[] = [];
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {
      auth: { subjects, apiKeys: { maxRateLimit: { limit: 100, window: 60 }, maxLifetime: '30d' } },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    booted.app.get(AuthEvents).subscribe((event) => seen.push(event));
  });
  afterAll(closeAll);
  beforeEach(() => {
    seen.length = 0;
    subjects.known.clear();
  });

  const tokenOf = (userId: string, permissions: PermissionGrant[] = [], orgId = 'org_1'): string =>
    booted.app.get(TokenService).createAccessToken({ userId, orgId, permissions });
  const ask = (method: string, path: string, token?: string, body?: unknown): Promise<CallAnswer> =>
    call(`${booted.url}/auth/api-keys${path}`, { method, token, body });
  const make = async (token: string, body: object = {}): Promise<NewApiKey> => {
    const answer = await ask('POST', '', token, { name: 'k', ...body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as NewApiKey;
  };
  const me = (apiKey: string): Promise<CallAnswer> => call(`${booted.url}/auth/me`, { apiKey });

  it('makes one that works, shows it once, and never its hash', async () => {
    const token = tokenOf('ada', ['session:*']);
    const answer = await ask('POST', '', token, {
      name: 'ci',
      permissions: ['session:read'],
      metadata: { a: 1 },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { key, apiKey } = answer.body as NewApiKey;
    expect((await me(key)).body).toMatchObject({
      userId: 'ada',
      orgId: 'org_1',
      permissions: ['session:read'],
    });
    expect(apiKey).toMatchObject({ name: 'ci', userId: 'ada', rateLimit: { limit: 100, window: 60 } });
    for (const shown of [answer, await ask('GET', `/${apiKey.keyId}`, token), await ask('GET', '', token)]) {
      expect(JSON.stringify(shown.body)).not.toContain('keyHash');
    }
    expect(JSON.stringify((await ask('GET', `/${apiKey.keyId}`, token)).body)).not.toContain(key.slice(8));
  });

  it.each<[string, object]>([
    ['userId of somebody else', { userId: 'bob' }],
    ['permissions that the caller lacks', { permissions: ['session:create'] }],
    ['a wildcard over what the caller holds', { permissions: ['session:*'] }],
    ['everything', { permissions: ['*'] }],
  ])('grants nobody what they lack: %s', async (_what, body) => {
    const answer = await ask('POST', '', tokenOf('ada', ['session:read']), { name: 'k', ...body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });

  it.each<[string, object]>([
    ['orgId', { orgId: 'org_2' }],
    ['keyHash', { keyHash: 'a'.repeat(64) }],
    ['keyId', { keyId: 'mine' }],
    ['ownerId', { ownerId: 'bob' }],
    ['isAdmin', { isAdmin: true }],
    ['createdAt', { createdAt: '2020-01-01T00:00:00Z' }],
    ['revokedAt', { revokedAt: null }],
    ['rateLimit', { rateLimit: { limit: 101, window: 60 } }],
    ['rateLimit', { rateLimit: { limit: 2, window: 1 } }],
    ['rateLimit', { rateLimit: { limit: 1_000, window: 600 } }],
    ['rateLimit', { rateLimit: { limit: 0, window: 60 } }],
    ['expiresAt', { expiresAt: '2999-01-01T00:00:00Z' }],
    ['expiresAt', { expiresAt: 'tomorrow' }],
    ['permissions', { permissions: 'session:read' }],
    ['name', { name: '' }],
  ])('refuses a body that asks for too much, or for what is no field: %s', async (field, body) => {
    const answer = await ask('POST', '', tokenOf('ada', ['*']), { name: 'k', ...body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('refuses a member named __proto__', async () => {
    const response = await fetch(`${booted.url}/auth/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf('ada')}`, 'content-type': 'application/json' },
      body: '{"name":"k","__proto__":{"userId":"bob"}}',
    });
    expect(response.status).toBe(400);
  });

  it('does not let a key, an anonymous caller or a revoked token manage keys', async () => {
    const token = tokenOf('ada');
    const { key, apiKey } = await make(token);
    for (const [method, path] of [
      ['POST', ''],
      ['GET', ''],
      ['GET', `/${apiKey.keyId}`],
      ['PATCH', `/${apiKey.keyId}`],
      ['DELETE', `/${apiKey.keyId}`],
      ['POST', `/${apiKey.keyId}/rotate`],
    ] as const) {
      const url = `${booted.url}/auth/api-keys${path}`;
      const body = method === 'GET' ? undefined : {};
      expect(await statusOf(url, { method, apiKey: key, body })).toBe(401);
      expect(await statusOf(url, { method, body })).toBe(401);
    }
    expect(await statusOf(`${booted.url}/auth/logout`, { method: 'POST', token })).toBe(204);
    expect((await ask('POST', '', token, { name: 'k' })).status).toBe(401);
  });

  it("keeps others' keys out of sight, unless a permission and the organisation say otherwise", async () => {
    const { apiKey } = await make(tokenOf('ada'));
    const path = `/${apiKey.keyId}`;
    const strangers = [tokenOf('bob'), tokenOf('bob', ['*'], 'org_2'), tokenOf('ada', ['*'], 'org_2')];
    for (const token of strangers) {
      expect((await ask('GET', path, token)).status).toBe(404);
      expect((await ask('PATCH', path, token, { name: 'x' })).status).toBe(404);
      expect((await ask('POST', `${path}/rotate`, token, {})).status).toBe(404);
      expect((await ask('DELETE', path, token)).status).toBe(404);
    }
    expect((await ask('GET', path, tokenOf('eve', ['apikey:read']))).status).toBe(200);
    expect((await ask('PATCH', path, tokenOf('eve', ['apikey:read']), { name: 'x' })).status).toBe(404);
    expect((await ask('PATCH', path, tokenOf('eve', ['apikey:update']), { name: 'x' })).status).toBe(200);
    expect((await ask('DELETE', path, tokenOf('eve', ['apikey:delete']))).status).toBe(204);
  });

  it('lists in pages of 100 at most', async () => {
    const token = tokenOf('pages');
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      clock.advance(1);
      made.push((await make(token)).apiKey.keyId);
    }
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const { body } = await ask('GET', `?limit=2${after === undefined ? '' : `&after=${after}`}`, token);
      const page = body as { apiKeys: ApiKey[]; next?: string };
      listed.push(...page.apiKeys.map(({ keyId }) => keyId));
      after = page.next;
    } while (after !== undefined);
    expect(listed).toEqual(made);
    for (const query of ['limit=101', 'limit=0', 'limit=x', 'surprise=1', 'limit=1&limit=2']) {
      expect((await ask('GET', `?${query}`, token)).status).toBe(400);
    }
    expect((await ask('GET', '?userId=pages', tokenOf('bob'))).status).toBe(403);
    expect((await ask('GET', '?all=true', tokenOf('bob'))).status).toBe(403);
    const { body } = await ask('GET', '?userId=pages', tokenOf('bob', ['apikey:read']));
    expect((body as { apiKeys: ApiKey[] }).apiKeys).toHaveLength(5);
  });

  it('changes, switches off and on, and revokes, each from the next request on', async () => {
    const token = tokenOf('ada', ['session:*', 'apikey:update']);
    const { key, apiKey } = await make(token, { permissions: ['session:read'] });
    const change = async (body: object): Promise<number> =>
      (await ask('PATCH', `/${apiKey.keyId}`, token, body)).status;
    expect((await me(key)).status).toBe(200);
    expect(await change({ permissions: ['session:list'] })).toBe(200);
    expect((await me(key)).body).toMatchObject({ permissions: ['session:list'] });
    expect(await change({ permissions: ['memory:read'] })).toBe(403);
    expect(await change({ isActive: false })).toBe(200);
    expect((await me(key)).status).toBe(401);
    expect(await change({ isActive: true })).toBe(200);
    expect((await me(key)).status).toBe(200);
    expect(await change({ rateLimit: null })).toBe(400);
    expect(await change({ expiresAt: null })).toBe(400);
    expect((await ask('DELETE', `/${apiKey.keyId}`, token)).status).toBe(204);
    expect((await me(key)).status).toBe(401);
    expect(await change({ isActive: true })).toBe(200);
    expect((await me(key)).status).toBe(401);
  });

  it('rotates: both work while they overlap, the old one with notice of its end', async () => {
    const token = tokenOf('ada', ['session:read']);
    const old = await make(token, { permissions: ['session:read'] });
    const answer = await ask('POST', `/${old.apiKey.keyId}/rotate`, token, { overlap: '1h' });
    expect(answer.status).toBe(201);
    const next = answer.body as NewApiKey;
    expect((await me(next.key)).headers.get('deprecation')).toBeNull();
    const { status, headers } = await me(old.key);
    expect(status).toBe(200);
    expect(headers.get('deprecation')).toBe(`@${clock.now() / 1_000}`);
    expect(headers.get('sunset')).toBe(new Date(clock.now() + 3_600_000).toUTCString());
    expect((await ask('POST', `/${old.apiKey.keyId}/rotate`, token, {})).status).toBe(400);
    const later = new Date(clock.now() + 7_200_000).toISOString();
    expect((await ask('PATCH', `/${old.apiKey.keyId}`, token, { expiresAt: later })).status).toBe(400);
    clock.advance(3_600);
    expect((await me(old.key)).status).toBe(401);
    expect((await me(next.key)).status).toBe(200);
    expect(seen.map(({ type }) => type)).toContain('api-key.rotated');
  });

  it('lets nobody rotate into permissions that they lack', async () => {
    const { apiKey } = await make(tokenOf('ada', ['session:read']), { permissions: ['session:read'] });
    const path = `/${apiKey.keyId}/rotate`;
    expect((await ask('POST', path, tokenOf('eve', ['apikey:update']), {})).status).toBe(403);
    expect((await ask('POST', path, tokenOf('eve', ['apikey:update', 'session:read']), {})).status).toBe(201);
  });

  it('lets a key do no more than its owner may at the moment', async () => {
    const { key } = await make(tokenOf('owner', ['session:*']), { permissions: ['session:*'] });
    expect((await me(key)).body).toMatchObject({ permissions: ['session:*'] });
    const change = async (subject: Subject): Promise<void> => {
      subjects.known.set('owner', subject);
      await booted.app.get(SessionService).closeAll('owner');
    };
    await change({ isActive: true, permissions: ['session:read', 'memory:read'] });
    expect((await me(key)).body).toMatchObject({ permissions: ['session:read'] });
    await change({ isActive: false });
    expect((await me(key)).status).toBe(401);
    await change({ isActive: true });
    expect((await me(key)).body).toMatchObject({ permissions: ['session:*'] });
  });

  it('counts calls against the limit, and says how it stands', async () => {
    const { key } = await make(tokenOf('ada'), { rateLimit: { limit: 3, window: 60 } });
    const answers: CallAnswer[] = [];
    for (let i = 0; i < 5; i += 1) answers.push(await me(key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe('"api-key";q=3;w=60');
    expect(answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=.*/, ''))).toEqual(
      [2, 1, 0, 0, 0].map((left) => `"api-key";r=${left};`),
    );
    const { body, headers } = answers[4]!;
    expect(body).toMatchObject({ statusCode: 429, code: 'rate_limited' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('ratelimit-policy')).toBe('"api-key";q=3;w=60');
    expect(seen.filter(({ type }) => type === 'api-key.limited')).toHaveLength(2);
  });

  it('lets exactly as many through as the limit says when they come at the same time', async () => {
    const { key } = await make(tokenOf('ada'), { rateLimit: { limit: 20, window: 60 } });
    const answers = await Promise.all(Array.from({ length: 60 }, () => me(key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
  });

  it('notes the last use, behind the requests', async () => {
    const token = tokenOf('ada');
    const { key, apiKey } = await make(token);
    await me(key);
    await booted.app.get(LastUsed).write();
    const { body } = await ask('GET', `/${apiKey.keyId}`, token);
    expect(body).toMatchObject({ lastUsedAt: new Date(clock.now()).toISOString() });
  });

  it('tells what happened to keys, and by whom, and never a key', async () => {
    const token = tokenOf('ada');
    const { key, apiKey } = await make(token);
    await ask('PATCH', `/${apiKey.keyId}`, token, { name: 'x' });
    await ask('DELETE', `/${apiKey.keyId}`, token);
    const target = apiKey.keyId;
    const actor = { userId: 'ada', provider: 'jwt' };
    expect(seen).toMatchObject([
      { type: 'api-key.created', target, actor },
      { type: 'api-key.updated', target, actor },
      { type: 'api-key.revoked', target, actor },
    ]);
    expect(JSON.stringify(seen)).not.toContain(key);
  });
});
