import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  CurrentUser,
  OptionalAuth,
  TokenService,
  UserIdentity,
  type IdentityPath,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

/** `undefined` would not be seen in JSON. */
const show = (value: unknown): object => ({ type: typeof value, value });

@Controller()
class MeController {
  @Get('whole')
  whole(@CurrentUser() user: UserIdentity): object {
    return {
      isIdentity: user instanceof UserIdentity,
      isFrozen: Object.isFrozen(user) && Object.isFrozen(user.metadata) && Object.isFrozen(user.permissions),
      user,
    };
  }

  @Get('paths')
  paths(
    @CurrentUser('userId') userId: string,
    @CurrentUser('orgId') orgId: string | undefined,
    @CurrentUser('permissions') permissions: readonly string[],
    @CurrentUser('provider') provider: string,
    @CurrentUser('metadata') metadata: object,
    @CurrentUser('metadata.plan') plan: string,
    @CurrentUser('metadata.limits.daily') daily: number,
    @CurrentUser('metadata.flags.0') flag: string,
  ): object {
    return { userId, orgId, permissions, provider, metadata, plan, daily, flag };
  }

  @Get('absent')
  absent(
    @CurrentUser('metadata.nothing') nothing: unknown,
    @CurrentUser('metadata.nothing.below') below: unknown,
    @CurrentUser('metadata.plan.length') ofText: unknown,
    @CurrentUser('metadata.') empty: unknown,
  ): object {
    return [nothing, below, ofText, empty].map(show);
  }

  @Get('inherited')
  inherited(
    @CurrentUser('__proto__' as IdentityPath) prototype: unknown,
    @CurrentUser('constructor' as IdentityPath) constructor: unknown,
    @CurrentUser('metadata.__proto__') ofMetadata: unknown,
    @CurrentUser('metadata.__proto__.isAdmin') deeper: unknown,
    @CurrentUser('metadata.constructor.name') name: unknown,
    @CurrentUser('metadata.toString') method: unknown,
  ): object {
    return [prototype, constructor, ofMetadata, deeper, name, method].map(show);
  }

  @Get('nobody')
  @OptionalAuth()
  nobody(
    @CurrentUser() user: unknown,
    @CurrentUser('userId') userId: unknown,
    @CurrentUser('metadata.plan') plan: unknown,
  ): object {
    return [user, userId, plan].map(show);
  }
}

const UNDEFINED = { type: 'undefined' };

describe.each(PLATFORMS)('@CurrentUser() on %s', (platform) => {
  const metadata = { plan: 'pro', limits: { daily: 5 }, flags: ['beta'] };
  let booted: Booted;
  let token: string;

  const at = async (path: string, credential: string = token): Promise<unknown> =>
    (await call(`${booted.url}/${path}`, { token: credential })).body;

  beforeAll(async () => {
    booted = await boot(platform, { controllers: [MeController] });
    token = booted.app.get(TokenService).createAccessToken({
      userId: 'ada',
      orgId: 'org_1',
      email: 'ada@example.com',
      name: 'Ada',
      sessionId: 'sid_1',
      permissions: ['session:*'],
      metadata,
    });
  });
  afterAll(closeAll);

  it('is the identity of a token, frozen', async () => {
    expect(await at('whole')).toMatchObject({
      isIdentity: true,
      isFrozen: true,
      user: {
        userId: 'ada',
        orgId: 'org_1',
        email: 'ada@example.com',
        name: 'Ada',
        sessionId: 'sid_1',
        permissions: ['session:*'],
        provider: 'jwt',
        credentialId: expect.any(String),
        expiresAt: expect.any(String),
        metadata,
      },
    });
  });

  it('is the identity of a key, and of a service', async () => {
    const { key, apiKey } = await booted.app
      .get(ApiKeyService)
      .create({ name: 'k', userId: 'bot', orgId: 'org_2', permissions: ['*'], metadata: { a: 1 } });
    const { body } = await call(`${booted.url}/whole`, { apiKey: key });
    expect(body).toMatchObject({
      isIdentity: true,
      isFrozen: true,
      user: {
        userId: 'bot',
        orgId: 'org_2',
        provider: 'api_key',
        credentialId: apiKey.keyId,
        permissions: ['*'],
      },
    });
    expect(JSON.stringify(body)).not.toContain(key);

    const service = booted.app.get(TokenService).createServiceToken({ clientId: 'indexer' });
    expect(await at('whole', service)).toMatchObject({ user: { userId: 'indexer', provider: 'service' } });
  });

  it('with a path is a property, or something of the metadata', async () => {
    expect(await at('paths')).toEqual({
      userId: 'ada',
      orgId: 'org_1',
      permissions: ['session:*'],
      provider: 'jwt',
      metadata,
      plan: 'pro',
      daily: 5,
      flag: 'beta',
    });
  });

  it('is undefined for what is not there', async () => {
    expect(await at('absent')).toEqual([UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED]);
    expect(await at('nobody')).not.toEqual([UNDEFINED, UNDEFINED, UNDEFINED]);
    const { body } = await call(`${booted.url}/nobody`);
    expect(body).toEqual([UNDEFINED, UNDEFINED, UNDEFINED]);
  });

  it('never reaches a prototype', async () => {
    const nothing = Array.from({ length: 6 }, () => UNDEFINED);
    expect(await at('inherited')).toEqual(nothing);
    const poisoned = forgeToken({
      rawClaims: JSON.stringify({
        iss: 'gatehouse',
        aud: 'gatehouse',
        sub: 'mallory',
        exp: Math.floor(Date.now() / 1_000) + 60,
        metadata: '%',
      }).replace('"%"', '{"__proto__":{"isAdmin":true},"constructor":{"name":"x"},"toString":"y"}'),
    });
    expect(await at('inherited', poisoned)).toEqual(nothing);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});
