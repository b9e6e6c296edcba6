import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  ApiKeyStore,
  AuthSchemes,
  CurrentUser,
  RequirePermissions,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser() { provider, userId }: UserIdentity): object {
    return { provider, userId };
  }

  @Get('create')
  @RequirePermissions('session:create')
  create(): string {
    return 'in';
  }

  @Get('keys-only')
  @AuthSchemes('api-key')
  keysOnly(@CurrentUser('provider') provider: string): object {
    return { provider };
  }
}

describe.each(PLATFORMS)('a token and a key in one request on %s', (platform) => {
  let booted: Booted;
  let url: string;
  let token: string;
  let apiKey: string;

  beforeAll(async () => {
    booted = await boot(platform, { controllers: [WhoController] });
    ({ url } = booted);
    token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    const made = await booted.app
      .get(ApiKeyService)
      .create({ name: 'k', userId: 'bot', permissions: ['session:create'] });
    apiKey = made.key;
  });
  afterAll(closeAll);

  const ADA = { status: 200, body: { provider: 'jwt', userId: 'ada' } };
  const BOT = { status: 200, body: { provider: 'api_key', userId: 'bot' } };

  it('both good: the token, the first time and when it is remembered', async () => {
    expect(await call(`${url}/who`, { token, apiKey })).toMatchObject(ADA);
    expect(await call(`${url}/who`, { token, apiKey })).toMatchObject(ADA);
  });

  it('the token bad: the key, the first time and when it is remembered', async () => {
    for (const bad of ['nonsense', forgeToken({ claims: { exp: 1_000 } })]) {
      expect(await call(`${url}/who`, { token: bad, apiKey })).toMatchObject(BOT);
      expect(await call(`${url}/who`, { token: bad, apiKey })).toMatchObject(BOT);
    }
  });

  it('the key bad: the token', async () => {
    expect(await call(`${url}/who`, { token, apiKey: 'nonsense' })).toMatchObject(ADA);
  });

  it('a scheme that is not ours beside the key: the key', async () => {
    const headers = { authorization: 'Basic dTpw' };
    expect(await call(`${url}/who`, { apiKey, headers })).toMatchObject(BOT);
  });

  it('both bad: what is wrong with the token is said', async () => {
    const expired = forgeToken({ claims: { exp: 1_000 } });
    expect(await call(`${url}/who`, { token: expired, apiKey: 'nonsense' })).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
    expect(await call(`${url}/who`, { token: 'nonsense', apiKey: 'nonsense' })).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
  });

  it('the first that verifies decides over the permissions too: they are never put together', async () => {
    expect(await call(`${url}/create`, { apiKey })).toMatchObject({ status: 200 });
    expect(await call(`${url}/create`, { token, apiKey })).toMatchObject({ status: 403 });
  });

  it('one of them malformed: 400, whatever the other is', async () => {
    const malformed = { status: 400, body: { code: 'request_malformed' } };
    expect(await call(`${url}/who`, { token: `${token} x`, apiKey })).toMatchObject(malformed);
    expect(await call(`${url}/who`, { token, apiKey: `${apiKey},${apiKey}` })).toMatchObject(malformed);
  });

  it('only schemes that the handler accepts are tried', async () => {
    expect(await call(`${url}/keys-only`, { token, apiKey })).toMatchObject({
      status: 200,
      body: { provider: 'api_key' },
    });
    expect(await call(`${url}/keys-only`, { token, apiKey: 'nonsense' })).toMatchObject({ status: 401 });
  });

  it('a good token does not need the key store; a bad one and a store that is down are a 503', async () => {
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    const store = booted.app.get(ApiKeyStore);
    const works = store.findByHash.bind(store);
    store.findByHash = () => Promise.reject(new Error('down'));
    expect(await call(`${url}/who`, { token, apiKey: key })).toMatchObject(ADA);
    expect(await call(`${url}/who`, { token: 'nonsense', apiKey: key })).toMatchObject({
      status: 503,
      body: { code: 'auth_unavailable' },
    });
    store.findByHash = works;
    expect(await call(`${url}/who`, { token: 'nonsense', apiKey: key })).toMatchObject(BOT);
  });
});
