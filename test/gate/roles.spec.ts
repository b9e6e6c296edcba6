import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { applyDecorators, Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  AuthGuard,
  AuthSchemes,
  OptionalAuth,
  Public,
  RequireAnyRole,
  RequirePermissions,
  RequireRoles,
  RouteAudit,
  TokenService,
  type PermissionGrant,
} from 'nestjs-gatehouse';
import { guardAs } from 'nestjs-gatehouse/testing';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** A decorator as applications compose them. */
const Reviewed = () => applyDecorators(Get('reviewed'), RequireRoles('reviewer'), RequireRoles('lawyer'));

@RequireRoles('editor')
@Controller('texts')
class TextsController {
  @Get('read')
  read(): string {
    return 'in';
  }

  @Get('both')
  @RequireRoles('reviewer')
  both(): string {
    return 'in';
  }

  @Get('several')
  @RequireRoles('reviewer', 'lawyer')
  several(): string {
    return 'in';
  }

  @Get('any')
  @RequireAnyRole('reviewer', 'lawyer')
  any(): string {
    return 'in';
  }

  @Get('any-twice')
  @RequireAnyRole('reviewer', 'lawyer')
  @RequireAnyRole('printer', 'publisher')
  anyTwice(): string {
    return 'in';
  }

  @Reviewed()
  reviewed(): string {
    return 'in';
  }

  @Get('permitted')
  @RequirePermissions('session:read')
  permitted(): string {
    return 'in';
  }
}

@Controller('free')
class FreeController {
  @Get()
  @RequireRoles('editor')
  read(): string {
    return 'in';
  }
}

type Row = readonly [path: string, roles: readonly string[], status: number];

const ROWS: readonly Row[] = [
  ['texts/read', ['editor'], 200],
  ['texts/read', ['reader', 'editor'], 200],
  ['texts/read', [], 403],
  ['texts/read', ['reviewer'], 403],
  // class and method add up
  ['texts/both', ['editor', 'reviewer'], 200],
  ['texts/both', ['editor'], 403],
  ['texts/both', ['reviewer'], 403],
  // every one of several
  ['texts/several', ['editor', 'reviewer', 'lawyer'], 200],
  ['texts/several', ['editor', 'reviewer'], 403],
  ['texts/several', ['editor', 'lawyer'], 403],
  // one of several
  ['texts/any', ['editor', 'reviewer'], 200],
  ['texts/any', ['editor', 'lawyer'], 200],
  ['texts/any', ['editor'], 403],
  ['texts/any', ['lawyer'], 403],
  ['texts/any-twice', ['editor', 'reviewer', 'publisher'], 200],
  ['texts/any-twice', ['editor', 'reviewer', 'lawyer'], 403],
  ['texts/any-twice', ['editor', 'printer', 'publisher'], 403],
  // composed with applyDecorators, a decorator twice in it
  ['texts/reviewed', ['editor', 'reviewer', 'lawyer'], 200],
  ['texts/reviewed', ['editor', 'reviewer'], 403],
  ['texts/reviewed', ['editor', 'lawyer'], 403],
  // whole names; there are no wildcards
  ['texts/read', ['Editor'], 403],
  ['texts/read', ['editors'], 403],
  ['texts/read', ['edit'], 403],
  ['texts/read', ['*'], 403],
];

