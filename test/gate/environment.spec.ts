import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiKeyService, AuthModule, AuthOptionsError, TokenService } from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET, type Platform } from '../support/platforms.js';

@Controller()
class DoorController {
  @Get(['open', 'status', 'health'])
  open(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('AuthModule.forRoot() without options on %s', (platform) => {
  let env: Record<string, string>;

  beforeEach(() => {
    env = {};
    jest.replaceProperty(process, 'env', env);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await closeAll();
  });

  const bootFromEnvironment = async (on: Platform, variables: Record<string, string>) => {
    Object.assign(env, variables);
    return boot(on, { controllers: [DoorController], authModule: AuthModule.forRoot() });
  };

  it('needs a secret, and is closed', async () => {
    const { app, url } = await bootFromEnvironment(platform, { AUTH_JWT_SECRET_KEY: SECRET });
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    expect(await statusOf(`${url}/open`)).toBe(401);
    expect(await statusOf(`${url}/open`, { token })).toBe(200);
    expect(await statusOf(`${url}/open`, { token: forgeToken() })).toBe(200);
    expect(await statusOf(`${url}/open`, { apiKey: key })).toBe(200);
    expect(await statusOf(`${url}/health`)).toBe(200);
  });

  it('does not start without one, and says which variable it wants', async () => {
    const error: unknown = await bootFromEnvironment(platform, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthOptionsError);
    expect((error as AuthOptionsError).problems).toEqual([
      expect.stringMatching(/^jwt\.secret \(AUTH_JWT_SECRET_KEY\) is missing\. Remedy: /),
    ]);
  });

  it('obeys every variable', async () => {
    const { app, url } = await bootFromEnvironment(platform, {
      AUTH_JWT_SECRET_KEY: SECRET,
      AUTH_JWT_ALGORITHM: 'HS512',
      AUTH_JWT_ISSUER: 'contextiq',
      AUTH_JWT_AUDIENCE: 'memories',
      AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '2',
      AUTH_API_KEY_ENABLED: 'false',
      AUTH_REQUIRE_AUTH_EXCEPTIONS: '/status',
    });
    const tokens = app.get(TokenService);
    const token = tokens.createAccessToken({ userId: 'ada' });
    const { header, claims } = tokens.decode(token)!;
    expect(header).toMatchObject({ alg: 'HS512' });
    expect(claims).toMatchObject({ iss: 'contextiq', aud: 'memories' });
    expect((claims.exp as number) - (claims.iat as number)).toBe(120);
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    expect(await statusOf(`${url}/open`, { token })).toBe(200);
    expect(await statusOf(`${url}/open`, { token: forgeToken() })).toBe(401);
    expect(await statusOf(`${url}/open`, { apiKey: key })).toBe(401);
    expect(await statusOf(`${url}/status`)).toBe(200);
    expect(await statusOf(`${url}/health`)).toBe(401);
  });

  it('AUTH_REQUIRE_AUTH=false makes it optional', async () => {
    const { url } = await bootFromEnvironment(platform, {
      AUTH_JWT_SECRET_KEY: SECRET,
      AUTH_REQUIRE_AUTH: 'false',
    });
    expect(await statusOf(`${url}/open`)).toBe(200);
    expect(await statusOf(`${url}/open`, { token: 'nonsense' })).toBe(401);
  });
});
