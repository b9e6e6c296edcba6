import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, RequirePermissions } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { BuiltInPermission } from '../identity/permission.js';
import { UserIdentity } from '../identity/user-identity.js';
import { ClientManagement } from './client.management.js';
import { ClientPageQuery, type ClientPage } from './client.requests.js';
import type { NewClient } from './client.service.js';
import type { Client } from './client.view.js';

const { create, read, update, delete: remove } = BuiltInPermission.client;

/** Services over HTTP. A key cannot manage them: what it makes would outlive its own expiry. */
@Controller()
@AuthSchemes('jwt')
export class ClientController {
  constructor(private readonly management: ClientManagement) {}

  /** Makes a service. The answer is the only place where its secret can ever be seen. */
  @Post()
  @RequirePermissions(create)
  @Header('Cache-Control', 'no-store')
  create(
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<NewClient> {
    return this.management.create(body, caller, origin);
  }

  @Get()
  @RequirePermissions(read)
  list(
    @Query(new InputPipe(ClientPageQuery)) query: ClientPageQuery,
    @CurrentUser() caller: UserIdentity,
  ): Promise<ClientPage> {
    return this.management.list(query, caller);
  }

  @Get(':id')
  @RequirePermissions(read)
  get(@Param('id') clientId: string, @CurrentUser() caller: UserIdentity): Promise<Client> {
    return this.management.get(clientId, caller);
  }

  /** What changes counts at once for the tokens that are out. */
  @Patch(':id')
  @RequirePermissions(update)
  update(
    @Param('id') clientId: string,
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<Client> {
    return this.management.update(clientId, body, caller, origin);
  }

  @Delete(':id')
  @RequirePermissions(remove)
  @HttpCode(204)
  remove(
    @Param('id') clientId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.management.remove(clientId, caller, origin);
  }

  /** Another secret; those before it are good for the overlap. */
  @Post(':id/secret')
  @RequirePermissions(update)
  @Header('Cache-Control', 'no-store')
  rotateSecret(
    @Param('id') clientId: string,
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<NewClient> {
    return this.management.rotateSecret(clientId, body, caller, origin);
  }

  @Post(':id/disable')
  @RequirePermissions(update)
  @HttpCode(200)
  disable(
    @Param('id') clientId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<Client> {
    return this.management.disable(clientId, caller, origin);
  }

  @Post(':id/enable')
  @RequirePermissions(update)
  @HttpCode(200)
  enable(
    @Param('id') clientId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<Client> {
    return this.management.enable(clientId, caller, origin);
  }
}
