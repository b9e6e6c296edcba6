/** What a revocation hits. */
export type RevocationKind = 'token' | 'session' | 'api-key' | 'subject' | 'permissions' | 'signing-key';

/** The `id` of a `permissions` entry about every subject. */
export const EVERY_SUBJECT = '';

/** One revocation, as it is written to the log. */
export interface Revocation {
  readonly kind: RevocationKind;
  /** `jti`, `sid`, key id, user id or `kid`, according to the kind. Of a `permissions` entry also {@link EVERY_SUBJECT}. */
  readonly id: string;
  /**
   * Milliseconds since 1970. A `subject` revocation hits tokens that were issued until then; the other kinds hit
   * always. A `signing-key` revocation makes the keys be read anew, and tokens be verified again by them. A `permissions` entry makes the subject of tokens that were issued until then, and of keys, be looked at again. An `api-key` or `subject` revocation makes API keys be looked up again: their record has the last word.
   */
  readonly at: number;
  /** Milliseconds since 1970: until when anything that it can hit is accepted. Afterwards the log may forget it. */
  readonly expiresAt: number;
}

/** A revocation with its place in the log. */
export interface LoggedRevocation extends Revocation {
  /** 1 or more; grows with every entry. */
  readonly position: number;
}
