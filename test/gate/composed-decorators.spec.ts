import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyDecorators, Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  RouteAuditError,
  TokenService,
  type PermissionGrant,
  type PermissionName,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf, type CallOptions } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

/** As applications write them: one decorator for what always goes together. */
const AdminController = (path: string): ClassDecorator =>
  applyDecorators(Controller(path), RequireAnyPermission('admin:read', 'admin:write'));
const ForPrograms = (...permissions: [PermissionName, ...PermissionName[]]) =>
  applyDecorators(AuthSchemes('api-key'), RequirePermissions(...permissions));
const Page = (path: string) => applyDecorators(Get(path), OptionalAuth());
const Probe = (path: string) => applyDecorators(Get(path), Public());
/** One composed decorator inside of another. */
const Sweep = (path: string) =>
  applyDecorators(Get(path), ForPrograms('memory:delete'), RequirePermissions('memory:list'));

const who = (user: UserIdentity | undefined): object => ({ user: user?.userId ?? null });

@AdminController('admin')
class ComposedAdminController {
  @Get('stats')
  stats(): string {
    return 'in';
  }

  @Get('memories')
  @ForPrograms('memory:list')
  memories(): string {
    return 'in';
  }
}

@Controller('open')
class ComposedOpenController {
  @Page('page')
  page(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Probe('probe')
  probe(@CurrentUser() user?: UserIdentity): object {
    return who(user);
  }

  @Sweep('sweep')
  sweep(): string {
    return 'in';
  }
}

@AdminController('contradicting')
class ContradictingController {
  @Probe('probe')
  probe(): void {}
}

/** Status for a token and for a key with these grants. */
const ROWS: readonly (readonly [
  path: string,
  grants: readonly PermissionGrant[],
  token: number,
  key: number,
])[] = [
  ['admin/stats', ['admin:write'], 200, 200],
  ['admin/stats', ['memory:list'], 403, 403],
  ['admin/memories', ['admin:read', 'memory:list'], 401, 200],
  ['admin/memories', ['admin:read'], 401, 403],
  ['admin/memories', ['memory:list'], 401, 403],
  ['open/sweep', ['memory:delete', 'memory:list'], 401, 200],
  ['open/sweep', ['memory:delete'], 401, 403],
  ['open/sweep', ['memory:list'], 401, 403],
];

describe.each(PLATFORMS)('decorators composed with applyDecorators on %s', (platform) => {
  let booted: Booted;

  beforeAll(async () => {
    booted = await boot(platform, { controllers: [ComposedAdminController, ComposedOpenController] });
  });
  afterAll(closeAll);

  const at = (path: string, options?: CallOptions) => call(`${booted.url}/${path}`, options);

  it.each(ROWS)('%s with %j: a token gets %i, a key %i', async (path, permissions, withToken, withKey) => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions });
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'bot', permissions });
    const url = `${booted.url}/${path}`;
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(url, { token })).toBe(withToken);
    expect(await statusOf(url, { apiKey: key })).toBe(withKey);
  });

  it('open what they are meant to open', async () => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(await at('open/page')).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('open/page', { token })).toMatchObject({ status: 200, body: { user: 'ada' } });
    expect(await at('open/page', { token: 'nonsense' })).toMatchObject({ status: 401 });
    expect(await at('open/probe', { token })).toMatchObject({ status: 200, body: { user: null } });
    expect(await at('open/probe', { token: 'nonsense' })).toMatchObject({ status: 200 });
  });

  it('contradict each other like plain ones', async () => {
    const error: unknown = await boot(platform, { controllers: [ContradictingController] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RouteAuditError);
    expect((error as RouteAuditError).problems).toEqual([
      'ContradictingController.probe: @Public() together with a permission requirement',
    ]);
  });
});
