import { Body, Controller, Header, HttpCode, Post, Req, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { requestValue, type HttpRequest } from '../guard/header-values.js';
import { ServiceTokenService, type ServiceTokenAnswer } from './service-token.service.js';
import { TokenEndpointError, TokenEndpointFilter } from './token-endpoint.filter.js';
import { readTokenRequest, type TokenRefusal } from './token-endpoint.request.js';

/** The token endpoint (RFC 6749 section 3.2). Its path is fixed, whatever the prefix of the other endpoints. */
@Controller({ path: 'oauth', version: VERSION_NEUTRAL })
@UseFilters(TokenEndpointFilter)
export class TokenEndpointController {
  constructor(private readonly tokens: ServiceTokenService) {}

  /** For services alone: the grant `client_credentials` (RFC 6749 section 4.4). Takes a form. */
  @Post('token')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async token(
    @Req() request: HttpRequest,
    @Body() body: unknown,
    @CallOrigin() origin: Origin,
  ): Promise<ServiceTokenAnswer> {
    const [contentType, authorization] = ['content-type', 'authorization'].map((name) =>
      requestValue(request, name),
    );
    const read = accepted(readTokenRequest(contentType, authorization, body));
    return accepted(await this.tokens.issue(read, origin));
  }
}

function accepted<T extends object>(answer: T | TokenRefusal): T {
  if ('error' in answer) throw new TokenEndpointError(answer);
  return answer;
}
