import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, SessionService, TokenService, type PermissionGrant } from 'nestjs-gatehouse';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

describe.each(PLATFORMS)('revocation and introspection on %s', (platform) => {
  let booted: Booted;
  let tokens: TokenService;
  beforeAll(async () => {
    booted = await boot(platform, {});
    tokens = booted.app.get(TokenService);
  });
  afterAll(closeAll);

  const form = (path: string, fields: Record<string, string>, token?: string): Promise<CallAnswer> =>
    call(`${booted.url}/auth/${path}`, { method: 'POST', token, body: new URLSearchParams(fields) });
  const access = (userId: string, orgId?: string, permissions: PermissionGrant[] = []): string =>
    tokens.createAccessToken({ userId, orgId, permissions });

  it('takes back an access token, whatever the hint says, and a second time as well', async () => {
    const [token, caller] = [access('ada'), access('ada')];
    for (const hint of ['refresh_token', 'nonsense']) {
      expect((await form('revoke', { token, token_type_hint: hint }, caller)).status).toBe(200);
    }
    expect(await statusOf(`${booted.url}/auth/me`, { token })).toBe(401);
    expect(await statusOf(`${booted.url}/auth/me`, { token: caller })).toBe(200);
  });

  it('takes back a refresh token together with its session', async () => {
    const session = await booted.app.get(SessionService).open({ userId: 'ada' });
    expect((await form('revoke', { token: session.refreshToken }, access('ada'))).status).toBe(200);
    expect(await statusOf(`${booted.url}/auth/me`, { token: session.accessToken })).toBe(401);
  });

  it('takes back an API key, of the caller or with token:revoke', async () => {
    const apiKeys = booted.app.get(ApiKeyService);
    const me = (apiKey: string): Promise<number> => statusOf(`${booted.url}/auth/me`, { apiKey });
    for (const [caller, status, after] of [
      [access('ada', 'org_1'), 200, 401],
      [access('eve', 'org_1', ['token:revoke']), 200, 401],
      [access('eve', 'org_1'), 403, 200],
      [access('eve', 'org_2', ['token:revoke']), 403, 200],
    ] as const) {
      const { key } = await apiKeys.create({ name: 'k', userId: 'ada', orgId: 'org_1' });
      expect(await me(key)).toBe(200);
      expect((await form('revoke', { token: key }, caller)).status).toBe(status);
      expect(await me(key)).toBe(after);
      expect((await form('introspect', { token: key }, caller)).body).toEqual({ active: false });
    }
  });

  it('answers 200 for a token that nobody knows, and 401 without a caller', async () => {
    expect((await form('revoke', { token: 'nonsense' }, access('ada'))).status).toBe(200);
    expect((await form('revoke', { token: 'nonsense' })).status).toBe(401);
    expect((await form('revoke', {}, access('ada'))).status).toBe(400);
  });

  it('refuses to take back what belongs to somebody else, unless token:revoke and the organisation say so', async () => {
    const token = access('bob', 'org_1');
    for (const caller of [access('ada', 'org_1'), access('ada', 'org_2', ['token:revoke'])]) {
      const { status, body } = await form('revoke', { token }, caller);
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    }
    expect(await statusOf(`${booted.url}/auth/me`, { token })).toBe(200);
    expect((await form('revoke', { token }, access('ada', 'org_1', ['token:revoke']))).status).toBe(200);
    expect(await statusOf(`${booted.url}/auth/me`, { token })).toBe(401);
  });

  it('tells of a good token what RFC 7662 names', async () => {
    const token = tokens.createAccessToken({
      userId: 'ada',
      name: 'Ada',
      permissions: ['session:read', 'memory:read'],
    });
    const { status, headers, body } = await form('introspect', { token }, access('ada'));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const { claims } = tokens.decode(token)!;
    expect(body).toEqual({
      active: true,
      scope: 'session:read memory:read',
      token_type: 'Bearer',
      sub: 'ada',
      username: 'Ada',
      iss: 'gatehouse',
      exp: claims.exp,
      iat: claims.iat,
      jti: claims.jti,
    });
  });

  it('tells of a refresh token that it is good, until it is not', async () => {
    const sessions = booted.app.get(SessionService);
    const { refreshToken, sessionId } = await sessions.open({ userId: 'ada' });
    const introspect = async (): Promise<unknown> =>
      (await form('introspect', { token: refreshToken }, access('ada'))).body;
    expect(await introspect()).toMatchObject({ active: true, sub: 'ada', sid: sessionId });
    await sessions.refresh(refreshToken);
    expect(await introspect()).toEqual({ active: false });
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['of somebody else', () => access('bob', 'org_1')],
    ['of another issuer', () => access('ada').replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
  ])('tells nothing of a token that is %s', async (_what, make) => {
    expect((await form('introspect', { token: make() }, access('ada', 'org_1'))).body).toEqual({
      active: false,
    });
  });

  it('tells token:introspect of others in the organisation, and of nobody outside', async () => {
    const caller = access('ada', 'org_1', ['token:introspect']);
    expect((await form('introspect', { token: access('bob', 'org_1') }, caller)).body).toMatchObject({
      active: true,
    });
    expect((await form('introspect', { token: access('bob', 'org_2') }, caller)).body).toEqual({
      active: false,
    });
  });
});
