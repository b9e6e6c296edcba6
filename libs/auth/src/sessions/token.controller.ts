import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';

import type { Origin } from '../events/auth-events.js';
import { RequireAuth } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import { IssuedTokenService, type Introspection } from './issued-token.service.js';

/** Both RFCs send forms and ignore parameters that they do not know. A wrong `token_type_hint` is no error. */
const TokenBody = z.object({ token: z.string('is not text').min(1, 'is empty').max(10_000, 'is too long') });
type TokenBody = z.infer<typeof TokenBody>;

/** Token revocation (RFC 7009) and introspection (RFC 7662), for authenticated callers. */
@Controller()
export class TokenController {
  constructor(private readonly issued: IssuedTokenService) {}

  /** 200 for a token that is unknown, too; 403 `permission_denied` for one of somebody else. */
  @Post('revoke')
  @RequireAuth()
  @HttpCode(200)
  revoke(
    @Body(new InputPipe(TokenBody)) { token }: TokenBody,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.issued.revoke(token, caller, origin);
  }

  /** `{ "active": false }` for whatever is not good, or not the caller's to know of. */
  @Post('introspect')
  @RequireAuth()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  introspect(
    @Body(new InputPipe(TokenBody)) { token }: TokenBody,
    @CurrentUser() caller: UserIdentity,
  ): Promise<Introspection> {
    return this.issued.introspect(token, caller);
  }
}
