import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, UseGuards, type ExecutionContext } from '@nestjs/common';
import {
  AuthGuard,
  CurrentUser,
  OptionalAuth,
  Public,
  RequirePermissions,
  RouteAudit,
  RouteAuditError,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

const who = (user: UserIdentity | undefined): object => ({ user: user?.userId ?? null });

@Controller('left')
class LeftAloneController {
  @Get()
  read(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('guarded')
  @UseGuards(AuthGuard)
  guarded(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

@UseGuards(AuthGuard)
@Controller('guarded')
class GuardedController {
  @Get()
  read(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('permitted')
  @RequirePermissions('session:read')
  permitted(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('optional')
  @OptionalAuth()
  optional(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('public')
  @Public()
  public(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

const seen: string[] = [];

/** A guard that an application derives; it notes what it was asked for. */
@Injectable()
class CountingGuard extends AuthGuard {
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    seen.push(context.getHandler().name);
    return super.canActivate(context);
  }
}

@UseGuards(CountingGuard)
@RequirePermissions('session:read')
@Controller('derived')
class DerivedController {
  @Get()
  derived(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

/** A module of the application that imports nothing of the gate: it is global. */
@Module({ controllers: [GuardedController, DerivedController] })
class FeatureModule {}

@Controller('unguarded')
class UnguardedController {
  @Get('a')
  @RequirePermissions('session:read')
  permitted(): void {}

  @Get('b')
  @UseGuards(AuthGuard)
  @RequirePermissions('session:read')
  guarded(): void {}

  @Get('c')
  @OptionalAuth()
  optional(): void {}

  @Get('d')
  @Public()
  open(): void {}

  @Get('e')
  plain(): void {}
}

describe.each(PLATFORMS)('a manual guard on %s', (platform) => {
  afterEach(closeAll);

  const bootManual = async () => {
    const booted = await boot(platform, {
      controllers: [LeftAloneController],
      imports: [FeatureModule],
      auth: { globalGuard: false },
    });
    const tokens = booted.app.get(TokenService);
    return {
      ...booted,
      at: (path: string, token?: string) => call(`${booted.url}/${path}`, { token }),
      reader: tokens.createAccessToken({ userId: 'ada', permissions: ['session:read'] }),
      nobody: tokens.createAccessToken({ userId: 'bob' }),
    };
  };

  it('stands where it was put, and nowhere else', async () => {
    const { at, reader } = await bootManual();
    expect(await at('left')).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('left', reader)).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('left', 'nonsense')).toMatchObject({ status: 200 });
    expect(await at('left/guarded')).toMatchObject({ status: 401, body: { code: 'credentials_missing' } });
    expect(await at('left/guarded', reader)).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await at('guarded')).toMatchObject({ status: 401 });
    expect(await at('guarded', reader)).toMatchObject({ status: 200, body: { user: 'ada' } });
  });

  it('obeys the same rules', async () => {
    const { at, reader, nobody } = await bootManual();
    expect(await at('guarded/permitted')).toMatchObject({ status: 401 });
    expect(await at('guarded/permitted', nobody)).toMatchObject({ status: 403 });
    expect(await at('guarded/permitted', reader)).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await at('guarded/optional')).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('guarded/optional', reader)).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await at('guarded/optional', 'nonsense')).toMatchObject({ status: 401 });
    expect(await at('guarded/public', 'nonsense')).toMatchObject({ status: 200, body: { user: null } });
  });

  it('may be a class of its own', async () => {
    const { at, reader, nobody } = await bootManual();
    seen.length = 0;
    expect(await at('derived')).toMatchObject({ status: 401 });
    expect(await at('derived', nobody)).toMatchObject({ status: 403 });
    expect(await at('derived', reader)).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(seen).toEqual(['derived', 'derived', 'derived']);
  });

  it('decorators that no guard reads stop the boot, one by one', async () => {
    const controllers = [UnguardedController];
    const error: unknown = await boot(platform, { controllers, auth: { globalGuard: false } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RouteAuditError);
    const why = 'it has access decorators, but no guard: add @UseGuards(AuthGuard), or leave globalGuard on';
    expect((error as RouteAuditError).problems).toEqual([
      `UnguardedController.permitted: ${why}`,
      `UnguardedController.optional: ${why}`,
    ]);
  });

  it('may be put in front of everything by the application', async () => {
    const { app, url } = await boot(platform, {
      controllers: [UnguardedController],
      auth: { globalGuard: false, endpoints: false },
      configure: (application) => application.useGlobalGuards(application.get(AuthGuard)),
    });
    expect(app.get(RouteAudit).routes()).toHaveLength(5);
    expect(await call(`${url}/unguarded/a`)).toMatchObject({ status: 401 });
    expect(await call(`${url}/unguarded/e`)).toMatchObject({ status: 401 });
    expect(await call(`${url}/unguarded/d`)).toMatchObject({ status: 200 });
  });
});
