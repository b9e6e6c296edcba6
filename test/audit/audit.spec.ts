import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  AuthEvents,
  RequirePermissions,
  TokenService,
  type Actor,
  type PermissionGrant,
} from 'nestjs-gatehouse';

import { call, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { FaultyAuditStore, storesWith } from './audit.support.js';

@Controller()
class DoorController {
  @Get('door')
  @RequirePermissions('session:read')
  door(): string {
    return 'in';
  }
}

interface Entry {
  readonly entryId: string;
  readonly type: string;
  readonly time: string;
  readonly actor?: Actor;
  readonly target?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const actorIn = (userId: string, orgId?: string): Actor => ({
  userId,
  orgId,
  provider: 'jwt',
  credentialId: `jti_${userId}`,
});

describe.each(PLATFORMS)('the audit log on %s', (platform) => {
  let booted: Booted;
  let store: FaultyAuditStore;
  let events: AuthEvents;

  beforeEach(async () => {
    store = new FaultyAuditStore();
    const auth = { audit: true, stores: storesWith(store) };
    booted = await boot(platform, { auth, controllers: [DoorController] });
    events = booted.app.get(AuthEvents);
  });
  afterEach(closeAll);

  const tokenOf = (permissions: readonly string[], orgId?: string): string =>
    booted.app
      .get(TokenService)
      .createAccessToken({ userId: 'auditor', orgId, permissions: permissions as PermissionGrant[] });
  const read = (query = '', token = tokenOf(['audit:read'])): Promise<CallAnswer> =>
    call(`${booted.url}/auth/audit${query}`, { token });
  const entriesOf = async (query = '', token?: string): Promise<readonly Entry[]> => {
    const { status, body } = await read(query, token);
    expect(status).toBe(200);
    return (body as { entries: Entry[] }).entries;
  };
  const typesOf = async (query = ''): Promise<string[]> => (await entriesOf(query)).map(({ type }) => type);

  it('has a refused credential at once: why, where and from where, and nothing of the credential', async () => {
    const headers = { 'x-request-id': 'req-7' };
    const secret = 'not-a-token-but-nobodys-business';
    await call(`${booted.url}/door`, { token: secret, headers });
    const answer = await read();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      entries: [
        {
          entryId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          type: 'credential.refused',
          target: 'DoorController.door',
          requestId: 'req-7',
          ip: '127.0.0.1',
          details: { code: 'credentials_invalid', reason: expect.any(String) },
        },
      ],
    });
    expect(JSON.stringify(await store.kept())).not.toContain(secret);
  });

  it('has what was denied and to whom, and what was done to keys and sessions', async () => {
    await call(`${booted.url}/door`, { token: tokenOf([], 'org_1') });
    const { apiKey, key } = await booted.app
      .get(ApiKeyService)
      .create({ name: 'ci', userId: 'ada' }, { actor: actorIn('ada') });
    await booted.app.get(ApiKeyService).revoke(apiKey.keyId, { actor: actorIn('bob') });
    expect(await entriesOf()).toMatchObject([
      { type: 'api-key.revoked', target: apiKey.keyId, actor: { userId: 'bob' } },
      { type: 'api-key.created', target: apiKey.keyId, actor: { userId: 'ada' } },
      {
        type: 'permission.denied',
        target: 'DoorController.door',
        actor: { userId: 'auditor', orgId: 'org_1' },
        details: { permissions: ['session:read'], reason: 'permission lacking' },
      },
    ]);
    expect(JSON.stringify(await store.kept())).not.toContain(key);
  });

  it('counts a flood of refused credentials in one entry', async () => {
    const knocks = Array.from({ length: 60 }, () => call(`${booted.url}/door`, { token: 'wrong' }));
    await Promise.all(knocks);
    const entries = await entriesOf();
    const counts = entries.map(({ details }) => Number(details['count'] ?? 1));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(60);
    // The clock of the writes may tick in the middle.
    expect(entries.length).toBeLessThan(5);
  });

  it('filters by type, actor, target and time', async () => {
    events.emit({ type: 'user.created', target: 'ada' }, { actor: actorIn('root') });
    events.emit({ type: 'user.disabled', target: 'ada' }, { actor: actorIn('bob') });
    events.emit({ type: 'user.disabled', target: 'eve' }, { actor: actorIn('root') });
    const [{ time } = { time: '' }] = await entriesOf();
    const later = new Date(new Date(time).getTime() + 60_000).toISOString();
    expect(await typesOf('?type=user.created')).toEqual(['user.created']);
    expect(await typesOf('?actorId=root')).toEqual(['user.disabled', 'user.created']);
    expect(await typesOf('?target=ada&actorId=bob')).toEqual(['user.disabled']);
    expect(await typesOf(`?from=${later}`)).toEqual([]);
    expect(await typesOf(`?from=1999-01-01T00:00:00%2B02:00&to=${later}`)).toHaveLength(3);
    expect(await typesOf('?to=1999-01-01T00:00:00Z')).toEqual([]);
  });

  it('is read in pages, the latest first', async () => {
    for (let i = 0; i < 7; i += 1) events.emit({ type: 'user.created', target: `user_${i}` });
    const seen: (string | undefined)[] = [];
    let next: string | undefined;
    do {
      const { body } = await read(`?limit=3${next === undefined ? '' : `&before=${next}`}`);
      const page = body as { entries: Entry[]; next?: string };
      seen.push(...page.entries.map(({ target }) => target));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(['user_6', 'user_5', 'user_4', 'user_3', 'user_2', 'user_1', 'user_0']);
  });

  it('shows a caller of an organisation what its members did, and nothing else', async () => {
    events.emit({ type: 'user.created', target: 'a' }, { actor: actorIn('ada', 'org_1') });
    events.emit({ type: 'user.created', target: 'b' }, { actor: actorIn('bob', 'org_2') });
    events.emit({ type: 'user.created', target: 'c' }, { actor: actorIn('root') });
    events.emit({ type: 'user.created', target: 'd' });
    const token = tokenOf(['audit:read'], 'org_1');
    expect((await entriesOf('', token)).map(({ target }) => target)).toEqual(['a']);
    expect(await entriesOf('?actorId=bob', token)).toEqual([]);
    expect(await entriesOf('?target=d', token)).toEqual([]);
    expect((await entriesOf()).map(({ target }) => target)).toEqual(['d', 'c', 'b', 'a']);
    expect((await read('?orgId=org_2', token)).status).toBe(400);
  });

  it('holds ends of lines and control characters as the text that they are', async () => {
    const name = 'a\r\n{"type":"login.succeeded"}\u001b[2K\u2028';
    events.emit({ type: 'role.created', target: name, orgId: name }, { actor: actorIn(name) });
    events.emit({ type: 'role.deleted', target: `${name}\0`, orgId: undefined });
    expect(await entriesOf()).toMatchObject([
      { type: 'role.deleted', target: `${name}\uFFFD` },
      { type: 'role.created', target: name, details: { orgId: name }, actor: { userId: name } },
    ]);
    expect(await typesOf(`?target=${encodeURIComponent(name)}`)).toEqual(['role.created']);
  });

  it.each([
    ['limit', '?limit=101'],
    ['limit', '?limit=0'],
    ['limit', '?limit=many'],
    ['before', '?before=first'],
    ['from', '?from=yesterday'],
    ['from', '?from=2026-01-01'],
    ['to', '?to=%2B275760-09-13T00:00:00Z'],
    ['type', '?type='],
    ['target', '?target=a&target=b'],
    ['actorId', '?actorId=%00'],
    ['all', '?all=true'],
  ])('answers 400 naming %s for %s', async (field, query) => {
    const { status, body } = await read(query);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(field);
  });

  it.each<[string, number, readonly string[]]>([
    ['audit:read', 200, ['audit:read']],
    ['audit:*', 200, ['audit:*']],
    ['nothing', 403, []],
    ['all that users need', 403, ['user:*', 'role:*']],
  ])('with %s is %i', async (_what, status, permissions) => {
    expect((await read('', tokenOf(permissions))).status).toBe(status);
  });

  it('is for nobody without a credential, and for no API key', async () => {
    const { key } = await booted.app
      .get(ApiKeyService)
      .create({ name: 'ci', userId: 'ada', permissions: ['audit:read'] });
    expect((await call(`${booted.url}/auth/audit`)).status).toBe(401);
    expect((await call(`${booted.url}/auth/audit`, { apiKey: key })).status).toBe(401);
  });

  it('answers 503 while its store is away, lets requests pass, and has all of it after', async () => {
    store.isAway = true;
    const token = tokenOf(['session:read']);
    await call(`${booted.url}/door`, { token: 'wrong' });
    expect(await call(`${booted.url}/door`, { token })).toMatchObject({ status: 200, body: 'in' });
    expect(await read()).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    store.isAway = false;
    expect(await typesOf()).toEqual(['credential.refused']);
  });

  it('writes what waits when the application ends', async () => {
    events.emit({ type: 'user.created', target: 'ada' });
    expect(await store.kept()).toEqual([]);
    await closeAll();
    expect((await store.kept()).map(({ type }) => type)).toEqual(['user.created']);
  });
  it('is not there without the option, or when its endpoint is off', async () => {
    const token = tokenOf(['audit:read']);
    for (const auth of [{}, { audit: false }, { audit: true, endpoints: { audit: false } }]) {
      const { url } = await boot(platform, { auth });
      expect((await call(`${url}/auth/audit`, { token })).status).toBe(404);
    }
  });
});
