import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyStore,
  Clock,
  SubjectDirectory,
  TokenService,
  type ApiKey,
  type NewApiKey,
  type PermissionGrant,
  type Subject,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

class Subjects extends SubjectDirectory {
  isDown = false;

  override async find(userId: string): Promise<Subject | undefined> {
    if (this.isDown) throw new Error('connection refused');
    if (userId === 'nobody') return undefined;
    const isActive = userId !== 'disabled';
    return userId === 'boss' ? { isActive, permissions: ['report:*'] } : { isActive };
  }
}

describe.each(PLATFORMS)('the owners of API keys on %s', (platform) => {
  const [clock, subjects] = [new ManualClock(), new Subjects()];
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {
      auth: { subjects, apiKeys: { maxKeysPerOwner: 3 } },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
  });
  afterAll(closeAll);

  const tokenOf = (userId: string, permissions: PermissionGrant[] = [], orgId?: string): string =>
    booted.app.get(TokenService).createAccessToken({ userId, orgId, permissions, expiresIn: 86_400 });
  const ask = (method: string, path: string, token: string, body?: unknown): Promise<CallAnswer> =>
    call(`${booted.url}/auth/api-keys${path}`, { method, token, body });
  const make = (token: string, body: object = {}): Promise<CallAnswer> =>
    ask('POST', '', token, { name: 'k', ...body });
  const idOf = ({ body }: CallAnswer): string => (body as NewApiKey).apiKey.keyId;

  it('have so many keys that are live, and no more, whoever makes them', async () => {
    const [token, admin] = [tokenOf('ada', [], 'org_1'), tokenOf('eve', ['apikey:create'], 'org_1')];
    const made = [await make(token), await make(token), await make(admin, { userId: 'ada' })];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    for (const refused of [await make(token), await make(admin, { userId: 'ada' })]) {
      expect(refused.status).toBe(409);
      expect(JSON.stringify(refused.body)).not.toContain('ck_');
    }
    expect((await ask('GET', '', token)).body).toMatchObject({ apiKeys: made.map(() => ({})) });
    expect((await make(admin)).status).toBe(201);
    expect((await make(tokenOf('ada', [], 'org_2'))).status).toBe(201);
    expect((await ask('DELETE', `/${idOf(made[0]!)}`, token)).status).toBe(204);
    expect((await make(token)).status).toBe(201);
  });

  it('have no more when many are made at the same time', async () => {
    const token = tokenOf('bob');
    const store = booted.app.get(ApiKeyStore);
    const count = store.countLive.bind(store);
    // As with a database: others get to run before the answer is there.
    store.countLive = async (...args) => {
      const found = await count(...args);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return found;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => make(token)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([409, ...statuses.filter((status) => status === 201)]));
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(3);
    store.countLive = count;
    expect(await count('bob', undefined, new Date(clock.now()))).toBe(
      statuses.filter((status) => status === 201).length,
    );
  });

  it('get no room by letting keys expire and putting their end off', async () => {
    const token = tokenOf('carol');
    const expiresAt = new Date(clock.now() + 60_000).toISOString();
    const early = await Promise.all([make(token, { expiresAt }), make(token, { expiresAt })]);
    clock.advance(61);
    for (let i = 0; i < 3; i += 1) expect((await make(token)).status).toBe(201);
    const later = new Date(clock.now() + 60_000).toISOString();
    for (const change of [{ expiresAt: later }, { expiresAt: null }])
      expect((await ask('PATCH', `/${idOf(early[0])}`, token, change)).status).toBe(409);
    expect((await ask('PATCH', `/${idOf(early[1])}`, token, { name: 'x' })).status).toBe(200);
  });

  it('can replace keys when they have all that they may have, and not without end', async () => {
    const token = tokenOf('dan');
    const keyIds = [idOf(await make(token)), idOf(await make(token)), idOf(await make(token))];
    const rotate = (keyId: string) => ask('POST', `/${keyId}/rotate`, token, { overlap: '1h' });
    const next: string[] = [];
    for (const keyId of keyIds) next.push(idOf(await rotate(keyId)));
    expect((await rotate(next[0]!)).status).toBe(409);
    clock.advance(3_601);
    expect((await rotate(next[0]!)).status).toBe(201);
  });

  it('hold no more than whoever makes a key in their name', async () => {
    for (const [held, status] of [
      [[], 403],
      [['report:read'], 403],
      [['report:*'], 201],
    ] as const) {
      const admin = tokenOf('eve', ['apikey:create', ...held] as PermissionGrant[]);
      expect((await make(admin, { userId: 'boss' })).status).toBe(status);
    }
    expect((await make(tokenOf('boss'), { userId: 'boss' })).status).toBe(201);
  });

  it('are active subjects that the application knows', async () => {
    const admin = tokenOf('eve', ['apikey:create']);
    for (const userId of ['nobody', 'disabled']) {
      const { status, body } = await make(admin, { userId });
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain('userId');
    }
    subjects.isDown = true;
    expect(await make(admin, { userId: 'frank' })).toMatchObject({
      status: 503,
      body: { code: 'auth_unavailable' },
    });
    subjects.isDown = false;
    expect((await make(admin, { userId: 'frank' })).status).toBe(201);
  });

  it('do not switch on again what somebody may have switched off for them', async () => {
    const token = tokenOf('grace', [], 'org_1');
    const keyId = idOf(await make(token));
    const change = async (by: string, isActive: boolean): Promise<number> =>
      (await ask('PATCH', `/${keyId}`, by, { isActive })).status;
    expect(await change(token, true)).toBe(200);
    expect(await change(tokenOf('eve', ['apikey:update'], 'org_1'), false)).toBe(200);
    expect(await change(token, false)).toBe(200);
    expect(await change(token, true)).toBe(403);
    expect(await change(tokenOf('grace', ['apikey:update'], 'org_1'), true)).toBe(200);
  });

  it('without an organisation see in the list what they see one by one', async () => {
    const [within, without] = [tokenOf('heidi', [], 'org_1'), tokenOf('heidi')];
    const [ofOrganisation, own] = [idOf(await make(within)), idOf(await make(without))];
    for (const [token, seen] of [
      [within, [ofOrganisation]],
      [without, [own]],
      [tokenOf('heidi', ['apikey:read']), [ofOrganisation, own]],
    ] as const) {
      const { body } = await ask('GET', '', token);
      const listed = (body as { apiKeys: ApiKey[] }).apiKeys.map(({ keyId }) => keyId);
      expect(listed.toSorted()).toEqual(seen.toSorted());
      for (const keyId of [ofOrganisation, own])
        expect((await ask('GET', `/${keyId}`, token)).status).toBe(
          (seen as readonly string[]).includes(keyId) ? 200 : 404,
        );
    }
  });
});

describe.each(PLATFORMS)('API keys that are switched off on %s', (platform) => {
  afterAll(closeAll);

  it('have no endpoints', async () => {
    const { app, url } = await boot(platform, { auth: { apiKeys: false } });
    const token = app.get(TokenService).createAccessToken({ userId: 'ada', permissions: ['*'] });
    for (const [method, path] of [
      ['POST', ''],
      ['GET', ''],
      ['GET', '/1'],
      ['PATCH', '/1'],
      ['DELETE', '/1'],
      ['POST', '/1/rotate'],
    ] as const) {
      const body = method === 'GET' ? undefined : { name: 'k' };
      const { status } = await call(`${url}/auth/api-keys${path}`, { method, token, body });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
  });
});