describe.each(PLATFORMS)('roles on %s', (platform) => {
  describe('of a caller', () => {
    let booted: Booted;
    beforeAll(async () => {
      booted = await boot(platform, { controllers: [TextsController, FreeController] });
    });
    afterAll(closeAll);

    const tokenOf = (roles: readonly string[], permissions: PermissionGrant[] = []): string =>
      booted.app.get(TokenService).createAccessToken({ userId: 'ada', roles, permissions });

    it.each(ROWS)('%s with %j is %i', async (path, roles, status) => {
      const token = tokenOf(roles);
      // Twice: the second time the identity is remembered.
      for (let i = 0; i < 2; i += 1) expect(await statusOf(`${booted.url}/${path}`, { token })).toBe(status);
    });

    it('that lack are insufficient scope without a scope: no scope would help (RFC 6750 section 3.1)', async () => {
      const answer = await call(`${booted.url}/texts/read`, { token: tokenOf([], ['*']) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="api", error="insufficient_scope", ApiKey realm="api"',
      );
    });

    it('are asked for beside permissions', async () => {
      const url = `${booted.url}/texts/permitted`;
      expect(await statusOf(url, { token: tokenOf(['editor'], ['session:read']) })).toBe(200);
      expect(await statusOf(url, { token: tokenOf(['editor']) })).toBe(403);
      expect(await statusOf(url, { token: tokenOf([], ['session:read']) })).toBe(403);
    });

    it('are not those of an API key, whatever it grants', async () => {
      const { key } = await booted.app
        .get(ApiKeyService)
        .create({ name: 'ci', userId: 'ada', permissions: ['*'], metadata: { roles: ['editor'] } });
      expect(await call(`${booted.url}/texts/read`, { apiKey: key })).toMatchObject({
        status: 403,
        body: { code: 'permission_denied' },
      });
    });

    it('are asked for once it is known who calls: 401 without a credential', async () => {
      for (const path of new Set(ROWS.map(([one]) => one)))
        expect(await statusOf(`${booted.url}/${path}`)).toBe(401);
    });
  });

  describe('at boot', () => {
    afterEach(closeAll);

    it('need an identity although requireAuth is off and the path is an exception', async () => {
      const auth = { requireAuth: false, requireAuthExceptions: ['/free'] };
      const { url } = await boot(platform, { controllers: [FreeController], auth });
      expect(await statusOf(`${url}/free`)).toBe(401);
    });

    it('are in the table and in the log of the route audit, with how many handlers ask for them', async () => {
      const logger = new RecordingLogger();
      const { app } = await boot(platform, {
        controllers: [TextsController],
        auth: { endpoints: false },
        nest: { logger },
      });
      expect(logger.messages('RouteAudit')).toEqual([
        '7 handlers: 7 need a credential, 0 take one, 0 are public',
        'Roles that handlers ask for: editor (7), reviewer (5), lawyer (4), printer (1), publisher (1)',
      ]);
      const rules = Object.fromEntries(
        app
          .get(RouteAudit)
          .routes()
          .map(({ handler, rule }) => [handler, [rule.allRoles, rule.anyRoles]]),
      );
      expect(rules).toMatchObject({
        'TextsController.read': [['editor'], []],
        'TextsController.several': [['editor', 'reviewer', 'lawyer'], []],
        'TextsController.any': [['editor'], [['reviewer', 'lawyer']]],
      });
    });

    it('stop it together with what needs no caller or takes keys alone, or without a name', async () => {
      @Controller()
      class WrongController {
        @Get('a')
        @Public()
        @RequireRoles('editor')
        open(): void {}

        @Get('b')
        @OptionalAuth()
        @RequireAnyRole('editor', 'reviewer')
        optional(): void {}

        @Get('c')
        @AuthSchemes('api-key')
        @RequireRoles('editor')
        machine(): void {}

        @Get('d')
        @RequireRoles('editor', ' ')
        unnamed(): void {}

        @Get('e')
        @RequireAnyRole(['editor'] as never)
        list(): void {}
      }
      await expect(boot(platform, { controllers: [WrongController] })).rejects.toMatchObject({
        problems: [
          'WrongController.open: @Public() together with a role requirement',
          'WrongController.optional: @OptionalAuth() together with a role requirement',
          "WrongController.machine: @AuthSchemes('api-key') together with a role requirement: API keys carry no roles",
          'WrongController.unnamed: " " is not the name of a role',
          'WrongController.list: ["editor"] is not the name of a role',
        ],
      });
    });

    it('are asked for by the guard of tests, too', async () => {
      for (const [roles, status] of [
        [['editor'], 200],
        [[], 403],
      ] as const) {
        const { url } = await boot(platform, {
          controllers: [TextsController],
          override: (builder) =>
            builder.overrideProvider(AuthGuard).useValue(guardAs({ userId: 'ada', roles })),
        });
        expect(await statusOf(`${url}/texts/read`)).toBe(status);
      }
    });
  });
});
