import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, RequestMethod } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  AuthModule,
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  RequireAnyPermission,
  RequirePermissions,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Booted } from '../support/platforms.js';
import { get, rawRequest } from '../support/raw-http.js';

@Controller()
class HealthController {
  @Get('health')
  health(@CurrentUser() user?: UserIdentity): object {
    return { at: 'health', user: user?.userId ?? null };
  }

  @Get('docs/*')
  docs(): object {
    return { at: 'docs' };
  }
}

/** Whatever is not plainly one of the exceptions gets here, and here a credential is needed. */
@Controller()
class RestController {
  @All('*')
  rest(): object {
    return { at: 'rest' };
  }
}

@Controller('decorated')
class DecoratedController {
  @Get('permission')
  @RequirePermissions('admin:read')
  permission(): string {
    return 'in';
  }

  @Get('any')
  @RequireAnyPermission('admin:read', 'admin:write')
  any(): string {
    return 'in';
  }

  @Get('schemes')
  @AuthSchemes('jwt')
  schemes(): string {
    return 'in';
  }

  @Get('optional')
  @OptionalAuth()
  optional(@CurrentUser() user?: UserIdentity): object {
    return { user: user?.userId ?? null };
  }
}

const OPEN = [
  '/health',
  '/health?x=/../admin',
  '/health?',
  '/docs/a',
  '/docs/a/b/c',
  '/docs/a%2Db',
  '/docs/%C3%A9',
  '/docs/..a',
];

/** Fastify's router decodes these before it looks for a handler; to Express's they are other paths. */
const ENCODED = ['/he%61lth', '/%68%65%61%6C%74%68', '/%64ocs/a', '/d%6Fcs/a/b'];

const CLOSED = [
  '/healthx',
  '/health/',
  '/health//',
  '//health',
  '///health',
  '/./health',
  '/x/../health',
  '/health/.',
  '/health/../admin',
  '/health/..%2fadmin',
  '/health/%2e%2e/admin',
  '/health%2f',
  '/health%2F..%2Fadmin',
  '/%2fhealth',
  '/he%2561lth',
  '/health%00',
  '/health%20',
  '/health%0a',
  '/health;a=b',
  '/health%3ba',
  '/health%3f',
  '/health%5c',
  '/health\\..\\admin',
  '/HEALTH',
  '/Health',
  '/x/health',
  '/admin/health',
  '/docs',
  '/docs/',
  '/docs//a',
  '//docs/a',
  '/docsx/a',
  '/docs/../admin',
  '/docs/a/../../admin',
  '/docs/%2e%2e/admin',
  '/docs/%2E%2E%2Fadmin',
  '/docs/.%2e/admin',
  '/docs/./a',
  '/docs/a%2f..%2fb',
  '/docs/..;/admin',
  '/docs/%252e%252e/admin',
  '/docs/a/',
  '/%64ocs%2fa',
  '/docs/%2561',
  '/docs\\..\\admin',
];

