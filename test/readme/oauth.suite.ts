import { afterEach, describe, expect, it } from '@jest/globals';

import { call } from '../support/call.js';
import { HAS_CURL, statusesOf } from '../support/child.js';
import { issuerKey, startIssuer, type ExternalIssuer } from '../support/external-issuer.js';
import { PLATFORMS } from '../support/platforms.js';
import type { Project } from './project.js';
import { blocks } from './readme.js';
import { ENV, startStage, token } from './stage.js';

const DONE = 'https://app.example.com/login/done';
const ADDRESS = 'http://localhost:3000';

/** The applications of the README that speak OAuth 2. */
export function describeOAuth(project: () => Project): void {
  describe.each(PLATFORMS)('OAuth 2 of the README, on %s', (platform) => {
    let issuer: ExternalIssuer | undefined;
    afterEach(async () => {
      await issuer?.close();
      issuer = undefined;
    });

    it('sends browsers to a provider, and nowhere else', async () => {
      const secrets = { GITHUB_SECRET: 'hidden', WORK_SECRET: 'hidden' };
      const { url } = await startStage(project(), 'login-with-a-provider', platform, secrets);
      const begin = (redirectTo: string) =>
        call(`${url}/auth/login/github?redirect_to=${encodeURIComponent(redirectTo)}`);

      const { status, headers } = await begin(DONE);
      const there = new URL(headers.get('location')!);
      expect([status, there.origin]).toEqual([302, 'https://github.com']);
      expect(there.searchParams.get('redirect_uri')).toBe('https://api.example.com/auth/callback/github');
      expect((await begin('https://else.example.com')).status).toBe(400);
    });

    it('gives services tokens, for handlers that are theirs alone', async () => {
      const { url } = await startStage(project(), 'services', platform);
      const admin = token(['client:create', 'session:read']);
      const body = { name: 'reports', permissions: ['session:read'] };
      const made = await call(`${url}/auth/clients`, { method: 'POST', token: admin, body });
      const { client, secret } = made.body as { client: { clientId: string }; secret: string };
      const run = (bearer: string) => call(`${url}/reports/nightly`, { method: 'POST', token: bearer });

      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: secret,
      });
      const answer = await call(`${url}/oauth/token`, { method: 'POST', body: form });
      const { access_token: bearer } = answer.body as { access_token: string };
      expect(await run(bearer)).toMatchObject({ status: 200, body: { startedBy: client.clientId } });
      expect((await run(token(['*']))).status).toBe(403);

      if (!HAS_CURL) return;
      const script = blocks('sh', 'Services')[0]!.text.replaceAll(ADDRESS, url);
      const env = { ...ENV, TOKEN: admin, CLIENT_ID: client.clientId, CLIENT_SECRET: secret };
      expect(await statusesOf(script, env)).toEqual([201, 200]);
    });

    it('takes the tokens of another issuer beside its own', async () => {
      const key = await issuerKey();
      issuer = await startIssuer('', [key.jwk]);
      const { url } = await startStage(project(), 'tokens-of-other-issuers', platform, {
        ISSUER: issuer.issuer,
      });
      const claims = { aud: 'https://api.example.com', scope: 'session:read', org: 'org_1' };
      const me = await call(`${url}/auth/me`, { token: await issuer.token(key, claims) });
      expect(me).toMatchObject({
        status: 200,
        body: { userId: `${issuer.issuer}#ada`, orgId: 'org_1', permissions: ['session:read'] },
      });
      const forOthers = await issuer.token(key, { ...claims, aud: 'https://else.example.com' });
      expect((await call(`${url}/sessions`, { token: forOthers })).status).toBe(401);
      expect((await call(`${url}/sessions`, { token: token([]) })).status).toBe(200);
    });
  });
}
