import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  CurrentUser,
  OptionalAuth,
  Public,
  RequirePermissions,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, type CallOptions } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { get, rawRequest } from '../support/raw-http.js';

const who = (user: UserIdentity | undefined): object => ({ user: user?.userId ?? null });

@Controller()
class DoorController {
  @Get('optional')
  @OptionalAuth()
  optional(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('plain')
  plain(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('public')
  @Public()
  public(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('read')
  @RequirePermissions('session:read')
  read(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

@OptionalAuth()
@Controller('class')
class OptionalController {
  @Get('optional')
  optional(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('public')
  @Public()
  public(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

const NOBODY = { status: 200, body: { user: null } };
const ADA = { status: 200, body: { user: 'ada' } };
const refusal = (code: string) => ({ status: 401, body: { code } });

describe.each(PLATFORMS)('optional authentication on %s', (platform) => {
  let required: Booted;
  let lenient: Booted;
  let token: string;
  let lacking: string;
  let apiKey: string;

  beforeAll(async () => {
    const controllers = [DoorController, OptionalController];
    required = await boot(platform, { controllers });
    lenient = await boot(platform, { controllers, auth: { requireAuth: false } });
    const tokens = required.app.get(TokenService);
    token = tokens.createAccessToken({ userId: 'ada', permissions: ['session:read'] });
    lacking = tokens.createAccessToken({ userId: 'ada' });
    apiKey = (await required.app.get(ApiKeyService).create({ name: 'k', userId: 'ada' })).key;
  });
  afterAll(closeAll);

  const at = (path: string, options?: CallOptions) => call(`${required.url}/${path}`, options);
  const atLenient = (path: string, options?: CallOptions) => call(`${lenient.url}/${path}`, options);

  it.each(['optional', 'class/optional'])(
    '%s: nobody without a credential, somebody with one',
    async (path) => {
      expect(await at(path)).toMatchObject(NOBODY);
      expect(await at(path, { token })).toMatchObject(ADA);
      expect(await at(path, { apiKey })).toMatchObject(ADA);
      expect(await at(path, { headers: { authorization: 'Basic dTpw' } })).toMatchObject(NOBODY);
    },
  );

  it.each(['optional', 'class/optional'])('%s: a credential that is no good is a refusal', async (path) => {
    expect(await at(path, { token: 'nonsense' })).toMatchObject(refusal('credentials_invalid'));
    expect(await at(path, { token: forgeToken({ claims: { exp: 1_000 } }) })).toMatchObject(
      refusal('token_expired'),
    );
    expect(await at(path, { apiKey: 'nonsense' })).toMatchObject(refusal('credentials_invalid'));
    expect(await at(path, { headers: { authorization: 'Bearer' } })).toMatchObject({ status: 400 });
    const twice = get(`/${path}`, `Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`);
    expect(await rawRequest(required.url, twice)).toMatchObject({ status: 400 });
  });

  it.each(['public', 'class/public'])('%s: no credential is looked at', async (path) => {
    expect(await at(path)).toMatchObject(NOBODY);
    expect(await at(path, { token })).toMatchObject(NOBODY);
    expect(await at(path, { token: 'nonsense' })).toMatchObject(NOBODY);
    expect(await at(path, { headers: { authorization: 'Bearer' } })).toMatchObject(NOBODY);
  });

  it('requireAuth is on by default: closed without a decorator', async () => {
    expect(await at('plain')).toMatchObject(refusal('credentials_missing'));
    expect(await at('plain', { token })).toMatchObject(ADA);
  });

  it('requireAuth: false makes handlers without decorators optional', async () => {
    expect(await atLenient('plain')).toMatchObject(NOBODY);
    expect(await atLenient('plain', { token })).toMatchObject(ADA);
    expect(await atLenient('plain', { token: 'nonsense' })).toMatchObject(refusal('credentials_invalid'));
  });

  it('requireAuth: false leaves a permission requirement as it is', async () => {
    expect(await atLenient('read')).toMatchObject(refusal('credentials_missing'));
    expect(await atLenient('read', { token: lacking })).toMatchObject({ status: 403 });
    expect(await atLenient('read', { token })).toMatchObject(ADA);
  });
});
