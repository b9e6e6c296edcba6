import { afterEach, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { BASE_URL, bootServices, grantWith } from './services.support.js';

afterEach(closeAll);

/** Algorithms as Web Crypto names them, for what a service may sign with. */
const ALGORITHMS = ['RS256', 'RS512', 'PS256', 'PS384', 'ES256', 'ES384', 'ES512', 'Ed25519'];

async function makeKey(alg: string, kid?: string) {
  const pair = await oauth.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), alg, kid };
  delete jwk.key_ops;
  delete jwk.ext;
  return { jwk: jwk as never, key: kid === undefined ? pair.privateKey : { key: pair.privateKey, kid } };
}

describe.each(PLATFORMS)('services with oauth4webapi on %s', (platform) => {
  it.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ])('get tokens by %s', async (_method, authentication) => {
    const app = await bootServices(platform);
    const { client, secret } = await app.makeClient();
    const granted = await grantWith(app, client.clientId, authentication(secret!));
    expect(granted).toMatchObject({
      token_type: 'bearer',
      expires_in: 3_600,
      scope: 'memory:read memory:create',
    });
    const answer = await app.get('/reports', { token: granted.access_token });
    expect(answer).toMatchObject({
      status: 200,
      body: { userId: client.clientId, provider: 'service', permissions: ['memory:read', 'memory:create'] },
    });
  });

  it.each(ALGORITHMS)('get tokens by private_key_jwt with %s', async (alg) => {
    const app = await bootServices(platform);
    const [old, current] = [await makeKey(alg, 'old'), await makeKey(alg, 'current')];
    const { client, secret } = await app.makeClient({ keys: [old.jwk, current.jwk] });
    expect(secret).toBeUndefined();
    for (const { key } of [old, current]) {
      const granted = await grantWith(app, client.clientId, oauth.PrivateKeyJwt(key));
      expect(await app.get('/reports/internal', { token: granted.access_token })).toMatchObject({
        status: 200,
      });
    }
  });

  it('get less when they ask for less, and never more', async () => {
    const app = await bootServices(platform);
    const { client, secret } = await app.makeClient({ permissions: ['memory:*'] });
    const ask = (scope: string) =>
      grantWith(app, client.clientId, oauth.ClientSecretBasic(secret!), { scope });
    const granted = await ask('memory:read');
    expect(granted.scope).toBe('memory:read');
    expect(await app.get('/reports', { token: granted.access_token })).toMatchObject({ status: 200 });
    expect(await app.get('/reports/nightly', { token: granted.access_token })).toMatchObject({ status: 403 });
    for (const scope of ['*', 'admin:read', 'memory:read admin:read', 'memory:erase', 'openid', 'admin:*'])
      await expect(ask(scope)).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  it('are told where everything is', async () => {
    const app = await bootServices(platform);
    const server = await app.get('/.well-known/oauth-authorization-server');
    expect(server.body).toMatchObject({
      issuer: BASE_URL,
      token_endpoint: `${BASE_URL}/oauth/token`,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      scopes_supported: expect.arrayContaining(['memory:read', 'client:create']),
    });
    expect(server.body).not.toHaveProperty('jwks_uri');
    expect(server.headers.get('cache-control')).toMatch(/max-age/);
    const { headers } = await app.get('/reports');
    const [, address] = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate')!)!;
    const resource = await app.fetch(address!);
    expect(await resource.json()).toMatchObject({
      resource: BASE_URL,
      authorization_servers: [BASE_URL],
      bearer_methods_supported: ['header'],
    });
  });
});
