/** What a login with a provider waits for: the callback of the provider, or the exchange of the code at its end. */
export type LoginStep = 'callback' | 'exchange';

/** A login with a provider that has begun and not ended. Nothing in it lets anybody go on with it. */
export interface LoginState {
  /** SHA-256 of the `state` parameter, or of the code to exchange, hexadecimal. */
  readonly stateHash: string;
  readonly step: LoginStep;
  /** Name of the provider in the options: a callback of another one is refused. */
  readonly provider: string;
  /** SHA-256 of the cookie that the browser was given, hexadecimal. */
  readonly browserHash: string;
  /** Where to go afterwards; it was on the list of allowed addresses. */
  readonly redirectTo: string;
  /** What the code to exchange is bound to (RFC 7636 section 4.2, S256), where the application gave it. */
  readonly codeChallenge: string | undefined;
  /** The user who links the account, being logged in; after the callback, who logs in. */
  readonly userId: string | undefined;
  /** The session of the user who links the account. */
  readonly sessionId: string | undefined;
  readonly expiresAt: Date;
}

/**
 * Where logins with a provider are between their beginning and their end. A port. Run `loginStateStoreContract` of
 * `nestjs-gatehouse/testing` against it.
 */
export abstract class LoginStateStore {
  abstract insert(state: LoginState): Promise<void>;

  /**
   * Takes a login out. Of any number of callers that race exactly one gets it.
   * @returns undefined, with nothing changed, when there is none at this step, or it has expired.
   */
  abstract consume(stateHash: string, step: LoginStep, now: Date): Promise<LoginState | undefined>;

  /** Removes those that have expired. */
  abstract prune(now: Date): Promise<void>;
}
