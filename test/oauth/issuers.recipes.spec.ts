import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definePermissions, type TrustedIssuerOptions } from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { issuerKey, startIssuer, type ExternalIssuer, type IssuerKey } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

type Json = Readonly<Record<string, unknown>>;

const permissions = definePermissions({ note: ['read', 'write'] });

/** The recipes of docs/oauth.md, with tokens of the form that those servers make. */
describe.each(PLATFORMS)('recipes on %s', (platform) => {
  let issuer: ExternalIssuer;
  let url: string;
  let key: IssuerKey;

  async function start(
    algorithm: string,
    path: string,
    options: Omit<TrustedIssuerOptions, 'issuer'>,
  ): Promise<void> {
    key = await issuerKey(algorithm);
    issuer = await startIssuer(path, [key.jwk]);
    const trustedIssuers = [{ issuer: issuer.issuer, ...options }];
    ({ url } = await boot(platform, { auth: { permissions, trustedIssuers } }));
  }
  afterAll(closeAll);

  describe('Keycloak', () => {
    const claims: Json = {
      aud: ['api', 'account'],
      sub: '5f0c2f9e-7c38-4d7f-9a4b-6e2a6f1d2c11',
      typ: 'Bearer',
      azp: 'web',
      sid: '0b4a6a5c',
      acr: '1',
      realm_access: { roles: ['offline_access', 'editor'] },
      resource_access: { api: { roles: ['note:read'] }, account: { roles: ['note:write'] } },
      scope: 'openid email',
      email_verified: true,
      preferred_username: 'ada',
      email: 'ada@example.com',
      name: 'Ada',
    };
    const token = (more: Json = {}, header: Json = { typ: 'JWT' }): Promise<string> =>
      issuer.token(key, { ...claims, ...more }, header);

    beforeAll(() =>
      start('RS256', '/realms/acme', { audience: 'api', mapClaims: 'keycloak', acceptedTypes: ['JWT'] }),
    );
    afterAll(() => issuer.close());

    it('gives roles of the realm and of this client, and permissions that are named as one', async () => {
      const { body } = await call(`${url}/auth/me`, { token: await token() });
      expect(body).toMatchObject({
        userId: `${issuer.issuer}#${claims.sub as string}`,
        email: 'ada@example.com',
        name: 'Ada',
        roles: ['offline_access', 'editor', 'note:read'],
        permissions: ['note:read'],
        provider: 'jwt',
      });
    });

    it.each(['ID', 'Refresh', 'Offline', 'Logout'])('does not get in with its %s token', async (typ) => {
      expect(await statusOf(`${url}/auth/me`, { token: await token({ typ }) })).toBe(401);
    });
  });

  describe('Better Auth', () => {
    const token = (more: Json = {}): Promise<string> =>
      issuer.token(
        key,
        {
          aud: issuer.issuer,
          jti: undefined,
          email: 'ada@example.com',
          name: 'Ada',
          role: 'editor',
          ...more,
        },
        { typ: undefined },
      );

    beforeAll(async () => {
      key = await issuerKey('EdDSA');
      issuer = await startIssuer('', []);
      // It has no metadata: its keys are where its plugin `jwt` puts them.
      issuer.metadata = {};
      issuer.handlers.set('/api/auth/jwks', (_request, response) =>
        response.end(JSON.stringify({ keys: [key.jwk] })),
      );
      ({ url } = await boot(platform, {
        auth: {
          permissions,
          trustedIssuers: [
            {
              issuer: issuer.issuer,
              audience: issuer.issuer,
              jwksUri: `${issuer.issuer}/api/auth/jwks`,
              algorithms: ['EdDSA'],
              acceptedTypes: ['JWT'],
              mapClaims: ({ email, name, role }) => ({
                email: email as string,
                name: name as string,
                roles: [role as string],
                permissions: role === 'editor' ? ['note:*'] : ['note:read'],
              }),
            },
          ],
        },
      }));
    });
    afterAll(() => issuer.close());

    it('gives what the mapping makes of a role', async () => {
      const [editor, reader] = await Promise.all(
        [token(), token({ role: 'user', sub: 'bob' })].map(async (one) =>
          call(`${url}/auth/me`, { token: await one }),
        ),
      );
      expect(editor!.body).toMatchObject({
        permissions: ['note:*'],
        roles: ['editor'],
        email: 'ada@example.com',
      });
      expect(reader!.body).toMatchObject({ permissions: ['note:read'] });
    });

    it('does not get in with a token for another application', async () => {
      expect(
        await statusOf(`${url}/auth/me`, { token: await token({ aud: 'https://other.example.com' }) }),
      ).toBe(401);
    });
  });
});
