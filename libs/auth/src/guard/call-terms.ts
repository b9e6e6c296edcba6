import type { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';

/** What one call is told beside its answer, and whether it goes on. */
export interface CallTerms {
  /** Headers of the answer, on HTTP. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why it does not go on. */
  readonly refusal?: AuthError;
}

/**
 * What a kind of credential adds to the gate once its caller is known: limits, and notices about the credential. The
 * module hands it to the guard, which knows no kind.
 */
export abstract class CredentialTerms {
  /**
   * Called for every authenticated call, before its permissions are looked at.
   *
   * @param carrier what the call arrived in; the handlers of one request or operation share it and are one call.
   * @returns undefined when there are none: the way of most calls, without a promise.
   */
  abstract of(identity: UserIdentity, carrier: object): Promise<CallTerms> | undefined;
}
