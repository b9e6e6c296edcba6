/** How a credential is presented: `Authorization: Bearer` or the API key's own header. */
export type AuthScheme = 'jwt' | 'api-key';

/** A credential as it was found in a carrier. */
export interface Credential {
  readonly scheme: AuthScheme;
  /** The bearer token or the API key itself. Never log it. */
  readonly value: string;
  /** Set by `digestOf`, so that it is made once. */
  digest?: string | undefined;
}

/** The part of a request that Passport strategies read. Lower-case names. */
export interface StrategyRequest {
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A Passport strategy that verifies one scheme. It calls `success(identity)` with a `UserIdentity`, or fails or errs
 * with an `AuthError`; anything else that it errs with is an outage (503).
 */
export interface AuthStrategy {
  readonly scheme: AuthScheme;
  /** The header that the strategy reads, lower case. */
  readonly header: string;
  /** Passport's own method, given a {@link StrategyRequest}; called on an object that inherits from the strategy. */
  authenticate(request: never): void;
}

/** The strategies of this application, in the order in which they are tried. */
export abstract class AuthStrategies {
  abstract readonly all: readonly AuthStrategy[];
}