describe.each(PLATFORMS)('requireAuthExceptions on %s', (platform) => {
  let booted: Booted;
  let token: string;

  beforeAll(async () => {
    booted = await boot(platform, {
      controllers: [DecoratedController, HealthController, RestController],
      auth: { requireAuthExceptions: ['/health', '/docs/*', '/decorated/*'] },
    });
    token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
  });
  afterAll(closeAll);

  it.each(OPEN)('%s is open', async (path) => {
    const answer = await rawRequest(booted.url, get(path));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ at: path.startsWith('/docs') ? 'docs' : 'health' });
  });

  it.each(ENCODED)('%s is open only where it leads to the same handler', async (path) => {
    const { status, body } = await rawRequest(booted.url, get(path));
    expect(status).toBe(platform === 'fastify' ? 200 : 401);
    if (status === 200)
      expect(JSON.parse(body)).toMatchObject({ at: /docs|d%6Fcs|%64ocs/.test(path) ? 'docs' : 'health' });
  });

  it.each(CLOSED)('%s is not', async (path) => {
    const { status, body } = await rawRequest(booted.url, get(path));
    // What the adapter itself finds no path in is a 400 of its own, and no handler is reached.
    expect(status === 401 || (status === 400 && !body.includes('"at"'))).toBe(true);
  });

  it('the forms that are not open need a credential, and are no error with one', async () => {
    for (const path of ['/health/', '//health', '/docs/a/', '/healthx']) {
      const answer = await rawRequest(booted.url, get(path, `Authorization: Bearer ${token}`));
      expect(answer.status).toBe(200);
    }
  });

  it('the absolute form of a request target is not open', async () => {
    const target = `${booted.url}/health`;
    expect(await rawRequest(booted.url, get(target))).toMatchObject({ status: 401 });
  });

  it('holds for HEAD as for GET', async () => {
    expect(await statusOf(`${booted.url}/health`, { method: 'HEAD' })).toBe(200);
    expect(await statusOf(`${booted.url}/docs/a`, { method: 'HEAD' })).toBe(200);
    expect(await statusOf(`${booted.url}/healthx`, { method: 'HEAD' })).toBe(401);
  });

  it('is a matter of the path: other methods on it are open too, where a handler takes them', async () => {
    expect(await call(`${booted.url}/health`, { method: 'POST' })).toMatchObject({ body: { at: 'rest' } });
    expect(await statusOf(`${booted.url}/healthx`, { method: 'POST' })).toBe(401);
  });

  it('looks at no credential', async () => {
    for (const options of [{ token }, { token: 'nonsense' }, { headers: { authorization: 'Bearer' } }])
      expect(await call(`${booted.url}/health`, options)).toMatchObject({
        status: 200,
        body: { user: null },
      });
  });

  it.each(['permission', 'any', 'schemes'])('never opens a decorated handler: %s', async (path) => {
    expect(await statusOf(`${booted.url}/decorated/${path}`)).toBe(401);
  });

  it('never takes the identity from a handler with @OptionalAuth()', async () => {
    const url = `${booted.url}/decorated/optional`;
    expect(await call(url, { token })).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await statusOf(url, { token: 'nonsense' })).toBe(401);
  });
});

@Controller()
class ProbesController {
  @Get(['health', 'health/live', 'health/ready', 'docs', 'redoc', 'openapi.json', 'metrics', 'docs/a'])
  probe(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('where exceptions are matched on %s', (platform) => {
  afterAll(closeAll);

  it("without the option: the predecessor's paths", async () => {
    const { url } = await boot(platform, { controllers: [ProbesController] });
    for (const path of ['health', 'health/live', 'health/ready', 'docs', 'redoc', 'openapi.json'])
      expect(await statusOf(`${url}/${path}`)).toBe(200);
    for (const path of ['metrics', 'docs/a']) expect(await statusOf(`${url}/${path}`)).toBe(401);
  });

  it('an empty list opens nothing', async () => {
    const { url } = await boot(platform, {
      controllers: [ProbesController],
      auth: { requireAuthExceptions: [] },
    });
    expect(await statusOf(`${url}/health`)).toBe(401);
  });

  it('behind a global prefix: on the whole path', async () => {
    const { url } = await boot(platform, {
      controllers: [ProbesController],
      auth: { requireAuthExceptions: ['/health', '/api/docs', '/metrics'] },
      configure: (app) =>
        app.setGlobalPrefix('api', { exclude: [{ path: 'metrics', method: RequestMethod.GET }] }),
    });
    expect(await statusOf(`${url}/api/health`)).toBe(401);
    expect(await statusOf(`${url}/api/docs`)).toBe(200);
    expect(await statusOf(`${url}/metrics`)).toBe(200);
  });
});

describe('an application that is mounted in another one (Express)', () => {
  afterAll(closeAll);

  it('is matched on the whole path', async () => {
    const { url } = await boot('express', {
      auth: { requireAuthExceptions: [] },
      configure: async (outer) => {
        const adapter = new ExpressAdapter();
        const module = await Test.createTestingModule({
          imports: [
            AuthModule.forRoot({
              jwt: { secret: SECRET },
              requireAuthExceptions: ['/health', '/inner/docs'],
            }),
          ],
          controllers: [ProbesController],
        }).compile();
        await module.createNestApplication(adapter as never, { logger: false }).init();
        outer.use('/inner', adapter.getInstance());
      },
    });
    expect(await statusOf(`${url}/inner/docs`)).toBe(200);
    expect(await statusOf(`${url}/inner/health`)).toBe(401);
    expect(await statusOf(`${url}/inner/metrics`)).toBe(401);
  });
});
