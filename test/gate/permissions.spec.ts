import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyDecorators, Controller, Get } from '@nestjs/common';
import {
  RequireAnyPermission,
  RequirePermissions,
  TokenService,
  type PermissionGrant,
  type PermissionName,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

/** A decorator as applications compose them. */
const Audited = (...permissions: [PermissionName, ...PermissionName[]]) =>
  applyDecorators(Get('audited'), RequirePermissions(...permissions), RequirePermissions('memory:delete'));

@RequirePermissions('session:read')
@Controller('sessions')
class SessionsController {
  @Get('read')
  read(): string {
    return 'in';
  }

  @Get('create')
  @RequirePermissions('session:create')
  create(): string {
    return 'in';
  }

  @Get('any')
  @RequireAnyPermission('admin:read', 'admin:write')
  any(): string {
    return 'in';
  }

  @Get('any-twice')
  @RequireAnyPermission('admin:read', 'admin:write')
  @RequireAnyPermission('memory:read', 'memory:list')
  anyTwice(): string {
    return 'in';
  }

  @Audited('session:create')
  audited(): string {
    return 'in';
  }
}

@RequireAnyPermission('admin:read', 'admin:write')
@Controller('admin')
class AdminController {
  @Get('read')
  read(): string {
    return 'in';
  }

  @Get('users')
  @RequireAnyPermission('memory:create', 'memory:update')
  users(): string {
    return 'in';
  }
}

type Row = readonly [path: string, grants: readonly string[], missing: string | undefined];

const ROWS: readonly Row[] = [
  ['sessions/read', ['session:read'], undefined],
  ['sessions/read', [], 'session:read'],
  ['sessions/read', ['session:create'], 'session:read'],
  // class and method add up
  ['sessions/create', ['session:create', 'session:read'], undefined],
  ['sessions/create', ['session:create'], 'session:read'],
  ['sessions/create', ['session:read'], 'session:create'],
  ['sessions/create', [], 'session:read session:create'],
  // one of several
  ['sessions/any', ['session:read', 'admin:read'], undefined],
  ['sessions/any', ['session:read', 'admin:write'], undefined],
  ['sessions/any', ['session:read'], 'admin:read admin:write'],
  ['sessions/any', ['admin:read'], 'session:read'],
  ['sessions/any-twice', ['session:read', 'admin:write', 'memory:list'], undefined],
  ['sessions/any-twice', ['session:read', 'admin:write'], 'memory:read memory:list'],
  ['sessions/any-twice', ['session:read', 'memory:list'], 'admin:read admin:write'],
  ['admin/read', ['admin:write'], undefined],
  ['admin/read', ['memory:update'], 'admin:read admin:write'],
  ['admin/users', ['admin:read', 'memory:update'], undefined],
  ['admin/users', ['admin:read'], 'memory:create memory:update'],
  ['admin/users', ['memory:create'], 'admin:read admin:write'],
  // composed with applyDecorators, a decorator twice in it
  ['sessions/audited', ['session:read', 'session:create', 'memory:delete'], undefined],
  ['sessions/audited', ['session:read', 'session:create'], 'memory:delete'],
  ['sessions/audited', ['session:read', 'memory:delete'], 'session:create'],
  ['sessions/audited', ['session:create', 'memory:delete'], 'session:read'],
  // whole segments
  ['sessions/create', ['session:*'], undefined],
  ['sessions/create', ['*'], undefined],
  ['sessions/any-twice', ['*'], undefined],
  ['sessions/audited', ['session:*'], 'memory:delete'],
  ['sessions/read', ['sessions:*'], 'session:read'],
  ['sessions/read', ['session:rea'], 'session:read'],
  ['sessions/read', ['session:readall'], 'session:read'],
  ['sessions/read', ['session:READ'], 'session:read'],
  ['sessions/read', ['sess:*'], 'session:read'],
  ['sessions/read', ['session.x:*'], 'session:read'],
  ['sessions/read', ['admin:*'], 'session:read'],
];

describe.each(PLATFORMS)('permissions on %s', (platform) => {
  let booted: Booted;

  beforeAll(async () => {
    booted = await boot(platform, { controllers: [SessionsController, AdminController] });
  });
  afterAll(closeAll);

  it.each(ROWS)('%s with %j lacks %s', async (path, grants, missing) => {
    const permissions = grants as PermissionGrant[];
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions });
    // Twice: the second time the identity is remembered.
    for (let i = 0; i < 2; i += 1) {
      const answer = await call(`${booted.url}/${path}`, { token });
      if (missing === undefined) {
        expect(answer).toMatchObject({ status: 200, body: 'in' });
      } else {
        expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
        expect(answer.headers.get('www-authenticate')).toContain(`scope="${missing}"`);
      }
    }
  });

  it('is 401 without a credential, and never 403', async () => {
    for (const path of new Set(ROWS.map(([one]) => one)))
      expect(await call(`${booted.url}/${path}`)).toMatchObject({
        status: 401,
        body: { code: 'credentials_missing' },
      });
  });
});
