import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AuthEvents,
  Clock,
  SessionService,
  SubjectDirectory,
  TokenService,
  type AuthEvent,
  type SessionTokens,
  type Subject,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

class Subjects extends SubjectDirectory {
  readonly known = new Map<string, Subject>();
  isDown = false;

  override async find(userId: string): Promise<Subject | undefined> {
    if (this.isDown) throw new Error('connection refused');
    return this.known.has(userId) ? this.known.get(userId) : { isActive: true };
  }
}

describe.each(PLATFORMS)('sessions on %s', (platform) => {
  const clock = new ManualClock();
  const subjects = new Subjects();
  const seen: AuthEvent[] = [];
  let booted: Booted;
  let sessions: SessionService;
  beforeAll(async () => {
    booted = await boot(platform, {
      auth: { subjects, jwt: { accessTokenTtl: '15m' }, sessions: { lifetime: '1d' } },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    sessions = booted.app.get(SessionService);
    booted.app.get(AuthEvents).subscribe((event) => seen.push(event));
  });
  afterAll(closeAll);
  beforeEach(() => {
    seen.length = 0;
    subjects.known.clear();
  });

  const open = (userId = 'ada'): Promise<SessionTokens> =>
    sessions.open({ userId, orgId: 'org_1', name: 'Ada', permissions: ['session:*'] });
  const refresh = (refreshToken: unknown): Promise<CallAnswer> =>
    call(`${booted.url}/auth/refresh`, { method: 'POST', body: { refreshToken } });
  const me = (token: string): Promise<CallAnswer> => call(`${booted.url}/auth/me`, { token });
  const refreshed = async (refreshToken: string): Promise<SessionTokens> => {
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    return body as SessionTokens;
  };

  it('opens one whose access token says what was said of the caller', async () => {
    const { accessToken, refreshToken, expiresIn, sessionId } = await open();
    expect(refreshToken).toMatch(/^rt_[A-Za-z0-9_-]{43}$/);
    expect(expiresIn).toBe(900);
    const { status, body } = await me(accessToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ userId: 'ada', orgId: 'org_1', permissions: ['session:*'], sessionId });
  });

  it('exchanges a refresh token for another, not to be stored by caches', async () => {
    const first = await open();
    const { status, headers, body } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const next = body as SessionTokens;
    expect(next.refreshToken).not.toBe(first.refreshToken);
    expect(next.sessionId).toBe(first.sessionId);
    expect((await me(next.accessToken)).status).toBe(200);
    expect((await me(first.accessToken)).status).toBe(200);
  });

  it('answers a repeated token with the same successor while the grace lasts', async () => {
    const { refreshToken } = await open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    clock.advance(5);
    expect((await refreshed(refreshToken)).refreshToken).toBe(answers[0]!.refreshToken);
  });

  it('ends everything of a session whose spent token comes back', async () => {
    const first = await open();
    const second = await refreshed(first.refreshToken);
    clock.advance(5.001);
    const { status, body, headers } = await refresh(first.refreshToken);
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'credentials_invalid' });
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect((await me(first.accessToken)).status).toBe(401);
    expect((await me(second.accessToken)).status).toBe(401);
    expect(seen.map(({ type }) => type)).toContain('session.reused');
  });

  it('gives no grace to a token before the previous one', async () => {
    const first = await open();
    const second = await refreshed(first.refreshToken);
    const third = await refreshed(second.refreshToken);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(third.refreshToken)).status).toBe(401);
  });

  it('lets no exchange put off the end of a session', async () => {
    let tokens = await open();
    for (let hour = 0; hour < 23; hour += 1) {
      clock.advance(3_600);
      tokens = await refreshed(tokens.refreshToken);
    }
    clock.advance(3_600);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
  });

  it('looks at the subject again: gone, disabled, with less', async () => {
    const reduced = await open('reduced');
    subjects.known.set('reduced', { isActive: true, permissions: ['session:read', 'admin:read'] });
    const { accessToken } = await refreshed(reduced.refreshToken);
    expect((await me(accessToken)).body).toMatchObject({ permissions: ['session:read'] });

    const disabled = await open('disabled');
    subjects.known.set('disabled', { isActive: false });
    expect((await refresh(disabled.refreshToken)).status).toBe(401);
    expect((await me(disabled.accessToken)).status).toBe(401);
  });

  it('keeps a token good while the subjects cannot be asked', async () => {
    const { refreshToken } = await open();
    subjects.isDown = true;
    const { status, body } = await refresh(refreshToken);
    subjects.isDown = false;
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    await refreshed(refreshToken);
  });

  it('refuses what is no refresh token, and bodies with more or less in them', async () => {
    const { accessToken } = await open();
    for (const wrong of ['x', accessToken, `rt_${'A'.repeat(43)}`]) {
      expect([wrong.slice(0, 9), (await refresh(wrong)).status]).toEqual([
        wrong.slice(0, 9),
        wrong === accessToken ? 400 : 401,
      ]);
    }
    for (const body of [
      {},
      { refreshToken: 1 },
      { refreshToken: '' },
      { refreshToken: 'x', userId: 'eve' },
      [],
    ]) {
      expect(await statusOf(`${booted.url}/auth/refresh`, { method: 'POST', body })).toBe(400);
    }
  });

  it('logs out by the refresh token, or by the access token, at once', async () => {
    for (const present of [
      ({ refreshToken }: SessionTokens) => ({ body: { refreshToken } }),
      ({ accessToken }: SessionTokens) => ({ token: accessToken }),
    ]) {
      const tokens = await open();
      expect((await me(tokens.accessToken)).status).toBe(200);
      expect(await statusOf(`${booted.url}/auth/logout`, { method: 'POST', ...present(tokens) })).toBe(204);
      expect((await me(tokens.accessToken)).status).toBe(401);
      expect((await refresh(tokens.refreshToken)).status).toBe(401);
    }
    expect(await statusOf(`${booted.url}/auth/logout`, { method: 'POST' })).toBe(401);
  });

  it('logs out an access token that has no session', async () => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect((await me(token)).status).toBe(200);
    expect(await statusOf(`${booted.url}/auth/logout`, { method: 'POST', token })).toBe(204);
    expect((await me(token)).status).toBe(401);
  });

  it('logs out everywhere, and lets the user in again within the same second', async () => {
    const [one, two, other] = [await open('eve'), await open('eve'), await open('bob')];
    const loose = booted.app.get(TokenService).createAccessToken({ userId: 'eve' });
    expect(await statusOf(`${booted.url}/auth/logout-all`, { method: 'POST', token: one.accessToken })).toBe(
      204,
    );
    for (const token of [one.accessToken, two.accessToken, loose]) expect((await me(token)).status).toBe(401);
    for (const { refreshToken } of [one, two]) expect((await refresh(refreshToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
    const again = await open('eve');
    expect((await me(again.accessToken)).status).toBe(200);
    expect((await me((await refreshed(again.refreshToken)).accessToken)).status).toBe(200);
  });

  it('lists the sessions of the caller, and ends one of them', async () => {
    const [one, two] = [await open('zoe'), await open('zoe')];
    const stranger = await open('mallory');
    const list = async (): Promise<unknown> =>
      (await call(`${booted.url}/auth/sessions`, { token: one.accessToken })).body;
    expect(await list()).toMatchObject(
      [
        { sessionId: one.sessionId, isCurrent: true },
        { sessionId: two.sessionId, isCurrent: false },
      ].toSorted((a, b) => (a.sessionId < b.sessionId ? -1 : 1)),
    );
    const close = (token: string): Promise<number> =>
      statusOf(`${booted.url}/auth/sessions/${two.sessionId}`, { method: 'DELETE', token });
    expect(await close(stranger.accessToken)).toBe(404);
    expect(await close(one.accessToken)).toBe(204);
    expect(await list()).toMatchObject([{ sessionId: one.sessionId }]);
    expect((await me(two.accessToken)).status).toBe(401);
  });

  it('tells what happens, with who and from where, and never a credential', async () => {
    const tokens = await open();
    await call(`${booted.url}/auth/logout`, {
      method: 'POST',
      token: tokens.accessToken,
      headers: { 'x-request-id': 'req-1' },
    });
    expect(seen).toMatchObject([
      { type: 'session.opened', userId: 'ada', target: tokens.sessionId },
      { type: 'session.closed', requestId: 'req-1', ip: '127.0.0.1', actor: { userId: 'ada' } },
    ]);
    const text = JSON.stringify(seen);
    for (const secret of [tokens.accessToken, tokens.refreshToken]) expect(text).not.toContain(secret);
  });
});
