import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards, type CanActivate } from '@nestjs/common';
import {
  AuthGuard,
  AuthModule,
  CurrentUser,
  OptionalAuth,
  Public,
  RequirePermissions,
  UserIdentity,
} from 'nestjs-gatehouse';
import { guardAs } from 'nestjs-gatehouse/testing';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Platform } from '../support/platforms.js';

const who = (user: UserIdentity | undefined): object => ({ user: user?.userId ?? null });

@Controller()
class DoorController {
  @Get('open')
  open(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Get('read')
  @RequirePermissions('session:read')
  read(@CurrentUser() user?: UserIdentity): object {
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

  @Get('guarded')
  @UseGuards(AuthGuard)
  guarded(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }
}

/** What a user's test imports: the whole application. */
@Module({ imports: [AuthModule.forRoot({ jwt: { secret: SECRET } })], controllers: [DoorController] })
class AppModule {}

const bootWith = async (platform: Platform, guard: CanActivate) => {
  const { url } = await boot(platform, {
    authModule: { module: AppModule },
    override: (builder) => builder.overrideProvider(AuthGuard).useValue(guard),
  });
  return (path: string, options?: { token: string }) => call(`${url}/${path}`, options);
};

describe.each(PLATFORMS)("overrideProvider(AuthGuard) in a user's test on %s", (platform) => {
  afterEach(closeAll);

  it('without it, the gate is shut', async () => {
    const { url } = await boot(platform, { authModule: { module: AppModule } });
    for (const path of ['open', 'read', 'guarded'])
      expect(await call(`${url}/${path}`)).toMatchObject({ status: 401 });
  });

  it('takes any guard in its place', async () => {
    const at = await bootWith(platform, { canActivate: () => true });
    for (const path of ['open', 'read', 'optional', 'public'])
      expect(await at(path)).toMatchObject({ status: 200, body: { user: null } });
    const shut = await bootWith(platform, { canActivate: () => false });
    expect(await shut('public')).toMatchObject({ status: 403 });
  });

  it('with guardAs: every call comes from one caller, and permissions count', async () => {
    const at = await bootWith(platform, guardAs({ userId: 'ada', permissions: ['session:*'] }));
    for (const path of ['open', 'read', 'optional'])
      expect(await at(path)).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await at('public')).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('open', { token: 'nonsense' })).toMatchObject({ status: 200 });

    const lacking = await bootWith(
      platform,
      guardAs(new UserIdentity({ userId: 'bob', credentialId: 'none', permissions: ['memory:*'] })),
    );
    expect(await lacking('read')).toMatchObject({ status: 403 });
    expect(await lacking('open')).toMatchObject({ status: 200, body: { user: 'bob' } });
  });
});
