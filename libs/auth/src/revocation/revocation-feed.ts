import type { UserIdentity } from '../identity/user-identity.js';

/** What a revocation hits. */
export type RevocationKind = 'token' | 'session' | 'api-key' | 'subject';

/** One line of the log. */
export interface Revocation {
  readonly kind: RevocationKind;
  /** `jti`, `sid`, key id or user id, according to the kind. */
  readonly id: string;
  /** Milliseconds since 1970. A `subject` revocation hits what was issued before; the other kinds hit always. */
  readonly at: number;
  /** Milliseconds since 1970: until when the last credential that it can hit is good. */
  readonly expiresAt: number;
}

/**
 * Tells whether what was verified once is still good. Asked on every request, remembered identity or not, so it
 * answers from memory and synchronously.
 */
export abstract class RevocationFeed {
  /** Number of the latest entry; grows with every revocation. */
  abstract readonly position: number;

  /** Appends to the log. When it returns, the log has the entry and every later `verdict` knows it. */
  abstract revoke(revocation: Revocation): Promise<void>;

  /**
   * @param identity of a credential that was verified.
   * @param since the `position` before that verification began.
   * @returns `good`; `revoked`; or `changed`, when the credential's record changed since then and has to be read again.
   */
  abstract verdict(identity: UserIdentity, since: number): 'good' | 'revoked' | 'changed';
}
