/** That a subject of a login provider is a user. */
export interface LinkedAccount {
  /** The provider's `iss`; together with `subject` unique. Never an address of mail. */
  readonly issuer: string;
  /** The provider's `sub`. */
  readonly subject: string;
  readonly userId: string;
  /** Name of the provider in the options. */
  readonly provider: string;
  readonly createdAt: Date;
}

/** Where links between users and their accounts at login providers last. A port, of the same database as `UserStore`. */
export abstract class LinkedAccountStore {
  /** @returns false, with nothing changed, when the subject of that issuer is linked already. Of callers that race exactly one gets true. */
  abstract insert(account: LinkedAccount): Promise<boolean>;

  abstract find(issuer: string, subject: string): Promise<LinkedAccount | undefined>;

  /** In the order of creation. */
  abstract list(userId: string): Promise<readonly LinkedAccount[]>;

  /** @returns false when the user has no such link. */
  abstract remove(userId: string, issuer: string, subject: string): Promise<boolean>;
}
