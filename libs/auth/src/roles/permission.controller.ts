import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';

import { AuthSchemes } from '../guard/access.decorators.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { UserIdentity } from '../identity/user-identity.js';
import { PermissionManagement } from './permission.management.js';
import type { Explanation } from './permission.service.js';

/** The catalogue, and why somebody may do something. */
@Controller()
@AuthSchemes('jwt')
export class PermissionController {
  constructor(private readonly management: PermissionManagement) {}

  /** Every permission there is, by name. */
  @Get('permissions')
  catalogue(): { readonly permissions: readonly string[] } {
    return { permissions: this.management.catalogue() };
  }

  /** The caller, with the credential that they present; of others, with `role:read`, all that they hold. */
  @Post('explain')
  @HttpCode(200)
  explain(@Body() body: unknown, @CurrentUser() caller: UserIdentity): Promise<Explanation> {
    return this.management.explain(body, caller);
  }
}
