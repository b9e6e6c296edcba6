import type { ServerResponse } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Query, Res, type INestApplication } from '@nestjs/common';
import { AuthError, Public, RevocationFeed, TokenService, type UserIdentity } from 'nestjs-gatehouse';
import { Observable } from 'rxjs';

import { call } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Public()
@Controller()
class LinkController {
  constructor(private readonly tokens: TokenService) {}

  /** A token in a link: the handler verifies it and leaves the refusal to the gate. */
  @Get('link')
  link(@Query('t') token: string): Promise<UserIdentity> {
    return this.tokens.verifyAccessToken(token);
  }

  @Get('later')
  async later(): Promise<never> {
    await Promise.resolve();
    throw new AuthError('permission_denied', 'not yours', {
      permissions: ['session:read'],
      message: 'Ask the owner',
    });
  }

  @Get('observable')
  observable(): Observable<never> {
    return new Observable((subscriber) => subscriber.error(new AuthError('auth_unavailable', 'down')));
  }

  /** Too late: the answer has begun. */
  @Get('late')
  late(@Res() response: ServerResponse & { raw?: ServerResponse }): never {
    const raw = response.raw ?? response;
    raw.writeHead(200);
    raw.write('begun');
    throw new AuthError('credentials_invalid', 'too late');
  }
}

describe.each(PLATFORMS)('an AuthError that a handler lets through on %s', (platform) => {
  const logger = new RecordingLogger();
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    ({ app, url } = await boot(platform, { controllers: [LinkController], nest: { logger } }));
  });
  afterAll(closeAll);

  it('is answered as the guard would have', async () => {
    const missing = await call(`${url}/link`);
    expect(missing).toMatchObject({ status: 401, body: { statusCode: 401, code: 'credentials_invalid' } });
    expect(missing.headers.get('www-authenticate')).toContain('error="invalid_token"');

    const expired = await call(`${url}/link?t=${forgeToken({ claims: { exp: 1_000 } })}`);
    expect(expired).toMatchObject({ status: 401, body: { code: 'token_expired' } });

    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(await call(`${url}/link?t=${token}`)).toMatchObject({ status: 200, body: { userId: 'ada' } });
  });

  it('refuses a token of another secret', async () => {
    const token = forgeToken({ secret: SECRET.toLowerCase() });
    expect(await call(`${url}/link?t=${token}`)).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
  });

  it('refuses a token that is revoked', async () => {
    const token = forgeToken({ claims: { jti: 'leaked' } });
    expect(await call(`${url}/link?t=${token}`)).toMatchObject({ status: 200 });
    const at = Date.now();
    await app.get(RevocationFeed).revoke({ kind: 'token', id: 'leaked', at, expiresAt: at + 900_000 });
    expect(await call(`${url}/link?t=${token}`)).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
  });

  it('keeps its own message and names the permissions', async () => {
    const answer = await call(`${url}/later`);
    expect(answer.status).toBe(403);
    expect(answer.body).toStrictEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: 'Ask the owner',
      code: 'permission_denied',
    });
    expect(answer.headers.get('www-authenticate')).toContain('scope="session:read"');
  });

  it('may come out of an Observable', async () => {
    const answer = await call(`${url}/observable`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('ends an answer that has begun, and nothing more', async () => {
    logger.lines.length = 0;
    expect(await call(`${url}/late`)).toMatchObject({ status: 200, body: 'begun' });
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await call(`${url}/link`)).toMatchObject({ status: 401 });
  });
});
