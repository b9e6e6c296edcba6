import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { ApiKey } from './api-key.input.js';
import { ApiKeyManagement } from './api-key.management.js';
import { ApiKeyPageQuery, type ApiKeyPage } from './api-key.requests.js';
import type { NewApiKey } from './api-key.service.js';

/** API keys over HTTP. A key cannot manage keys: it would outlive its own expiry. */
@Controller()
@AuthSchemes('jwt')
export class ApiKeyController {
  constructor(private readonly management: ApiKeyManagement) {}

  /** With API keys switched off there is nothing here: 404. */
  get #management(): ApiKeyManagement {
    if (!this.management.isOn) throw new NotFoundException();
    return this.management;
  }

  /** Makes a key. The answer is the only place where it can ever be seen. */
  @Post()
  @Header('Cache-Control', 'no-store')
  create(
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<NewApiKey> {
    return this.#management.create(body, caller, origin);
  }

  @Get()
  list(
    @Query(new InputPipe(ApiKeyPageQuery)) query: ApiKeyPageQuery,
    @CurrentUser() caller: UserIdentity,
  ): Promise<ApiKeyPage> {
    return this.#management.list(query, caller);
  }

  @Get(':id')
  get(@Param('id') keyId: string, @CurrentUser() caller: UserIdentity): Promise<ApiKey> {
    return this.#management.get(keyId, caller);
  }

  @Patch(':id')
  update(
    @Param('id') keyId: string,
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<ApiKey> {
    return this.#management.update(keyId, body, caller, origin);
  }

  @Delete(':id')
  @HttpCode(204)
  revoke(
    @Param('id') keyId: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.#management.revoke(keyId, caller, origin);
  }

  /** Makes a successor; the old key works for the overlap, its answers carrying `Deprecation` and `Sunset`. */
  @Post(':id/rotate')
  @Header('Cache-Control', 'no-store')
  rotate(
    @Param('id') keyId: string,
    @Body() body: unknown,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<NewApiKey> {
    return this.#management.rotate(keyId, body, caller, origin);
  }
}
