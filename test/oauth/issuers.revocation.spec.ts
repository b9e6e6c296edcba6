import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RevocationFeed, SessionService, SubjectDirectory, type Subject } from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { issuerKey, startIssuer, type ExternalIssuer, type IssuerKey } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

type Json = Readonly<Record<string, unknown>>;

/** Knows the users of the application, and who was asked for. */
class Directory extends SubjectDirectory {
  readonly asked: string[] = [];
  readonly users = new Map<string, Subject | Error>();

  override async find(userId: string, orgId: string | undefined, kind: string): Promise<Subject | undefined> {
    this.asked.push(`${kind} ${userId} ${orgId}`);
    const user = this.users.get(userId);
    if (user instanceof Error) throw user;
    return user;
  }
}

describe.each(PLATFORMS)('taking back tokens of other issuers on %s', (platform) => {
  let url: string;
  let issuer: ExternalIssuer;
  let key: IssuerKey;
  let sessions: SessionService;
  let feed: RevocationFeed;
  const directory = new Directory();

  beforeAll(async () => {
    key = await issuerKey();
    issuer = await startIssuer('', [key.jwk]);
    const { app, url: base } = await boot(platform, {
      auth: {
        subjects: directory,
        trustedIssuers: [
          {
            issuer: issuer.issuer,
            audience: 'api',
            mapClaims: ({ local, permissions, roles }) => ({ userId: local, permissions, roles }) as never,
          },
        ],
      },
    });
    url = base;
    sessions = app.get(SessionService);
    feed = app.get(RevocationFeed);
  });
  afterAll(async () => {
    await closeAll();
    await issuer.close();
  });

  const me = (token: string): Promise<number> => statusOf(`${url}/auth/me`, { token });
  const post = (path: string, token: string): Promise<number> =>
    statusOf(`${url}/auth/${path}`, { method: 'POST', token });
  /** From before now: what is revoked hits everything until now. */
  const token = (claims: Json = {}): Promise<string> =>
    issuer.token(key, { iat: Math.floor(Date.now() / 1_000) - 5, ...claims });

  it.each<[string, Json]>([
    ['', {}],
    [' of a session', { sid: 's1' }],
    [' without a jti', { jti: undefined }],
  ])('a token%s is refused after its logout, and no other', async (_what, claims) => {
    const mine = await token({ sub: 'bob', jti: `out-${platform}-${_what}`, ...claims });
    const others = await token({ sub: 'bob', jti: 'stays', sid: 's1' });
    expect(await me(mine)).toBe(200);
    expect(await post('logout', mine)).toBe(204);
    expect(await me(mine)).toBe(401);
    expect(await me(others)).toBe(200);
  });

  it('all tokens of a subject are refused after logout-all, and none of the same name elsewhere', async () => {
    const mine = await Promise.all(['a', 'b'].map((jti) => token({ sub: 'carl', jti, sid: jti })));
    const others = await token({ sub: 'carla' });
    expect(await Promise.all([...mine, others].map(me))).toEqual([200, 200, 200]);
    expect(await post('logout-all', mine[0]!)).toBe(204);
    expect(await Promise.all([...mine, others].map(me))).toEqual([401, 401, 200]);
    await sessions.closeAll('carla');
    expect(await me(others)).toBe(200);
    await sessions.closeAll(`${issuer.issuer}#carla`);
    expect(await me(others)).toBe(401);
  });

  it('a subject that is not linked is never looked for, also after a change of everybody', async () => {
    const mine = await token({ sub: 'dora' });
    expect(await me(mine)).toBe(200);
    await feed.revoke({ kind: 'permissions', id: '', at: Date.now(), expiresAt: Date.now() + 600_000 });
    expect(await me(mine)).toBe(200);
    expect(directory.asked.filter((who) => who.includes('dora'))).toEqual([]);
  });

  describe('a token that stands for a user', () => {
    const claims = { local: 'u1', permissions: ['note:read', 'note:write'], roles: ['editor', 'admin'] };

    it('carries what it and the user have in common', async () => {
      directory.users.set('u1', { isActive: true, permissions: ['note:*'], roles: ['admin'] });
      const { body } = await call(`${url}/auth/me`, { token: await token({ ...claims, sub: 'x1' }) });
      expect(body).toMatchObject({
        userId: 'u1',
        permissions: ['note:read', 'note:write'],
        roles: ['admin'],
      });
      expect(directory.asked).toContain('user u1 undefined');
    });

    it('carries less when the user holds less, at once', async () => {
      const mine = await token({ ...claims, sub: 'x2' });
      directory.users.set('u1', { isActive: true, permissions: ['note:*'] });
      await me(mine);
      directory.users.set('u1', { isActive: true, permissions: ['note:read'] });
      await feed.revoke({ kind: 'permissions', id: 'u1', at: Date.now(), expiresAt: Date.now() + 600_000 });
      const { body } = await call(`${url}/auth/me`, { token: mine });
      expect(body).toMatchObject({ permissions: ['note:read'] });
    });

    it.each<[string, Subject | undefined]>([
      ['is not active', { isActive: false }],
      ['does not exist', undefined],
    ])('is refused when the user %s', async (_what, user) => {
      if (user === undefined) directory.users.delete('u1');
      else directory.users.set('u1', user);
      expect(await me(await token({ ...claims, sub: `x3${_what}` }))).toBe(401);
    });

    it('is an outage when nobody knows', async () => {
      directory.users.set('u1', new Error('down'));
      expect(await me(await token({ ...claims, sub: 'x4' }))).toBe(503);
    });

    it('is refused when all sessions of the user are closed', async () => {
      directory.users.set('u1', { isActive: true });
      const mine = await token({ ...claims, sub: 'x5' });
      expect(await me(mine)).toBe(200);
      await sessions.closeAll('u1');
      expect(await me(mine)).toBe(401);
    });
  });
});
