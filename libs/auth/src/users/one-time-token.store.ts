/** What a one-time token is good for, and nothing else. */
export type OneTimePurpose = 'password-reset' | 'email-verification' | 'invitation';

/** What is known of a one-time token. The token itself is not: only its SHA-256. */
export interface OneTimeTokenRecord {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. */
  readonly tokenHash: string;
  readonly purpose: OneTimePurpose;
  readonly userId: string;
  /** What of the user the token is bound to: it is void once that has changed (see `OneTimeTokenService`). */
  readonly binding: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Where the tokens of mails last: password resets, verifications of addresses, invitations. A port. */
export abstract class OneTimeTokenStore {
  /** Adds a token. */
  abstract insert(token: OneTimeTokenRecord): Promise<void>;

  /**
   * Takes a token out. Of any number of callers that race exactly one gets it.
   * @returns undefined, with nothing changed, when there is none of this purpose or it has expired.
   */
  abstract consume(
    tokenHash: string,
    purpose: OneTimePurpose,
    now: Date,
  ): Promise<OneTimeTokenRecord | undefined>;

  /** Removes the tokens of a user, of one purpose or of all. */
  abstract removeOf(userId: string, purpose?: OneTimePurpose): Promise<void>;

  /** Removes the tokens that have expired. */
  abstract prune(now: Date): Promise<void>;
}
