import { describe, expect, it } from '@jest/globals';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { PLATFORMS } from '../support/platforms.js';
import type { Project } from './project.js';
import { startStage, token } from './stage.js';

const SETUP_TOKEN = 'the set-up token of this test';
const PASSWORD = 'violet gondola near 41 lanterns';

/** The applications of the README that have users, roles and policies. */
export function describePeople(project: () => Project): void {
  describe.each(PLATFORMS)('the people of the README, on %s', (platform) => {
    it('are kept by its module, with its roles, and get its mails', async () => {
      const app = await startStage(project(), 'people', platform, { AUTH_SETUP_TOKEN: SETUP_TOKEN });
      const post = (path: string, body: object, bearer?: string): Promise<CallAnswer> =>
        call(`${app.url}/auth/${path}`, { method: 'POST', body, token: bearer });

      const root = { email: 'root@example.org', password: PASSWORD };
      expect((await post('setup', { setupToken: SETUP_TOKEN, ...root })).status).toBe(201);
      const { accessToken } = (await post('login', root)).body as { accessToken: string };
      const grace = { email: 'grace@example.org', roles: ['editor'] };
      expect((await post('invitations', grace, accessToken)).status).toBe(201);
      const link = /^Mail to grace@example\.org: https:\/\/app\.example\.com\/invitation#(\S+)$/m;
      const [, invitation] = await app.until(link);

      const unfit = { token: invitation, password: 'example example example' };
      expect((await post('invitations/accept', unfit)).status).toBe(400);
      expect((await post('invitations/accept', { ...unfit, password: PASSWORD })).status).toBe(204);
      const session = await post('login', { email: grace.email, password: PASSWORD });
      const me = await call(`${app.url}/auth/me`, {
        token: (session.body as { accessToken: string }).accessToken,
      });
      expect(me.body).toMatchObject({
        permissions: ['session:create', 'session:read'],
        roles: ['editor', 'reader'],
      });
      expect(await statusOf(`${app.url}/auth/register`, { method: 'POST', body: root })).toBe(404);
    });

    it('may be kept elsewhere, and what changes there counts for tokens that are out', async () => {
      const { url } = await startStage(project(), 'own-users', platform);
      const bearer = token(['session:read', 'session:create']);
      const carried = async (): Promise<unknown> => (await call(`${url}/auth/me`, { token: bearer })).body;
      const change = (body: object): Promise<number> =>
        statusOf(`${url}/members/ada`, { method: 'POST', body });

      expect(await carried()).toMatchObject({ permissions: ['session:read', 'session:create'] });
      expect(await change({ permissions: ['session:read'] })).toBe(204);
      expect(await carried()).toMatchObject({ permissions: ['session:read'] });
      expect(await change({ isActive: false })).toBe(204);
      expect(await carried()).toMatchObject({ code: 'credentials_invalid' });
      expect(await change({ isActive: true })).toBe(204);
      expect(await carried()).toMatchObject({ permissions: ['session:read'] });
    });

    it('pass roles and policies as the README says', async () => {
      const { url } = await startStage(project(), 'documents', platform);
      const status = (method: string, id: string, permissions: string[], roles: string[] = []) =>
        statusOf(`${url}/documents/${id}`, { method, token: token(permissions, { roles }) });

      expect(await status('GET', '1', ['session:read'])).toBe(200);
      expect(await status('GET', '1', ['session:create'])).toBe(403);
      expect(await status('GET', '2', ['*'])).toBe(403);
      expect(await status('GET', '3', ['*'])).toBe(503);
      expect(await status('DELETE', '2', ['session:read'], ['editor'])).toBe(204);
      expect(await status('DELETE', '2', ['session:read'], ['reader'])).toBe(403);
      expect(await status('DELETE', '2', [], ['editor'])).toBe(403);
    });
  });
}
