import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  AuthError,
  RequireAnyPermission,
  RequirePermissions,
  TokenService,
} from 'nestjs-gatehouse';

import { call, type CallOptions } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';
import { get, rawRequest } from '../support/raw-http.js';

@Controller()
class DoorController {
  @Get('open')
  open(): string {
    return 'in';
  }

  @Get('two')
  @RequirePermissions('session:create', 'session:read', 'session:update')
  two(): string {
    return 'in';
  }

  @Get('any')
  @RequireAnyPermission('admin:read', 'admin:write')
  any(): string {
    return 'in';
  }

  @Get('crowded')
  crowded(): never {
    throw new AuthError('rate_limited', 'too many', { retryAfter: 17 });
  }
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};
const MESSAGES: Readonly<Record<string, string>> = {
  credentials_missing: 'Authentication is required',
  credentials_invalid: 'The credentials are not valid',
  token_expired: 'The access token expired',
  permission_denied: 'The credentials do not carry the permission that this needs',
  request_malformed: 'The request is malformed',
  rate_limited: 'Too many requests',
  auth_unavailable: 'Authentication is unavailable at the moment',
};
const bodyOf = (statusCode: number, code: string): object => ({
  statusCode,
  error: ERRORS[statusCode],
  message: MESSAGES[code],
  code,
});

const MISSING = 'Bearer realm="api", ApiKey realm="api"';
const INVALID = 'Bearer realm="api", error="invalid_token", ApiKey realm="api"';
const EXPIRED =
  'Bearer realm="api", error="invalid_token", error_description="The access token expired", ApiKey realm="api"';
const MALFORMED = 'Bearer realm="api", error="invalid_request", ApiKey realm="api"';
const LACKING = (scope: string): string =>
  `Bearer realm="api", error="insufficient_scope", scope="${scope}", ApiKey realm="api"`;

