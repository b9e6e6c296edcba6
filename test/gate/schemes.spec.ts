import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiKeyService, AuthSchemes, OptionalAuth, RequirePermissions, TokenService } from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

@AuthSchemes('jwt')
@Controller('people')
class PeopleController {
  @Get('inherited')
  inherited(): string {
    return 'in';
  }

  @Get('overridden')
  @AuthSchemes('api-key')
  overridden(): string {
    return 'in';
  }

  @Get('both')
  @AuthSchemes('api-key', 'jwt')
  both(): string {
    return 'in';
  }
}

@Controller('programs')
class ProgramsController {
  @Get('plain')
  plain(): string {
    return 'in';
  }

  @Get('keys')
  @AuthSchemes('api-key')
  keys(): string {
    return 'in';
  }

  @Get('permitted')
  @AuthSchemes('api-key')
  @RequirePermissions('session:read')
  permitted(): string {
    return 'in';
  }

  @Get('optional')
  @AuthSchemes('api-key')
  @OptionalAuth()
  optional(): string {
    return 'in';
  }
}

/** What a token, a key, and nothing get. */
const ROWS = [
  ['people/inherited', 200, 401, 401],
  ['people/overridden', 401, 200, 401],
  ['people/both', 200, 200, 401],
  ['programs/plain', 200, 200, 401],
  ['programs/keys', 401, 200, 401],
  ['programs/permitted', 401, 403, 401],
  ['programs/optional', 401, 200, 200],
] as const;

describe.each(PLATFORMS)('@AuthSchemes on %s', (platform) => {
  let booted: Booted;
  let token: string;
  let apiKey: string;

  beforeAll(async () => {
    booted = await boot(platform, {
      controllers: [PeopleController, ProgramsController],
      auth: { requireAuthExceptions: ['/programs/keys'] },
    });
    token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions: ['*'] });
    apiKey = (await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'bot' })).key;
  });
  afterAll(closeAll);

  it.each(ROWS)(
    '%s: a token gets %i, a key %i, nothing %i',
    async (path, withToken, withKey, withNothing) => {
      const url = `${booted.url}/${path}`;
      // Twice: a remembered credential is no better than a new one.
      for (let i = 0; i < 2; i += 1) {
        expect(await statusOf(url, { token })).toBe(withToken);
        expect(await statusOf(url, { apiKey })).toBe(withKey);
        expect(await statusOf(url)).toBe(withNothing);
      }
    },
  );

  it('a good credential of another scheme is the same 401 as a bad one', async () => {
    const answer = await call(`${booted.url}/programs/keys`, { token });
    expect(answer.body).toMatchObject({ code: 'credentials_invalid' });
    const bad = await call(`${booted.url}/programs/keys`, { apiKey: 'nonsense' });
    expect(answer.body).toStrictEqual(bad.body);
    expect(answer.headers.get('www-authenticate')).toBe(bad.headers.get('www-authenticate'));
  });

  it('a key is no bearer token and a token is no key', async () => {
    const url = `${booted.url}/programs/plain`;
    expect(await statusOf(url, { token: apiKey })).toBe(401);
    expect(await statusOf(url, { apiKey: token })).toBe(401);
  });
});
