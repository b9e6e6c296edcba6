import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  IntrinsicException,
  ServiceUnavailableException,
  UnauthorizedException,
  type ArgumentsHost,
  type Type,
} from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import { AuthError, type AuthErrorCode } from '../errors.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import { endRawCall, grpcMetadataIn, grpcStatus } from './grpc.js';
import type { ResourceMetadataAddress } from './resource-metadata-address.js';

/** The body of every refusal: Nest's own shape, plus the code. */
export interface AuthErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: AuthErrorCode;
}

class TooManyRequestsException extends HttpException {
  constructor(body: AuthErrorBody, options: { cause: unknown }) {
    super(body, 429, options);
  }
}

/**
 * GraphQL puts an error's `extensions` into the answer. No HttpException: Apollo's driver would replace the code. An
 * IntrinsicException is not logged by Nest as a fault of the application.
 */
class GraphqlAuthException extends IntrinsicException {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor({ message, code, statusCode }: AuthErrorBody) {
    super(message);
    this.extensions = { code, statusCode };
    // Apollo sends the stack to clients outside production.
    this.stack = message;
  }
}

interface Answer {
  readonly status: number;
  readonly error: string;
  readonly exception: Type<HttpException>;
  /** `error` of the challenge (RFC 6750 section 3.1). */
  readonly challenge?: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'none';
}

const UNAUTHORIZED = { status: 401, error: 'Unauthorized', exception: UnauthorizedException } as const;

const ANSWERS: Readonly<Record<AuthErrorCode, Answer>> = {
  credentials_missing: { ...UNAUTHORIZED, challenge: 'none' },
  credentials_invalid: { ...UNAUTHORIZED, challenge: 'invalid_token' },
  token_expired: { ...UNAUTHORIZED, challenge: 'invalid_token' },
  permission_denied: {
    status: 403,
    error: 'Forbidden',
    exception: ForbiddenException,
    challenge: 'insufficient_scope',
  },
  request_malformed: {
    status: 400,
    error: 'Bad Request',
    exception: BadRequestException,
    challenge: 'invalid_request',
  },
  rate_limited: { status: 429, error: 'Too Many Requests', exception: TooManyRequestsException },
  auth_unavailable: { status: 503, error: 'Service Unavailable', exception: ServiceUnavailableException },
};

/**
 * Seconds that a client waits after an outage when the error does not say. Well below `sessions.rotationGrace`: a refresh
 * whose answer was lost is repeated within it.
 */
const RETRY_AFTER = 1;

/** Characters of a `scope` in a challenge. Proxies take an answer with a larger header for one of a broken server. */
const MAX_SCOPE = 2_048;

/** An AuthError's body on every transport. */
export function errorBody({ code, message }: AuthError): AuthErrorBody {
  const { status, error } = ANSWERS[code];
  return { statusCode: status, error, message, code };
}

/** What a message handler's caller gets: the body, or with gRPC a status. */
export function rpcRefusal(error: AuthError, host: ArgumentsHost): Refusal {
  const body = errorBody(error);
  const metadata = grpcMetadataIn(host.getArgs());
  return metadata === undefined ? { status: 'error', ...body } : grpcStatus(body, metadata);
}

/** Makes the exceptions that a transport's own exception filters understand. */
export class AuthExceptions {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly adapterHost: HttpAdapterHost,
    private readonly transports: TransportExceptions,
    private readonly resourceMetadata: ResourceMetadataAddress,
  ) {}

  /**
   * Refuses in front of a handler.
   *
   * @returns a promise that is never settled, for a raw gRPC call: it is over, and Nest would not survive an exception.
   * @throws what {@link from} makes, for everything else.
   */
  refuse(error: AuthError, host: ArgumentsHost): Promise<never> {
    if (host.getType<string>() !== 'rpc' || !endRawCall(host.getArgs(), errorBody(error)))
      throw this.from(error, host);
    return new Promise(() => undefined);
  }

  /**
   * @returns for HTTP one of Nest's own exceptions, the response's headers set; for GraphQL an error
   * with the code in `extensions`; for WebSocket a `WsException`, for microservices an `RpcException`, both with the body
   * of HTTP (with gRPC: a status that has the code in its metadata).
   */
  from(error: AuthError, host: ArgumentsHost): Error {
    const body = errorBody(error);
    switch (host.getType<string>()) {
      case 'ws':
        return this.transports.ws({ status: 'error', ...body });
      case 'rpc':
        return this.transports.rpc(rpcRefusal(error, host));
      case 'graphql':
        return new GraphqlAuthException(body);
      default:
        this.#setHeaders(error, host.switchToHttp().getResponse());
        return this.#httpException(error, body);
    }
  }

  #httpException(error: AuthError, body: AuthErrorBody): HttpException {
    return new ANSWERS[error.code].exception(body, { cause: error });
  }

  /** Headers of an answer that is not a refusal; on HTTP alone. */
  setHeaders(headers: Readonly<Record<string, string>>, host: ArgumentsHost): void {
    if (host.getType<string>() !== 'http') return;
    const response: unknown = host.switchToHttp().getResponse();
    for (const [name, value] of Object.entries(headers))
      this.adapterHost.httpAdapter.setHeader(response, name, value);
  }

  #setHeaders(error: AuthError, response: unknown): void {
    const { httpAdapter } = this.adapterHost;
    // A handler that refuses in the middle of its answer: all that is left to do is to end it.
    if (httpAdapter.isHeadersSent(response)) return;
    const { challenge } = ANSWERS[error.code];
    if (challenge !== undefined)
      httpAdapter.setHeader(response, 'WWW-Authenticate', this.#challenges(error, challenge));
    const retryAfter = error.retryAfter ?? (error.code === 'auth_unavailable' ? RETRY_AFTER : undefined);
    if (retryAfter !== undefined) httpAdapter.setHeader(response, 'Retry-After', String(retryAfter));
  }

  /** RFC 6750 section 3, RFC 9728 section 5.1; the API key's scheme has no standard and carries the realm alone. */
  #challenges(error: AuthError, code: string): string {
    const { realm, apiKeys } = this.options;
    const parameters = [`realm="${realm}"`];
    if (code !== 'none') parameters.push(`error="${code}"`);
    if (error.code === 'token_expired') parameters.push(`error_description="The access token expired"`);
    const scope = error.permissions.join(' ');
    if (code === 'insufficient_scope' && scope !== '' && scope.length <= MAX_SCOPE)
      parameters.push(`scope="${scope}"`);
    const metadata = this.resourceMetadata.find();
    if (metadata !== undefined) parameters.push(`resource_metadata="${metadata}"`);
    const bearer = `Bearer ${parameters.join(', ')}`;
    return apiKeys === undefined ? bearer : `${bearer}, ApiKey realm="${realm}"`;
  }
}

/** What a transport sends for an error; an exception carries it. */
export interface Refusal {
  readonly message: string;
  /** Nest's word for an answer that is none; gRPC has codes of its own. */
  readonly status?: 'error';
}

/** The exception classes of packages that an application may not have. */
export abstract class TransportExceptions {
  abstract ws(refusal: Refusal): Error;
  abstract rpc(refusal: Refusal): Error;
}
