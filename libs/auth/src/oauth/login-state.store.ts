/** A login with a provider that has begun and not ended. Nothing in it lets anybody go on with it. */
export interface LoginState {
  /** SHA-256 of the `state` parameter, hexadecimal. */
  readonly stateHash: string;
  /** Name of the provider in the options: a callback of another one does not find it. */
  readonly provider: string;
  /** SHA-256 of the cookie that the browser was given, hexadecimal. */
  readonly browserHash: string;
  /** Where to go afterwards; it was on the list of allowed addresses. */
  readonly redirectTo: string;
  /** Set when a user who is logged in links the account. */
  readonly userId: string | undefined;
  readonly expiresAt: Date;
}

/** Where logins with a provider are between their beginning and their callback. A port. */
export abstract class LoginStateStore {
  abstract insert(state: LoginState): Promise<void>;

  /**
   * Takes a login out. Of any number of callers that race exactly one gets it.
   * @returns undefined when there is none, or it has expired.
   */
  abstract consume(stateHash: string, now: Date): Promise<LoginState | undefined>;

  /** Removes those that have expired. */
  abstract prune(now: Date): Promise<void>;
}
