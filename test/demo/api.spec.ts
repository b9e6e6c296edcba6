import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, RouteAudit } from 'nestjs-gatehouse';

import { userWith } from '../../apps/demo/src/people.js';
import { PLATFORMS } from '../support/platforms.js';
import { startDemoApp, type DemoApp } from './demo-app.js';

/** Every guarded route with the one permission that opens it, a body that it takes, and its status. */
const ROUTES = [
  ['POST', '/sessions', 'session:create', { title: 'One' }, 201],
  ['GET', '/sessions', 'session:list', undefined, 200],
  ['GET', '/sessions/:session', 'session:read', undefined, 200],
  ['PATCH', '/sessions/:session', 'session:update', { title: 'Two' }, 200],
  ['DELETE', '/sessions/:session', 'session:delete', undefined, 204],
  ['POST', '/memories', 'memory:create', { text: 'One' }, 201],
  ['GET', '/memories', 'memory:list', undefined, 200],
  ['GET', '/memories/search?q=one', 'memory:search', undefined, 200],
  ['GET', '/memories/:memory', 'memory:read', undefined, 200],
  ['PATCH', '/memories/:memory', 'memory:update', { text: 'Two' }, 200],
  ['DELETE', '/memories/:memory', 'memory:delete', undefined, 204],
  ['GET', '/admin/stats', 'admin:read', undefined, 200],
  ['GET', '/admin/stats', 'admin:write', undefined, 200],
] as const;
const PERMISSIONS = [...new Set(ROUTES.map(([, , permission]) => permission))];

