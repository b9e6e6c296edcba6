import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Public, RequirePermissions, RouteAudit, TokenService, type PermissionGrant } from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

/** What the controllers of resources have in common. */
@RequirePermissions('session:read')
abstract class ResourceController {
  @Get('inherited')
  inherited(): string {
    return 'in';
  }

  @Get('demanding')
  @RequirePermissions('session:update')
  demanding(): string {
    return 'in';
  }

  @Get('overridden')
  @RequirePermissions('session:update')
  overridden(): string {
    return 'in';
  }

  @Get('hidden')
  hidden(): string {
    return 'in';
  }
}

/** Nothing of its own: the class's rule and the methods' come from above. */
@Controller('plain')
class PlainController extends ResourceController {}

/** A rule of its own adds up with the one from above; a method that is declared anew has its own demands only. */
@RequirePermissions('memory:read')
@Controller('adding')
class AddingController extends ResourceController {
  @Get('overridden')
  @RequirePermissions('session:delete')
  override overridden(): string {
    return 'in';
  }

  /** Without `@Get()` it is no route any more. */
  override hidden(): string {
    return 'in';
  }
}

/** Says nothing, and its child opens itself. */
abstract class SilentController {
  @Get('inherited')
  inherited(): string {
    return 'in';
  }
}

@Controller('closed')
class ClosedController extends SilentController {}

@Public()
@Controller('open')
class OpenController extends SilentController {}

/** The same handler, and other demands than in its siblings. */
@RequirePermissions('admin:read')
@Controller('admin')
class AdminController extends SilentController {}

/** A mixin: a class for each resource. */
function Readable(resource: 'session' | 'memory') {
  @RequirePermissions(`${resource}:read`)
  abstract class ReadableController {
    @Get()
    read(): string {
      return 'in';
    }
  }
  return ReadableController;
}

@Controller('mixed-sessions')
class MixedSessionsController extends Readable('session') {}

@Controller('mixed-memories')
class MixedMemoriesController extends Readable('memory') {}

const ROWS: readonly (readonly [path: string, grants: readonly PermissionGrant[], status: number])[] = [
  ['plain/inherited', ['session:read'], 200],
  ['plain/inherited', [], 403],
  ['plain/demanding', ['session:read', 'session:update'], 200],
  ['plain/demanding', ['session:read'], 403],
  ['plain/demanding', ['session:update'], 403],
  ['adding/inherited', ['session:read', 'memory:read'], 200],
  ['adding/inherited', ['session:read'], 403],
  ['adding/inherited', ['memory:read'], 403],
  ['adding/demanding', ['session:read', 'memory:read', 'session:update'], 200],
  ['adding/demanding', ['session:read', 'memory:read'], 403],
  ['adding/overridden', ['session:read', 'memory:read', 'session:delete'], 200],
  ['adding/overridden', ['session:read', 'memory:read', 'session:update'], 403],
  ['adding/overridden', ['session:read', 'session:delete'], 403],
  ['adding/hidden', ['*'], 404],
  ['closed/inherited', [], 200],
  ['admin/inherited', ['admin:read'], 200],
  ['admin/inherited', ['session:read'], 403],
  ['mixed-sessions', ['session:read'], 200],
  ['mixed-sessions', ['memory:read'], 403],
  ['mixed-memories', ['memory:read'], 200],
  ['mixed-memories', ['session:read'], 403],
];

describe.each(PLATFORMS)('inheritance of controllers on %s', (platform) => {
  let booted: Booted;

  beforeAll(async () => {
    booted = await boot(platform, {
      controllers: [
        PlainController,
        AddingController,
        ClosedController,
        OpenController,
        AdminController,
        MixedSessionsController,
        MixedMemoriesController,
      ],
    });
  });
  afterAll(closeAll);

  it.each(ROWS)('%s with %j is %i', async (path, permissions, status) => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions });
    expect(await statusOf(`${booted.url}/${path}`, { token })).toBe(status);
  });

  it('needs a credential everywhere but where the child says otherwise', async () => {
    for (const path of new Set(ROWS.map(([one]) => one)))
      expect(await statusOf(`${booted.url}/${path}`)).toBe(path === 'adding/hidden' ? 404 : 401);
    expect(await statusOf(`${booted.url}/open/inherited`)).toBe(200);
  });

  it('the audit lists inherited handlers under the class that inherits them', () => {
    const routes = booted.app.get(RouteAudit).routes();
    const found = routes.map(({ path, handler, access, rule }) => [path, handler, access, rule.allOf]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['/plain/inherited', 'PlainController.inherited', 'required', ['session:read']],
        ['/adding/overridden', 'AddingController.overridden', 'required', expect.anything()],
        ['/closed/inherited', 'ClosedController.inherited', 'required', []],
        ['/open/inherited', 'OpenController.inherited', 'public', []],
      ]),
    );
    expect(found.some(([path]) => path === '/adding/hidden')).toBe(false);
  });
});
