import { afterEach, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Module,
  Post,
  RequestMethod,
  UseGuards,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import {
  AuthGuard,
  AuthSchemes,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  RouteAudit,
} from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller(['sessions', 'conversations'])
class SessionsController {
  @Get()
  list(): void {}

  @Post()
  @RequirePermissions('session:create')
  create(): void {}

  @Get('stats')
  @RequireAnyPermission('admin:read', 'admin:write')
  @AuthSchemes('jwt')
  stats(): void {}

  @Get(['feed', 'news'])
  @OptionalAuth()
  feed(): void {}

  @All('version')
  @Public()
  version(): void {}

  /** No route. */
  notRouted(): void {}
}

@Controller()
class HealthController {
  @Get('health')
  health(): void {}

  @Get('healthx')
  healthx(): void {}
}

@Public()
@Controller('inner')
class InnerController {
  @Get('a')
  a(): void {}
}

@Module({ controllers: [InnerController] })
class InnerModule {}

@Controller('left')
class LeftAloneController {
  @Get()
  read(): void {}

  @Get('guarded')
  @UseGuards(AuthGuard)
  guarded(): void {}
}

const tableOf = (app: INestApplication): string[] =>
  app
    .get(RouteAudit)
    .routes()
    .map(({ method, path, handler, access }) => `${access} ${method} ${path} ${handler}`);

describe.each(PLATFORMS)('the route audit on %s', (platform) => {
  afterEach(closeAll);

  it('says in one line how many handlers there are and which are public', async () => {
    const logger = new RecordingLogger();
    await boot(platform, {
      controllers: [SessionsController, HealthController],
      imports: [InnerModule],
      auth: { endpoints: false },
      nest: { logger },
    });
    expect(logger.messages('RouteAudit')).toEqual([
      '15 handlers: 7 need a credential, 4 take one, 4 are public: ' +
        'ALL /sessions/version, ALL /conversations/version, GET /health, GET /inner/a',
    ]);
  });

  it('says so when nothing is public', async () => {
    const logger = new RecordingLogger();
    await boot(platform, {
      controllers: [HealthController],
      auth: { requireAuthExceptions: [], endpoints: false },
      nest: { logger },
    });
    expect(logger.messages('RouteAudit')).toEqual([
      '2 handlers: 2 need a credential, 0 take one, 0 are public',
    ]);
  });

  it('gives the table: every way to call a handler, with its rule', async () => {
    const { app } = await boot(platform, {
      controllers: [SessionsController, HealthController],
      auth: { endpoints: false },
    });
    expect(tableOf(app)).toEqual([
      'required GET /sessions SessionsController.list',
      'required GET /conversations SessionsController.list',
      'required POST /sessions SessionsController.create',
      'required POST /conversations SessionsController.create',
      'required GET /sessions/stats SessionsController.stats',
      'required GET /conversations/stats SessionsController.stats',
      'optional GET /sessions/feed SessionsController.feed',
      'optional GET /sessions/news SessionsController.feed',
      'optional GET /conversations/feed SessionsController.feed',
      'optional GET /conversations/news SessionsController.feed',
      'public ALL /sessions/version SessionsController.version',
      'public ALL /conversations/version SessionsController.version',
      'public GET /health HealthController.health',
      'required GET /healthx HealthController.healthx',
    ]);
    const stats = app
      .get(RouteAudit)
      .routes()
      .find(({ path }) => path === '/sessions/stats');
    expect(stats).toMatchObject({
      transport: 'http',
      rule: { anyOf: [['admin:read', 'admin:write']], allOf: [], schemes: ['jwt'], isDecorated: true },
    });
  });

  it.each([true, false])(
    "gives the rules of this package's own endpoints, with globalGuard: %s",
    async (globalGuard) => {
      const { app, url } = await boot(platform, { auth: { globalGuard, requireAuth: false } });
      const routes = app.get(RouteAudit).routes();
      const open = routes.filter(({ access }) => access !== 'required');
      expect(open.map(({ method, path, access }) => `${access} ${method} ${path}`)).toEqual([
        'public POST /auth/refresh',
        'optional POST /auth/logout',
        'public GET /.well-known/jwks.json',
      ]);
      expect(routes.length - open.length).toBeGreaterThan(10);
      for (const { method, path, access } of routes) {
        if (access === 'required')
          expect([path, (await fetch(url + path.replace(':id', 'x'), { method })).status]).toEqual([
            path,
            401,
          ]);
      }
    },
  );

  it('requireAuth: false makes optional what no decorator speaks of', async () => {
    const { app, url } = await boot(platform, {
      controllers: [SessionsController, HealthController],
      auth: { requireAuth: false },
    });
    const table = tableOf(app);
    expect(table).toContain('optional GET /sessions SessionsController.list');
    expect(table).toContain('optional GET /healthx HealthController.healthx');
    expect(table).toContain('required POST /sessions SessionsController.create');
    expect(table).toContain('public GET /health HealthController.health');
    expect(await statusOf(`${url}/sessions`)).toBe(200);
  });

  it('knows prefixes, versions and paths of modules, and its paths are those that answer', async () => {
    @Controller({ path: 'things', version: ['1', '2'] })
    class ThingsController {
      @Get()
      @Public()
      both(): void {}

      @Get('new')
      @Version('3')
      @Public()
      third(): void {}
    }
    const { app, url } = await boot(platform, {
      controllers: [ThingsController, HealthController],
      auth: { endpoints: false },
      imports: [InnerModule, RouterModule.register([{ path: 'module', module: InnerModule }])],
      configure: (application) =>
        application
          .setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] })
          .enableVersioning({ type: VersioningType.URI }),
    });
    const routes = app.get(RouteAudit).routes();
    expect(tableOf(app)).toEqual([
      'public GET /api/v1/things ThingsController.both',
      'public GET /api/v2/things ThingsController.both',
      'public GET /api/v3/things/new ThingsController.third',
      'public GET /health HealthController.health',
      'required GET /api/healthx HealthController.healthx',
      'public GET /api/module/inner/a InnerController.a',
    ]);
    for (const { path, access } of routes)
      expect([path, await statusOf(url + path)]).toEqual([path, access === 'public' ? 200 : 401]);
  });

  it('calls public what no guard stands in front of', async () => {
    const logger = new RecordingLogger();
    const { app, url } = await boot(platform, {
      controllers: [LeftAloneController],
      auth: { globalGuard: false, endpoints: false },
      nest: { logger },
    });
    expect(tableOf(app)).toEqual([
      'public GET /left LeftAloneController.read',
      'required GET /left/guarded LeftAloneController.guarded',
    ]);
    expect(logger.messages('RouteAudit')).toEqual([
      '2 handlers: 1 need a credential, 0 take one, 1 are public: GET /left',
    ]);
    expect(await statusOf(`${url}/left`)).toBe(200);
    expect(await statusOf(`${url}/left/guarded`)).toBe(401);
  });
});