describe.each(PLATFORMS)('the API of the demo, on %s', (platform) => {
  let demo: DemoApp;
  beforeAll(async () => void (demo = await startDemoApp(platform)));
  afterAll(() => demo.app.close());

  const everything = (): string => demo.token(['session:*', 'memory:*']);
  const other = (): string => demo.token(['session:*', 'memory:*', 'admin:*'], { orgId: 'org_789' });

  it('creates, reads, updates, lists and deletes sessions', async () => {
    const token = demo.token(['session:*'], { orgId: 'org_sessions' });
    const created = await demo.call('POST', '/sessions', token, { title: 'First' });
    const path = `/sessions/${created.body.id}`;

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ title: 'First', orgId: 'org_sessions', createdBy: 'user_123' });
    expect((await demo.call('GET', path, token)).body).toEqual(created.body);
    expect((await demo.call('PATCH', path, token, { title: 'Renamed' })).body).toEqual({
      ...created.body,
      title: 'Renamed',
    });
    expect((await demo.call('GET', '/sessions', token)).list).toEqual([
      { ...created.body, title: 'Renamed' },
    ]);
    expect((await demo.call('DELETE', path, token)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect((await demo.call(method, path, token)).status).toBe(404);
    expect((await demo.call('GET', '/sessions', token)).list).toEqual([]);
  });

  it('does the same with memories, and searches them in any case', async () => {
    const token = demo.token(['memory:*'], { orgId: 'org_memories' });
    const created = await demo.call('POST', '/memories', token, { text: 'The Sea is blue' });
    await demo.call('POST', '/memories', token, { text: 'Grass is green' });
    const path = `/memories/${created.body.id}`;

    expect(created.status).toBe(201);
    expect((await demo.call('GET', path, token)).body).toEqual(created.body);
    expect((await demo.call('GET', '/memories/search?q=sea', token)).list).toEqual([created.body]);
    expect((await demo.call('GET', '/memories/search?q=is', token)).list).toHaveLength(2);
    expect((await demo.call('GET', '/memories/search?q=purple', token)).list).toEqual([]);
    expect((await demo.call('PATCH', path, token, { text: 'The sea is grey' })).status).toBe(200);
    expect((await demo.call('GET', '/memories/search?q=BLUE', token)).list).toEqual([]);
    expect((await demo.call('DELETE', path, token)).status).toBe(204);
    expect((await demo.call('GET', '/memories', token)).list).toHaveLength(1);
  });

  it.each(['sessions', 'memories'])('keeps %s of one organisation from another', async (kind) => {
    const body = kind === 'sessions' ? { title: 'Ours' } : { text: 'Ours' };
    const { body: ours } = await demo.call('POST', `/${kind}`, everything(), body);
    const path = `/${kind}/${ours.id}`;

    for (const [method, content] of [['GET'], ['PATCH', body], ['DELETE']] as const) {
      const foreign = await demo.call(method, path, other(), content);
      const unknown = await demo.call(method, `/${kind}/nothing`, other(), content);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toEqual(unknown.body);
    }
    expect((await demo.call('GET', `/${kind}`, other())).list).toEqual([]);
    expect((await demo.call('GET', '/memories/search?q=ours', other())).list).toEqual([]);
    expect((await demo.call('GET', '/admin/stats', other())).body).toEqual({ sessions: 0, memories: 0 });
    expect((await demo.call('GET', path, everything())).body).toEqual(ours);
  });

  it('has no data for a caller without an organisation', async () => {
    const token = demo.token(['session:*'], { orgId: undefined });
    expect((await demo.call('GET', '/sessions', token)).status).toBe(403);
    expect((await demo.call('POST', '/sessions', token, { title: 'Nowhere' })).status).toBe(403);
  });

  it.each(ROUTES)('opens %s %s to %s alone', async (method, route, permission, body, status) => {
    const [session, memory] = await Promise.all([
      demo.call('POST', '/sessions', everything(), { title: 'For this' }),
      demo.call('POST', '/memories', everything(), { text: 'For this' }),
    ]);
    const path = route.replace(':session', session.body.id).replace(':memory', memory.body.id);
    const enough = ROUTES.filter((one) => one[0] === method && one[1] === route).map((one) => one[2]);
    const others = PERMISSIONS.filter((one) => !enough.some((it) => it === one));

    expect((await demo.call(method, path, undefined, body)).body.code).toBe('credentials_missing');
    const refused = await demo.call(method, path, demo.token(others), body);
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied']);
    expect((await demo.call(method, path, demo.token([permission]), body)).status).toBe(status);
  });

  it('says who is calling', async () => {
    const token = demo.token(['session:read'], {
      name: 'Ada',
      email: 'ada@example.com',
      metadata: { plan: 'pro' },
    });
    const { status, body } = await demo.call('GET', '/me', token);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      userId: 'user_123',
      orgId: 'org_456',
      name: 'Ada',
      email: 'ada@example.com',
      permissions: ['session:read'],
      provider: 'jwt',
      metadata: { plan: 'pro' },
    });
    expect((await demo.call('GET', '/me')).body.code).toBe('credentials_missing');
  });

  it('lets keys do what they carry', async () => {
    const orgId = 'org_456';
    const { userId } = await userWith(demo.app, 'member', { email: 'eve@example.com', orgId });
    const { key } = await demo.app
      .get(ApiKeyService)
      .create({ name: 'reader', userId, orgId, permissions: ['session:list'] });
    const status = async (method: string): Promise<number> =>
      (await fetch(`${demo.url}/api/v1/sessions`, { method, headers: { 'X-API-Key': key } })).status;

    expect(await status('GET')).toBe(200);
    expect(await status('POST')).toBe(403);
  });

  it('counts all organisations for an administrator who belongs to none', async () => {
    await demo.call('POST', '/sessions', other(), { title: 'Theirs' });
    const ours = await demo.call('GET', '/admin/stats', demo.token(['admin:read']));
    const all = await demo.call('GET', '/admin/stats', demo.token(['admin:read'], { orgId: undefined }));
    expect(Number(all.body.sessions)).toBeGreaterThan(Number(ours.body.sessions));
  });

  it('greets everyone, but not with a credential that is not good', async () => {
    expect((await demo.call('GET', '/greeting')).body).toEqual({ greeting: 'Hello, stranger' });
    expect((await demo.call('GET', '/greeting', demo.token([]))).body).toEqual({
      greeting: 'Hello, user_123',
    });
    expect((await demo.call('GET', '/greeting', demo.token([], { name: 'Ada' }))).body).toEqual({
      greeting: 'Hello, Ada',
    });
    expect((await demo.call('GET', '/greeting', `${demo.token([])}x`)).status).toBe(401);
  });

  it('tells its health to anyone, at the root and nowhere else', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await demo.call('GET', path)).body).toEqual({ status: 'ok' });
      expect((await fetch(`${demo.url}/api/v1${path}`)).status).toBe(404);
    }
    const open = demo.app
      .get(RouteAudit)
      .routes()
      .filter(({ access }) => access !== 'required')
      .map(({ path, access }) => `${access} ${path}`);
    expect(open.toSorted()).toEqual([
      'optional /api/v1/auth/logout',
      'optional /api/v1/greeting',
      'public /.well-known/jwks.json',
      'public /api/v1/auth/email/send-verification',
      'public /api/v1/auth/email/verify',
      'public /api/v1/auth/invitations/accept',
      'public /api/v1/auth/login',
      'public /api/v1/auth/password/forgot',
      'public /api/v1/auth/password/reset',
      'public /api/v1/auth/refresh',
      'public /api/v1/auth/setup',
      'public /health',
      'public /health/live',
      'public /health/ready',
    ]);
  });

  it.each([
    ['/sessions', 'without a title', {}, 'title'],
    ['/sessions', 'with an empty title', { title: '' }, 'title'],
    ['/sessions', 'with a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
    ['/sessions', 'with a number for a title', { title: 7 }, 'title'],
    ['/sessions', 'with an organisation', { title: 'x', orgId: 'org_789' }, 'orgId'],
    ['/sessions', 'with a list', ['x'], 'body'],
    ['/sessions', 'without a body', undefined, 'body'],
    // Fastify refuses these two while it parses, in words of its own.
    ['/sessions', 'with a prototype', '{"title":"x","__proto__":{"id":"mine"}}', ''],
    ['/sessions', 'with half a body', '{"title":', ''],
    ['/memories', 'with an empty text', { text: '' }, 'text'],
    ['/memories', 'with a text of 10,001 characters', { text: 'x'.repeat(10_001) }, 'text'],
  ])('answers 400 to POST %s %s, and keeps nothing', async (path, _, body, field) => {
    const token = demo.token(['session:*', 'memory:*', 'admin:*'], { orgId: 'org_empty' });
    const answer = await demo.call('POST', path, token, body);

    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body.message)).toContain(field);
    expect((await demo.call('GET', '/admin/stats', token)).body).toEqual({ sessions: 0, memories: 0 });
  });

  it('answers 413 to a body over 100 KiB', async () => {
    const answer = await demo.call('POST', '/memories', everything(), { text: 'x'.repeat(100 * 1024) });
    expect(answer.status).toBe(413);
  });

  it('never answers with more than 100 records', async () => {
    const token = demo.token(['memory:*'], { orgId: 'org_many' });
    for (let i = 0; i < 101; i += 1) await demo.call('POST', '/memories', token, { text: `memory ${i}` });

    for (const path of ['/memories?', '/memories/search?q=memory&']) {
      const list = async (query: string): Promise<Record<string, unknown>[]> => [
        ...(await demo.call('GET', `${path}${query}`, token)).list,
      ];
      expect(await list('')).toHaveLength(50);
      expect(await list('limit=100')).toHaveLength(100);
      expect((await list('limit=2&offset=99')).map(({ text }) => text)).toEqual(['memory 99', 'memory 100']);
      expect(await list('offset=101')).toEqual([]);
      for (const wrong of ['limit=101', 'limit=0', 'limit=many', 'offset=-1', 'limit=1&limit=2']) {
        expect((await demo.call('GET', `${path}${wrong}`, token)).status).toBe(400);
      }
    }
    for (const wrong of ['', '?q=', `?q=${'x'.repeat(201)}`, '?q=a&q=b']) {
      expect((await demo.call('GET', `/memories/search${wrong}`, token)).status).toBe(400);
    }
  });
});
