import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import type { TokenEndpointResponse } from 'oauth4webapi';

import { call, statusOf } from '../support/call.js';
import { issuerKey } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';
import { API, OPAQUE_API, startProvider, type RealIssuer } from './issuers.provider.js';

describe.each(PLATFORMS)('an API behind oidc-provider, on %s', (platform) => {
  let url: string;
  let provider: RealIssuer;
  let stranger: RealIssuer;
  let granted: TokenEndpointResponse;
  const keys = Promise.all([issuerKey('RS256', 'one'), issuerKey('RS256', 'two'), issuerKey('RS256', 'one')]);

  beforeAll(async () => {
    // It says what it should not be used for.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
    const [one, , theirs] = await keys;
    provider = await startProvider(one);
    stranger = await startProvider(theirs);
    ({ url } = await boot(platform, {
      auth: {
        trustedIssuers: [
          { issuer: provider.issuer, audience: [API, OPAQUE_API], introspection: provider.introspection },
        ],
      },
    }));
    granted = await provider.ofUser(API, 'note:read');
  });
  afterAll(async () => {
    await closeAll();
    await Promise.all([provider.close(), stranger.close()]);
    jest.restoreAllMocks();
  });

  const me = (token: string): Promise<number> => statusOf(`${url}/auth/me`, { token });

  it('accepts what a service got for itself (RFC 9068), with its scope as permissions', async () => {
    const token = await provider.ofService(API, 'note:read note:write');
    expect(decodeProtectedHeader(token).typ).toBe('at+jwt');
    const { status, body } = await call(`${url}/auth/me`, { token });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        userId: `${provider.issuer}#worker`,
        provider: 'service',
        permissions: ['note:read', 'note:write'],
      },
    });
  });

  it('accepts what a client got for a person', async () => {
    const { body } = await call(`${url}/auth/me`, { token: granted.access_token });
    expect(body).toMatchObject({
      userId: `${provider.issuer}#ada`,
      provider: 'jwt',
      permissions: ['note:read'],
    });
  });

  it('refuses the ID token and the refresh token', async () => {
    expect(await me(granted.id_token!)).toBe(401);
    expect(granted.refresh_token).toEqual(expect.any(String));
    expect(await me(granted.refresh_token!)).toBe(401);
  });

  it('refuses tokens for another resource, and those of another provider', async () => {
    expect(await me(await provider.ofService('https://other.example.com', 'note:read'))).toBe(401);
    expect(await me(await stranger.ofService(API, 'note:read'))).toBe(401);
    expect(stranger.requests.filter((path) => path === '/jwks')).toEqual([]);
  });

  it('asks about opaque tokens once, and accepts them', async () => {
    const token = await provider.ofService(OPAQUE_API, 'note:read');
    expect(token.split('.')).toHaveLength(1);
    const { body } = await call(`${url}/auth/me`, { token });
    expect(body).toMatchObject({
      userId: `${provider.issuer}#worker`,
      provider: 'service',
      permissions: ['note:read'],
    });
    const asked = (): number => provider.requests.filter((path) => path === '/token/introspection').length;
    const before = asked();
    await Promise.all(Array.from({ length: 20 }, () => me(token)));
    expect(asked()).toBe(before);
    expect(await me(`${token}x`)).toBe(401);
    expect(await statusOf(`${url}/auth/logout`, { method: 'POST', token })).toBe(204);
    expect(await me(token)).toBe(401);
  });

  it('goes on when the provider changes its key: with one fetch, and without a token that is refused', async () => {
    const [one, two] = await keys;
    const before = await provider.ofService(API, 'note:read');
    expect(await me(before)).toBe(200);
    const fetches = (): number => provider.requests.filter((path) => path === '/jwks').length;
    const known = fetches();
    provider.rotate(two, one);
    const after = await Promise.all(Array.from({ length: 20 }, () => provider.ofService(API, 'note:read')));
    expect(decodeProtectedHeader(after[0]!).kid).toBe('two');
    const old = await Promise.all(Array.from({ length: 5 }, () => me(before)));
    expect(new Set([...(await Promise.all(after.map(me))), ...old])).toEqual(new Set([200]));
    expect(fetches()).toBe(known + 1);
  });
});
