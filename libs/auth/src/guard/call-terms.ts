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
   * @param call what the handlers of one request, operation or message share: they are one call.
   * @returns undefined when there are none: the way of most calls, without a promise.
   */
  abstract of(identity: UserIdentity, call: object): Promise<CallTerms> | undefined;
}
