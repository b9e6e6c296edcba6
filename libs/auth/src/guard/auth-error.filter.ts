import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type HttpAdapterHost } from '@nestjs/core';

import { AuthError } from '../errors.js';
import { AuthExceptions } from './auth-exception.js';

/**
 * Answers for an AuthError that a handler let through, as the guard would have: a handler may call
 * `TokenService.verifyAccessToken()` and leave the refusal to the gate. Filters of the application run before it.
 */
@Catch(AuthError)
export class AuthErrorFilter extends BaseExceptionFilter<AuthError> {
  /** @param httpAdapterHost handed over: Nest fills in the base class's own only where it makes the instance itself. */
  constructor(
    private readonly exceptions: AuthExceptions,
    protected override readonly httpAdapterHost: HttpAdapterHost,
  ) {
    super();
  }

  override catch(error: AuthError, host: ArgumentsHost): void {
    const exception = this.exceptions.from(error, host);
    if (host.getType<string>() !== 'http') throw exception;
    super.catch(exception as AuthError, host);
  }
}
