import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { AuthError } from '../errors.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { TokenErrorCode, TokenRefusal } from './token-endpoint.request.js';

/** What the controller throws where there is no token. */
export class TokenEndpointError extends Error {
  override readonly name = 'TokenEndpointError';

  constructor(readonly refusal: TokenRefusal) {
    super(refusal.description);
  }
}

interface Answer extends TokenRefusal {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

const STATUSES: Readonly<Record<TokenErrorCode, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  temporarily_unavailable: 503,
};

/**
 * Answers in the words of RFC 6749 section 5.2, whatever filters an application has. That section has no code for an
 * outage and for too many failures: both are `temporarily_unavailable`, with 503 and 429 and `Retry-After`.
 */
@Catch(TokenEndpointError, AuthError)
export class TokenEndpointFilter implements ExceptionFilter<TokenEndpointError | AuthError> {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  catch(error: TokenEndpointError | AuthError, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const { status, retryAfter, ...refusal } = error instanceof AuthError ? answerTo(error) : answerOf(error);
    const setHeader = (name: string, value: string): void => httpAdapter.setHeader(response, name, value);
    setHeader('Cache-Control', 'no-store');
    setHeader('Pragma', 'no-cache');
    if (status === 401) setHeader('WWW-Authenticate', `Basic realm="${this.options.realm}", charset="UTF-8"`);
    if (retryAfter !== undefined) setHeader('Retry-After', String(retryAfter));
    const body = { error: refusal.error, error_description: refusal.description };
    httpAdapter.reply(response, body, status);
  }
}

function answerOf({ refusal }: TokenEndpointError): Answer {
  return { ...refusal, status: STATUSES[refusal.error] };
}

function answerTo({ code, message, retryAfter = 1 }: AuthError): Answer {
  const status = code === 'rate_limited' ? 429 : 503;
  return { error: 'temporarily_unavailable', description: message, status, retryAfter };
}
