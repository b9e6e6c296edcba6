import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, RequirePermissions } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { BuiltInPermission } from '../identity/permission.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { Role, RolePage } from './role.finder.js';
import { RoleManagement } from './role.management.js';
import { RoleListQuery, RoleNameParam, RolePlaceQuery } from './role.requests.js';

const { create, read, update, delete: remove } = BuiltInPermission.role;

/** Roles over HTTP. A key cannot manage roles: what it gives would outlive its own expiry. */
@Controller()
@AuthSchemes('jwt')
export class RoleController {
  constructor(private readonly management: RoleManagement) {}

  /** Makes a role for the caller's organisation; by a caller without one, for all or for `?orgId=`. */
  @Post()
  @RequirePermissions(create)
  create(
    @Body() body: unknown,
    @Query(new InputPipe(RolePlaceQuery)) { orgId }: RolePlaceQuery,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<Role> {
    return this.management.create(body, orgId, caller, origin);
  }

  /** In pages of 100 at most: roles that are not stored first, then by name. */
  @Get()
  @RequirePermissions(read)
  list(
    @Query(new InputPipe(RoleListQuery)) query: RoleListQuery,
    @CurrentUser() caller: UserIdentity,
  ): Promise<RolePage> {
    return this.management.list(query, caller);
  }

  @Get(':name')
  @RequirePermissions(read)
  get(
    @Param(new InputPipe(RoleNameParam)) { name }: RoleNameParam,
    @Query(new InputPipe(RolePlaceQuery)) { orgId }: RolePlaceQuery,
    @CurrentUser() caller: UserIdentity,
  ): Promise<Role> {
    return this.management.get(name, orgId, caller);
  }

  /** What changes counts at once for everybody who has the role. */
  @Patch(':name')
  @RequirePermissions(update)
  update(
    @Param(new InputPipe(RoleNameParam)) { name }: RoleNameParam,
    @Body() body: unknown,
    @Query(new InputPipe(RolePlaceQuery)) { orgId }: RolePlaceQuery,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<Role> {
    return this.management.update(name, body, orgId, caller, origin);
  }

  /** Takes it from everybody who has it. 409 while another role inherits from it. */
  @Delete(':name')
  @RequirePermissions(remove)
  @HttpCode(204)
  remove(
    @Param(new InputPipe(RoleNameParam)) { name }: RoleNameParam,
    @Query(new InputPipe(RolePlaceQuery)) { orgId }: RolePlaceQuery,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.remove(name, orgId, caller, origin);
  }
}
