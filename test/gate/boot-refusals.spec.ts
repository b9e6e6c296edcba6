import { afterAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type Type } from '@nestjs/common';
import {
  AuthModule,
  AuthOptionsError,
  AuthSchemes,
  definePermissions,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  RouteAuditError,
  type AuthModuleOptions,
  type StaticOptions,
  type PermissionName,
} from 'nestjs-gatehouse';

import { boot, closeAll, PLATFORMS, type Platform } from '../support/platforms.js';

const unknown = (name: string) => name as PermissionName;

@Controller('mixed')
class MixedController {
  @Get('a')
  @Public()
  @RequirePermissions('session:read')
  publicWithPermission(): void {}

  @Get('b')
  @OptionalAuth()
  @RequireAnyPermission('session:read', 'session:list')
  optionalWithPermission(): void {}

  @Get('c')
  @Public()
  @OptionalAuth()
  publicAndOptional(): void {}

  @Get('d')
  @Public()
  @AuthSchemes('jwt')
  publicWithScheme(): void {}

  @Get('e')
  @RequirePermissions('session:read')
  fine(): void {}
}

@Public()
@Controller('open')
class OpenController {
  @Get('a')
  @RequirePermissions('session:read')
  demandsAllTheSame(): void {}

  @Get('b')
  fine(): void {}
}

@RequireAnyPermission('admin:read', 'admin:write')
@Controller('closed')
class ClosedController {
  @Get('a')
  @Public()
  opened(): void {}

  @Get('b')
  @OptionalAuth()
  half(): void {}

  @Get('c')
  fine(): void {}
}

@Controller('names')
class NamesController {
  @Get('a')
  @RequirePermissions(unknown('sesion:read'))
  typo(): void {}

  @Get('b')
  @RequireAnyPermission('session:read', unknown('session:raed'))
  typoInAny(): void {}

  @Get('c')
  @RequirePermissions(unknown('session:*'))
  wildcard(): void {}

  @Get('d')
  @RequirePermissions(unknown('session'))
  shapeless(): void {}

  @Get('e')
  @RequirePermissions(unknown('__proto__:toString'))
  prototype(): void {}

  @Get('f')
  @RequirePermissions('session:read', 'admin:write')
  fine(): void {}
}

@RequirePermissions(unknown('nothing:known'))
@Controller('names-of-class')
class ClassNamesController {
  @Get()
  read(): void {}
}

@Controller('schemes')
class SchemesController {
  @Get('a')
  @AuthSchemes('api-key')
  keys(): void {}

  @Get('b')
  @AuthSchemes('cookie' as 'jwt', 'jwt')
  cookies(): void {}
}

const permissions = definePermissions({ session: ['read', 'list'], admin: ['read', 'write'] });

async function problemsOf(
  platform: Platform,
  controllers: Type[],
  auth: AuthModuleOptions & StaticOptions = {},
): Promise<readonly string[]> {
  const error: unknown = await boot(platform, { controllers, auth }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RouteAuditError);
  const { problems, message } = error as RouteAuditError;
  for (const problem of problems) expect(message).toContain(problem);
  return problems;
}

describe.each(PLATFORMS)('the boot stops on %s', (platform) => {
  afterAll(closeAll);

  it('over contradictions, all of them at once, each with class and method', async () => {
    expect(await problemsOf(platform, [MixedController, OpenController, ClosedController])).toEqual([
      'MixedController.publicWithPermission: @Public() together with a permission requirement',
      'MixedController.optionalWithPermission: @OptionalAuth() together with a permission requirement',
      'MixedController.publicAndOptional: @Public() together with @OptionalAuth()',
      'MixedController.publicWithScheme: @Public() together with @AuthSchemes()',
      'OpenController.demandsAllTheSame: @Public() together with a permission requirement',
      'ClosedController.opened: @Public() together with a permission requirement',
      'ClosedController.half: @OptionalAuth() together with a permission requirement',
    ]);
  });

  it('over permissions that no catalogue knows', async () => {
    expect(await problemsOf(platform, [NamesController, ClassNamesController], { permissions })).toEqual([
      'NamesController.typo: the permission "sesion:read" is in no catalogue',
      'NamesController.typoInAny: the permission "session:raed" is in no catalogue',
      'NamesController.wildcard: "session:*" is not of the form resource:action',
      'NamesController.shapeless: "session" is not of the form resource:action',
      'NamesController.prototype: "__proto__:toString" is not of the form resource:action',
      'ClassNamesController.read: the permission "nothing:known" is in no catalogue',
    ]);
  });

  it('over what is no permission, without a catalogue too', async () => {
    expect(await problemsOf(platform, [NamesController])).toEqual([
      'NamesController.wildcard: "session:*" is not of the form resource:action',
      'NamesController.shapeless: "session" is not of the form resource:action',
      'NamesController.prototype: "__proto__:toString" is not of the form resource:action',
    ]);
  });

  it('over schemes that are unknown or switched off', async () => {
    expect(await problemsOf(platform, [SchemesController], { apiKeys: false })).toEqual([
      'SchemesController.keys: the scheme "api-key" is unknown or switched off',
      'SchemesController.cookies: the scheme "cookie" is unknown or switched off',
    ]);
  });

  it('over access decorators that no guard reads', async () => {
    const problems = await problemsOf(platform, [ClosedFineController], { globalGuard: false });
    expect(problems).toEqual([
      'ClosedFineController.read: it has access decorators, but no guard: ' +
        'add @UseGuards(AuthGuard), or leave globalGuard on',
    ]);
  });

  it('over options, before any handler is looked at', async () => {
    const auth = { surprise: true, stores: { sessions: {} } } as unknown as AuthModuleOptions;
    const error: unknown = await boot(platform, { auth }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthOptionsError);
  });

  it('and not over anything else', async () => {
    const { app } = await boot(platform, { controllers: [FineController], auth: { permissions } });
    expect(app.get(AuthModule)).toBeDefined();
  });
});

@RequirePermissions('session:read')
@Controller('closed')
class ClosedFineController {
  @Get()
  read(): void {}

  undecorated(): void {}
}

@Controller('fine')
class FineController {
  @Get('a')
  @RequirePermissions('session:read')
  @RequireAnyPermission('admin:read', 'admin:write')
  @AuthSchemes('jwt', 'api-key')
  demanding(): void {}

  @Get('b')
  @OptionalAuth()
  @AuthSchemes('api-key')
  optional(): void {}

  @Get('c')
  @Public()
  open(): void {}

  @Get('d')
  plain(): void {}
}
