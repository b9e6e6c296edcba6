import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Clock,
  definePermissions,
  RevocationFeed,
  SessionService,
  SubjectChanges,
  SubjectDirectory,
  TokenService,
  type PermissionGrant,
  type Subject,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

class Subjects extends SubjectDirectory {
  answer: () => Promise<Subject | undefined> = async () => ({ isActive: true });

  override find(): Promise<Subject | undefined> {
    return this.answer();
  }
}

const permissions = definePermissions({ session: ['read', 'create'], memory: ['read'] });

describe.each(PLATFORMS)('what sessions carry of what their subjects hold, on %s', (platform) => {
  const clock = new ManualClock();
  const subjects = new Subjects();
  let booted: Booted;
  let sessions: SessionService;
  beforeAll(async () => {
    booted = await boot(platform, {
      auth: { subjects, permissions },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    sessions = booted.app.get(SessionService);
  });
  afterAll(closeAll);
  beforeEach(() => {
    clock.advance(11);
    hold({});
  });

  const hold = (subject: Partial<Subject> | undefined): void => {
    subjects.answer = async () => subject && { isActive: true, ...subject };
  };
  const claimsOf = (token: string): Record<string, unknown> =>
    booted.app.get(TokenService).decode(token)!.claims;
  const refresh = (refreshToken: string): Promise<CallAnswer> =>
    call(`${booted.url}/auth/refresh`, { method: 'POST', body: { refreshToken } });
  const refreshed = async (refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> =>
    (await refresh(refreshToken)).body as { accessToken: string; refreshToken: string };
  const me = (token: string): Promise<number> => statusOf(`${booted.url}/auth/me`, { token });

  it('is what the session was opened with and the subject holds, from its first token on', async () => {
    hold({ permissions: ['session:read', 'memory:*'], roles: ['editor'] });
    const opened = await sessions.open({ userId: 'ada', permissions: ['session:*'] });
    expect(claimsOf(opened.accessToken)).toMatchObject({ permissions: ['session:read'], roles: ['editor'] });
    hold({ permissions: ['session:create'], roles: [] });
    const { accessToken } = await refreshed(opened.refreshToken);
    expect(claimsOf(accessToken)).toMatchObject({ permissions: ['session:create'], roles: [] });
  });

  it('is for * whatever the subject holds then, and never more', async () => {
    hold({ permissions: ['session:read'] });
    const opened = await sessions.open({ userId: 'ada', permissions: ['*'] });
    expect(claimsOf(opened.accessToken).permissions).toEqual(['session:read']);
    hold({ permissions: ['memory:read', 'session:*', 'left:catalogue'] });
    const { accessToken } = await refreshed(opened.refreshToken);
    expect(claimsOf(accessToken).permissions).toEqual(['memory:read', 'session:*']);
  });

  it('has no roles where the directory does not tell', async () => {
    const { accessToken } = await sessions.open({ userId: 'ada', permissions: ['session:*'] });
    expect(claimsOf(accessToken)).not.toHaveProperty('roles');
    expect(claimsOf(accessToken).permissions).toEqual(['session:*']);
  });

  it.each([undefined, { isActive: false }])('is no session of a subject that is %j', async (subject) => {
    hold(subject);
    await expect(sessions.open({ userId: 'nobody', permissions: ['*'] })).rejects.toMatchObject({
      code: 'credentials_invalid',
    });
    expect(await sessions.list('nobody')).toEqual([]);
  });

  it('is no 500 when it does not fit into a token', async () => {
    const opened = await sessions.open({ userId: 'ada' });
    hold({ roles: ['x'.repeat(9_000)] });
    expect(await refresh(opened.refreshToken)).toMatchObject({
      status: 503,
      body: { code: 'auth_unavailable' },
    });
  });

  it('is told by introspection as it is now', async () => {
    const opened = await sessions.open({ userId: 'ada', permissions: ['session:*', 'memory:read'] });
    const introspect = async (): Promise<unknown> =>
      (
        await call(`${booted.url}/auth/introspect`, {
          method: 'POST',
          token: booted.app.get(TokenService).createAccessToken({ userId: 'ada' }),
          body: new URLSearchParams({ token: opened.refreshToken }),
        })
      ).body;
    expect(await introspect()).toMatchObject({ active: true, scope: 'session:* memory:read' });
    hold({ permissions: ['memory:*'] });
    expect(await introspect()).toMatchObject({ active: true, scope: 'memory:read' });
    hold({ isActive: false });
    expect(await introspect()).toEqual({ active: false });
  });

  it.each(['open', 'refresh'] as const)('counts as from before when it changes during %s', async (how) => {
    const before = await sessions.open({ userId: 'ada', permissions: ['*'] });
    subjects.answer = async () => {
      hold({ permissions: [] });
      await booted.app.get(RevocationFeed).revoke(booted.app.get(SubjectChanges).changed('ada'));
      // However long the token takes from here on.
      clock.advance(60);
      return { isActive: true, permissions: ['session:read'] };
    };
    const { accessToken } =
      how === 'open'
        ? await sessions.open({ userId: 'ada', permissions: ['*'] })
        : await refreshed(before.refreshToken);
    expect(claimsOf(accessToken).permissions).toEqual(['session:read']);
    const identity = await booted.app.get(TokenService).verifyAccessToken(accessToken);
    expect(identity.permissions).toEqual([]);
  });

  it('leaves nothing good of a session that is opened while all of the subject are ended', async () => {
    subjects.answer = async () => {
      // Its subject was looked at, and it is not in the store yet.
      hold({});
      await sessions.closeAll('eve');
      return { isActive: true };
    };
    await expect(sessions.open({ userId: 'eve' })).rejects.toMatchObject({ code: 'credentials_invalid' });
    expect(await sessions.list('eve')).toEqual([]);
    // At once afterwards it is a session like any other.
    const { accessToken, refreshToken } = await sessions.open({ userId: 'eve' });
    expect(await me(accessToken)).toBe(200);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('opens none for whoever was let in before all sessions were ended', async () => {
    const { position } = booted.app.get(RevocationFeed);
    await sessions.closeAll('eve');
    await expect(sessions.open({ userId: 'eve' }, undefined, position)).rejects.toMatchObject({
      code: 'credentials_invalid',
    });
    expect(await sessions.list('eve')).toEqual([]);
  });

  it('ends with all sessions of the subject while it is refreshed', async () => {
    const opened = await sessions.open({ userId: 'eve', permissions: ['session:read' as PermissionGrant] });
    subjects.answer = async () => {
      hold({});
      await sessions.closeAll('eve');
      return { isActive: true };
    };
    expect((await refresh(opened.refreshToken)).status).toBe(401);
    expect(await me(opened.accessToken)).toBe(401);
  });
});
