import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, RequirePermissions } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { BuiltInPermission } from '../identity/permission.js';
import { UserIdentity } from '../identity/user-identity.js';
import { HolderManagement } from './holder.management.js';
import { PermissionManagement } from './permission.management.js';
import type { EffectivePermissions } from './permission.service.js';
import { HeldRoleParam, HolderParam } from './role.requests.js';

const { assign } = BuiltInPermission.role;

/** What users hold, over HTTP. Giving what somebody has, and naming it twice, changes nothing. */
@Controller()
@AuthSchemes('jwt')
export class HolderController {
  constructor(
    private readonly management: HolderManagement,
    private readonly permissions: PermissionManagement,
  ) {}

  /** What a user holds at this moment, with where each grant comes from. Of others: `role:read` or `user:read`. */
  @Get(':id/permissions')
  effective(
    @Param(new InputPipe(HolderParam)) { id }: HolderParam,
    @CurrentUser() caller: UserIdentity,
  ): Promise<EffectivePermissions> {
    return this.permissions.effective(id, caller);
  }

  @Put(':id/roles/:name')
  @RequirePermissions(assign)
  @HttpCode(204)
  assign(
    @Param(new InputPipe(HeldRoleParam)) params: HeldRoleParam,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.assign(params, caller, origin);
  }

  /** 404 for a role that the user does not have; 409 for that of the last administrator. */
  @Delete(':id/roles/:name')
  @RequirePermissions(assign)
  @HttpCode(204)
  unassign(
    @Param(new InputPipe(HeldRoleParam)) params: HeldRoleParam,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.unassign(params, caller, origin);
  }

  @Put(':id/grants/:permission')
  @RequirePermissions(assign)
  @HttpCode(204)
  grant(
    @Param() params: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.grant(params, caller, origin);
  }

  /** 404 for what was not granted to the user itself: what comes through a role goes with the role. */
  @Delete(':id/grants/:permission')
  @RequirePermissions(assign)
  @HttpCode(204)
  revokeGrant(
    @Param() params: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.revokeGrant(params, caller, origin);
  }
}