describe.each(PLATFORMS)('the answer table on %s', (platform) => {
  let url: string;
  let key: string;
  let reader: string;

  beforeAll(async () => {
    const { app, url: base } = await boot(platform, { controllers: [DoorController] });
    url = base;
    ({ key } = await app
      .get(ApiKeyService)
      .create({ name: 'k', userId: 'u', permissions: ['session:read'] }));
    reader = app.get(TokenService).createAccessToken({ userId: 'u', permissions: ['session:read'] });
  });
  afterAll(closeAll);

  interface Row {
    readonly path?: string;
    readonly send: () => CallOptions;
    readonly status: number;
    readonly code: string;
    readonly challenge: string | null;
    readonly retryAfter?: string;
  }

  const now = Math.floor(Date.now() / 1_000);
  const rows: Readonly<Record<string, Row>> = {
    'no credential': { send: () => ({}), status: 401, code: 'credentials_missing', challenge: MISSING },
    'a scheme that is not ours': {
      send: () => ({ headers: { authorization: 'Basic dTpw' } }),
      status: 401,
      code: 'credentials_missing',
      challenge: MISSING,
    },
    'a token that is none': {
      send: () => ({ token: 'nonsense' }),
      status: 401,
      code: 'credentials_invalid',
      challenge: INVALID,
    },
    'a token signed with another secret': {
      send: () => ({ token: forgeToken({ secret: SECRET.toLowerCase() }) }),
      status: 401,
      code: 'credentials_invalid',
      challenge: INVALID,
    },
    'a token of the wrong kind': {
      send: () => ({ token: forgeToken({ header: { typ: 'JWT' } }) }),
      status: 401,
      code: 'credentials_invalid',
      challenge: INVALID,
    },
    'an expired token that is genuine': {
      send: () => ({ token: forgeToken({ claims: { exp: now - 1 } }) }),
      status: 401,
      code: 'token_expired',
      challenge: EXPIRED,
    },
    'an expired token that is not genuine': {
      send: () => ({ token: forgeToken({ claims: { exp: now - 1 }, secret: SECRET.toLowerCase() }) }),
      status: 401,
      code: 'credentials_invalid',
      challenge: INVALID,
    },
    'an unknown key': {
      send: () => ({ apiKey: `ck_${'A'.repeat(43)}` }),
      status: 401,
      code: 'credentials_invalid',
      challenge: INVALID,
    },
    'a token without the permissions: those that it lacks are named': {
      path: 'two',
      send: () => ({ token: reader }),
      status: 403,
      code: 'permission_denied',
      challenge: LACKING('session:create session:update'),
    },
    'a key without the permissions': {
      path: 'two',
      send: () => ({ apiKey: key }),
      status: 403,
      code: 'permission_denied',
      challenge: LACKING('session:create session:update'),
    },
    'none of several permissions: all of them are named': {
      path: 'any',
      send: () => ({ token: reader }),
      status: 403,
      code: 'permission_denied',
      challenge: LACKING('admin:read admin:write'),
    },
    'a scheme without a token': {
      send: () => ({ headers: { authorization: 'Bearer' } }),
      status: 400,
      code: 'request_malformed',
      challenge: MALFORMED,
    },
    'a token with something behind it': {
      send: () => ({ token: `${reader} x` }),
      status: 400,
      code: 'request_malformed',
      challenge: MALFORMED,
    },
    'two tokens with a comma between': {
      send: () => ({ token: `${reader}, Bearer ${reader}` }),
      status: 400,
      code: 'request_malformed',
      challenge: MALFORMED,
    },
    'another scheme and a token with a comma between': {
      send: () => ({ headers: { authorization: `Basic dTpw, Bearer ${reader}` } }),
      status: 400,
      code: 'request_malformed',
      challenge: MALFORMED,
    },
    'two keys with a comma between': {
      send: () => ({ apiKey: `${key}, ${key}` }),
      status: 400,
      code: 'request_malformed',
      challenge: MALFORMED,
    },
    'too many requests, as a handler says': {
      path: 'crowded',
      send: () => ({ token: reader }),
      status: 429,
      code: 'rate_limited',
      challenge: null,
      retryAfter: '17',
    },
  };

  it.each(Object.entries(rows))(
    '%s',
    async (_name, { path = 'open', send, status, code, challenge, retryAfter }) => {
      const answer = await call(`${url}/${path}`, send());
      expect(answer.status).toBe(status);
      expect(answer.body).toStrictEqual(bodyOf(status, code));
      expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
      expect(answer.headers.get('retry-after')).toBe(retryAfter ?? null);
    },
  );

  it.each([
    ['Authorization', 'Authorization', 'Bearer'],
    ['Authorization, in another case', 'AUTHORIZATION', 'Bearer'],
    ['X-API-Key', 'X-API-Key', ''],
    ['X-API-Key, in another case', 'x-api-KEY', ''],
  ])('the header %s twice, each of them good', async (_name, second, scheme) => {
    const first = scheme === '' ? 'X-API-Key' : 'Authorization';
    const value = scheme === '' ? key : `${scheme} ${reader}`;
    const answer = await rawRequest(url, get('/open', `${first}: ${value}`, `${second}: ${value}`));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toStrictEqual(bodyOf(400, 'request_malformed'));
    expect(answer.headers['www-authenticate']).toBe(MALFORMED);
  });

  it('lets the good ones in', async () => {
    expect(await call(`${url}/open`, { token: reader })).toMatchObject({ status: 200, body: 'in' });
    expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({ status: 200, body: 'in' });
    const lowerCase = { headers: { authorization: `bearer   ${reader}` } };
    expect(await call(`${url}/open`, lowerCase)).toMatchObject({ status: 200, body: 'in' });
  });
});

describe.each(PLATFORMS)('the challenge on %s', (platform) => {
  afterAll(closeAll);

  it('leaves the api-key scheme out when keys are switched off, and names the realm', async () => {
    const { app, url } = await boot(platform, {
      controllers: [DoorController],
      auth: { apiKeys: false, realm: 'The Vault' },
    });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    for (const apiKey of [undefined, key]) {
      const answer = await call(`${url}/open`, { apiKey });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="The Vault"');
    }
  });
});
