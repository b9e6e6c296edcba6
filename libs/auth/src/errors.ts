import type { UserIdentity } from './identity/user-identity.js';

/**
 * Every way in which the gate refuses. The set is closed: a client may switch over it.
 *
 * | code | HTTP status |
 * |---|---|
 * | `credentials_missing` | 401 |
 * | `credentials_invalid` | 401 |
 * | `token_expired` | 401 |
 * | `permission_denied` | 403 |
 * | `request_malformed` | 400 |
 * | `rate_limited` | 429 |
 * | `auth_unavailable` | 503 |
 */
export type AuthErrorCode =
  | 'credentials_missing'
  | 'credentials_invalid'
  | 'token_expired'
  | 'permission_denied'
  | 'request_malformed'
  | 'rate_limited'
  | 'auth_unavailable';

const PUBLIC_MESSAGES: Readonly<Record<AuthErrorCode, string>> = {
  credentials_missing: 'Authentication is required',
  credentials_invalid: 'The credentials are not valid',
  token_expired: 'The access token expired',
  permission_denied: 'The credentials do not carry the permission that this needs',
  request_malformed: 'The request is malformed',
  rate_limited: 'Too many requests',
  auth_unavailable: 'Authentication is unavailable at the moment',
};

/** What an {@link AuthError} may carry beside its code. */
export interface AuthErrorDetails {
  /** Permissions that were asked for, with `permission_denied`. */
  readonly permissions?: readonly string[];
  /** Who was refused, where that is known; for events, never sent. */
  readonly caller?: UserIdentity;
  /** Seconds until another try makes sense, with `rate_limited` and `auth_unavailable`. */
  readonly retryAfter?: number;
  /** Replaces the code's public message. Shown to clients: never a credential, never a library's text. */
  readonly message?: string;
  /** What caused it. For programs and debuggers; never logged and never sent. */
  readonly cause?: unknown;
}

/**
 * The one error that the services of this package throw.
 *
 * `message` is meant for clients. `reason` says for the log why, in this package's own words; it holds no part of
 * a credential.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly permissions: readonly string[];
  readonly retryAfter: number | undefined;
  readonly #caller: UserIdentity | undefined;

  /**
   * @param code what clients switch over.
   * @param reason why, for the log: a constant text of this package, never input.
   */
  constructor(
    readonly code: AuthErrorCode,
    readonly reason: string,
    details: AuthErrorDetails = {},
  ) {
    super(details.message ?? PUBLIC_MESSAGES[code], { cause: details.cause });
    this.permissions = details.permissions ?? [];
    this.retryAfter = details.retryAfter;
    this.#caller = details.caller;
  }

  /** Who was refused, where that is known. No property of its own: it is not to be printed with the error. */
  get caller(): UserIdentity | undefined {
    return this.#caller;
  }
}
