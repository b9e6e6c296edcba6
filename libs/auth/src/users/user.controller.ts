import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, RequirePermissions } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import { InvitationManagement } from './invitation.management.js';
import { UserManagement } from './user.management.js';
import { UserPageQuery, type UserPage } from './user.requests.js';
import type { User } from './user.view.js';

/** Users over HTTP, for those who look after them. An API key cannot manage users. */
@Controller()
@AuthSchemes('jwt')
export class UserController {
  constructor(
    private readonly management: UserManagement,
    private readonly invitations: InvitationManagement,
  ) {}

  @Get('users')
  @RequirePermissions('user:read')
  list(
    @Query(new InputPipe(UserPageQuery)) query: UserPageQuery,
    @CurrentUser() caller: UserIdentity,
  ): Promise<UserPage> {
    return this.management.list(query, caller);
  }

  /** Makes a user without a password, and sends no mail. */
  @Post('users')
  @RequirePermissions('user:create')
  create(
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<User> {
    return this.management.create(body, caller, origin);
  }

  @Get('users/:id')
  @RequirePermissions('user:read')
  get(@Param('id') userId: string, @CurrentUser() caller: UserIdentity): Promise<User> {
    return this.management.get(userId, caller);
  }

  @Patch('users/:id')
  @RequirePermissions('user:update')
  update(
    @Param('id') userId: string,
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<User> {
    return this.management.update(userId, body, caller, origin);
  }

  @Delete('users/:id')
  @RequirePermissions('user:delete')
  @HttpCode(204)
  remove(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.remove(userId, caller, origin);
  }

  @Post('users/:id/disable')
  @RequirePermissions('user:update')
  @HttpCode(200)
  disable(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<User> {
    return this.management.disable(userId, caller, origin);
  }

  @Post('users/:id/enable')
  @RequirePermissions('user:update')
  @HttpCode(200)
  enable(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<User> {
    return this.management.enable(userId, caller, origin);
  }

  /** Ends every session of the user. */
  @Post('users/:id/logout')
  @RequirePermissions('user:update')
  @HttpCode(204)
  logOut(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.logOut(userId, caller, origin);
  }

  /** Asks the user by mail for a new password. Whoever calls this gets to know neither the token nor the password. */
  @Post('users/:id/password-reset')
  @RequirePermissions('user:update')
  @HttpCode(202)
  resetPassword(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.resetPassword(userId, caller, origin);
  }

  /** Makes a user, with roles, and asks them by mail for a password. */
  @Post('invitations')
  @RequirePermissions('user:create')
  invite(
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<User> {
    return this.invitations.invite(body, caller, origin);
  }

  /** Sends the mail again. */
  @Post('users/:id/invitation')
  @RequirePermissions('user:create')
  @HttpCode(202)
  sendInvitation(
    @Param('id') userId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.invitations.send(userId, caller, origin);
  }
}
