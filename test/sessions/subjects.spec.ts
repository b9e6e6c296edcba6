import { afterEach, describe, expect, it } from '@jest/globals';
import {
  definePermissions,
  memoryStores,
  SessionService,
  SubjectDirectory,
  TokenService,
  type PermissionGrant,
  type Subject,
} from 'nestjs-gatehouse';

import { call, type CallAnswer } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

const CANARY = 'password=hunter2';

/** Directories as applications might write them: each has to end in a 503 and never in a 500. */
const FAULTY: Readonly<Record<string, () => Subject>> = {
  throws: () => {
    throw new TypeError(CANARY);
  },
  'has null for permissions': () => ({ isActive: true, permissions: null as unknown as string[] }),
  'has text for roles': () => ({ isActive: true, roles: 'editor' as unknown as string[] }),
};

describe.each(PLATFORMS)('what becomes of sessions and their subjects on %s', (platform) => {
  afterEach(closeAll);

  const refresh = ({ url }: Booted, refreshToken: string): Promise<CallAnswer> =>
    call(`${url}/auth/refresh`, { method: 'POST', body: { refreshToken } });

  it.each(Object.keys(FAULTY))('takes a subject directory that %s for an outage', async (fault) => {
    let isFaulty = false;
    class Faulty extends SubjectDirectory {
      override find(): Promise<Subject> {
        if (!isFaulty) return Promise.resolve({ isActive: true });
        // Without a promise: JavaScript has nothing against it.
        return FAULTY[fault]!() as unknown as Promise<Subject>;
      }
    }
    const booted = await boot(platform, { auth: { subjects: new Faulty() } });
    const sessions = booted.app.get(SessionService);
    const { refreshToken } = await sessions.open({ userId: 'ada' });
    isFaulty = true;
    const answer = await refresh(booted, refreshToken);
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
    await expect(sessions.open({ userId: 'ada' })).rejects.toMatchObject({ code: 'auth_unavailable' });
  });

  it('refreshes a session whose permission has left the catalogue, without it', async () => {
    const stores = memoryStores();
    const before = await boot(platform, {
      auth: { stores, permissions: definePermissions({ session: ['read'], legacy: ['read'] }) },
    });
    const permissions = ['session:*', 'legacy:read', 'legacy:*'] as PermissionGrant[];
    const { refreshToken } = await before.app.get(SessionService).open({ userId: 'ada', permissions });
    const after = await boot(platform, {
      auth: { stores, permissions: definePermissions({ session: ['read'] }) },
    });
    const { status, body } = await refresh(after, refreshToken);
    expect(status).toBe(200);
    const { accessToken } = body as { accessToken: string };
    const identity = await after.app.get(TokenService).verifyAccessToken(accessToken);
    expect(identity.permissions).toEqual(['session:*']);
  });

  it('tells of a revoked subject for as long as an instance may remember a key from before', async () => {
    const stores = memoryStores();
    const booted = await boot(platform, {
      auth: {
        stores,
        jwt: { accessTokenTtl: 60, maxAccessTokenTtl: 60 },
        identityCache: { maxAge: 3_600 },
      },
    });
    await booted.app.get(SessionService).closeAll('ada');
    const [entry] = await stores.revocations.readAfter(0, 1);
    expect(entry!.expiresAt - entry!.at).toBeGreaterThanOrEqual(3_600_000);
  });
});
