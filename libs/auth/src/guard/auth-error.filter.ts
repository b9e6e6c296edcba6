import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type HttpAdapterHost } from '@nestjs/core';
import { of, throwError } from 'rxjs';

import { AuthError } from '../errors.js';
import { RefusalReport } from './refusal-report.js';
import { AuthExceptions, errorBody, rpcRefusal } from './auth-exception.js';
import { endRawCall } from './grpc.js';

/**
 * Answers for an AuthError that a handler let through, as the guard would have: a handler may call
 * `TokenService.verifyAccessToken()` and leave the refusal to the gate. Filters of the application run before it. Nest
 * has no global filters for gateways.
 */
@Catch(AuthError)
export class AuthErrorFilter extends BaseExceptionFilter<AuthError> {
  /** @param httpAdapterHost handed over: Nest fills in the base class's own only where it makes the instance itself. */
  constructor(
    private readonly exceptions: AuthExceptions,
    private readonly report: RefusalReport,
    protected override readonly httpAdapterHost: HttpAdapterHost,
  ) {
    super();
  }

  override catch(error: AuthError, host: ArgumentsHost): unknown {
    this.report.refusedByHandler(error);
    switch (host.getType<string>()) {
      case 'http':
        return super.catch(this.exceptions.from(error, host) as AuthError, host);
      case 'rpc':
        if (endRawCall(host.getArgs(), errorBody(error))) return of(undefined);
        // What a filter throws here reaches nobody, and the caller would wait for ever.
        return throwError(() => rpcRefusal(error, host));
      default:
        throw this.exceptions.from(error, host);
    }
  }
}
