import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  ApiKeyStore,
  AuthError,
  OptionalAuth,
  RevocationFeed,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

const CANARY = 'password=hunter2 at /srv/secret/db.sock';

@Controller()
class DoorController {
  @Get('open')
  open(): string {
    return 'in';
  }

  @Get('optional')
  @OptionalAuth()
  optional(): string {
    return 'in';
  }
}

/** What fails, and what is presented: each has to end in a 503, whatever kind of thing is thrown. */
const OUTAGES: Readonly<Record<string, (booted: Booted) => void>> = {
  'the key store rejects': ({ app }) => {
    app.get(ApiKeyStore).findByHash = () => Promise.reject(new Error(CANARY));
  },
  'the key store throws': ({ app }) => {
    app.get(ApiKeyStore).findByHash = () => {
      throw new TypeError(CANARY);
    };
  },
  'the key store rejects with what is no Error': ({ app }) => {
    app.get(ApiKeyStore).findByHash = () => Promise.reject(CANARY as unknown as Error);
  },
  'the key store rejects with nothing': ({ app }) => {
    app.get(ApiKeyStore).findByHash = () => Promise.reject(undefined as unknown as Error);
  },
  'the key store says 401 itself': ({ app }) => {
    app.get(ApiKeyStore).findByHash = () => Promise.reject(new AuthError('credentials_invalid', CANARY));
  },
  'the key service throws': ({ app }) => {
    app.get(ApiKeyService).verify = () => {
      throw new RangeError(CANARY);
    };
  },
  'the key service answers with what is no identity': ({ app }) => {
    // It would do for everything that comes after.
    const lookalike = { userId: 'mallory', hasAllPermissions: () => true, hasAnyPermission: () => true };
    app.get(ApiKeyService).verify = () => Promise.resolve(lookalike as unknown as UserIdentity);
  },
  'the feed throws': ({ app }) => {
    app.get(RevocationFeed).verdict = () => {
      throw new Error(CANARY);
    };
  },
  'the feed has no verdict': ({ app }) => {
    app.get(RevocationFeed).verdict = () => undefined as never;
  },
  'the feed answers with a promise': ({ app }) => {
    app.get(RevocationFeed).verdict = () => Promise.resolve('good') as never;
  },
  'the feed does not know its position': ({ app }) => {
    Object.defineProperty(app.get(RevocationFeed), 'position', {
      get: () => {
        throw new Error(CANARY);
      },
    });
  },
};

describe.each(PLATFORMS)('an outage on %s', (platform) => {
  afterEach(closeAll);

  it.each(Object.entries(OUTAGES))('%s: 503, and nothing of it shows', async (_name, breakIt) => {
    const booted = await boot(platform, { controllers: [DoorController] });
    const { app, url } = booted;
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    breakIt(booted);
    for (const path of ['open', 'optional']) {
      const answer = await call(`${url}/${path}`, { apiKey: key });
      expect(answer.status).toBe(503);
      expect(answer.body).toStrictEqual({
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'Authentication is unavailable at the moment',
        code: 'auth_unavailable',
      });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(JSON.stringify([...answer.headers])).not.toContain('hunter2');
    }
  });

  it('is told apart from a refusal, and neither lets anybody in', async () => {
    const { app, url } = await boot(platform, { controllers: [DoorController] });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    const refusals = [undefined, null, false] as unknown[] as UserIdentity[];
    for (const nobody of refusals) {
      app.get(ApiKeyService).verify = () => Promise.resolve(nobody);
      expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({ status: 401 });
    }
    app.get(ApiKeyStore).findByHash = () => Promise.resolve({} as never);
    app.get(ApiKeyService).verify = (value) =>
      ApiKeyService.prototype.verify.call(app.get(ApiKeyService), value);
    expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({ status: 401 });
  });

  it('is a 503 of remembered credentials too when it is the feed', async () => {
    const { app, url } = await boot(platform, { controllers: [DoorController] });
    const token = app.get(TokenService).createAccessToken({ userId: 'u' });
    expect(await call(`${url}/open`, { token })).toMatchObject({ status: 200 });
    app.get(RevocationFeed).verdict = () => {
      throw new Error(CANARY);
    };
    expect(await call(`${url}/open`, { token })).toMatchObject({ status: 503 });
    expect(await call(`${url}/optional`, { token })).toMatchObject({ status: 503 });
  });

  it('is over without a restart', async () => {
    const { app, url } = await boot(platform, { controllers: [DoorController] });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    const store = app.get(ApiKeyStore);
    const works = store.findByHash.bind(store);
    store.findByHash = () => Promise.reject(new Error(CANARY));
    expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({ status: 503 });
    store.findByHash = works;
    expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({ status: 200 });
  });

  it('does not concern tokens when it is the key store', async () => {
    const { app, url } = await boot(platform, { controllers: [DoorController] });
    const token = app.get(TokenService).createAccessToken({ userId: 'u' });
    app.get(ApiKeyStore).findByHash = () => Promise.reject(new Error(CANARY));
    expect(await call(`${url}/open`, { token })).toMatchObject({ status: 200 });
    expect(await call(`${url}/open`)).toMatchObject({ status: 401 });
  });

  it('says how long to wait when the error knows', async () => {
    const { app, url } = await boot(platform, { controllers: [DoorController] });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    const answers = [
      ['auth_unavailable', 503, '120'],
      ['rate_limited', 429, '0'],
    ] as const;
    for (const [code, status, retryAfter] of answers) {
      app.get(ApiKeyService).verify = () =>
        Promise.reject(new AuthError(code, 'says the service', { retryAfter: Number(retryAfter) }));
      const answer = await call(`${url}/open`, { apiKey: key });
      expect(answer).toMatchObject({ status, body: { statusCode: status, code } });
      expect(answer.headers.get('retry-after')).toBe(retryAfter);
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
  });
});
