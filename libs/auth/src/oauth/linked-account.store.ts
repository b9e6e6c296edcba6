/** That a subject of a login provider is a user. */
export interface LinkedAccount {
  /** The provider's `iss`; together with `subject` unique. Never an address of mail. */
  readonly issuer: string;
  /** The provider's `sub`. */
  readonly subject: string;
  readonly userId: string;
  /** Name of the provider in the options. */
  readonly provider: string;
  /**
   * Was the user's address proven to be theirs when the link was made? A link from before that is void once somebody has
   * proven it, who may be somebody else.
   */
  readonly isProven: boolean;
  readonly createdAt: Date;
}

/** What became of a link that was to be removed. In every case but the first nothing has changed. */
export type UnlinkResult =
  | 'removed'
  /** The user has no such link. */
  | 'unknown'
  /** It is the user's only one, and was to stay. */
  | 'last';

/**
 * Where links between users and their accounts at login providers last. A port, of the same database as `UserStore`: the
 * links of a user go with the user. Run `linkedAccountStoreContract` of `nestjs-gatehouse/testing` against it.
 */
export abstract class LinkedAccountStore {
  /**
   * @returns false, with nothing changed, when the subject of that issuer is linked already, or there is no such user. Of
   * callers that race exactly one gets true.
   */
  abstract insert(account: LinkedAccount): Promise<boolean>;

  abstract find(issuer: string, subject: string): Promise<LinkedAccount | undefined>;

  /** In the order of creation. */
  abstract list(userId: string): Promise<readonly LinkedAccount[]>;

  /**
   * Removes a link.
   * @param keepsLast the user's only link stays. Of callers that race for the last two of them one gets `removed`.
   */
  abstract remove(userId: string, issuer: string, subject: string, keepsLast: boolean): Promise<UnlinkResult>;
}
