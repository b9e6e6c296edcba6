import type { Revocation } from '../revocation/revocation.js';

/** A person. */
export interface UserRecord {
  /** UUIDv7. */
  readonly userId: string;
  /** Normalised (see `normaliseEmail`). Unique. */
  readonly email: string;
  readonly name: string | undefined;
  readonly orgId: string | undefined;
  /** argon2id with its parameters and salt (PHC string format). Undefined: no login by password. */
  readonly passwordHash: string | undefined;
  /** False: nothing of this person is accepted, and nothing new is issued. */
  readonly isActive: boolean;
  readonly emailVerifiedAt: Date | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The fields of a record that may change. `undefined` as a value clears the field. */
export type UserChanges = Partial<
  Pick<UserRecord, 'email' | 'name' | 'orgId' | 'passwordHash' | 'isActive' | 'emailVerifiedAt' | 'metadata'>
>;

/** What goes with a change of a user, in the same transaction. */
export interface UserChangeTerms {
  readonly now: Date;
  /** Entries for the revocation log. */
  readonly revocations: readonly Revocation[];
  /** Every open session of the user is closed, each with its entry in the log. */
  readonly closesSessions: boolean;
  /** The change takes place only while these fields are as stated here. */
  readonly expected?: Partial<Pick<UserRecord, 'passwordHash' | 'email'>>;
}

/** What became of a change of a user. In every case but the first nothing has changed. */
export type UserChangeResult =
  | { readonly outcome: 'changed'; readonly user: UserRecord }
  | { readonly outcome: 'unknown' }
  /** Another user has the address. */
  | { readonly outcome: 'email-taken' }
  /** A field is not as `expected` says. */
  | { readonly outcome: 'outdated' }
  /** No active administrator would be left: see `ADMINISTRATOR`. */
  | { readonly outcome: 'last-administrator' };

/** Which users to list, and which page of them. */
export interface UserQuery {
  readonly orgId?: string;
  /** A part of the address or the name, in any case; taken literally. */
  readonly search?: string;
  /** How many at most, 1 to 100. */
  readonly limit: number;
  /** The `userId` after which the page begins; the first page without it, nothing after one that is unknown. */
  readonly after?: string;
}

/**
 * Where people last. A port: implement it together with `RoleStore` and `OneTimeTokenStore` for your database and run
 * `userStoreContract` of `nestjs-gatehouse/testing` against it.
 *
 * Every verb is atomic, its entries in the revocation log and the closing of sessions included. A store that cannot
 * answer rejects; it never answers "not there".
 */
export abstract class UserStore {
  /**
   * Adds a user.
   * @returns false, with nothing changed, when the `userId` or the `email` is there already. Of several callers that race
   * with one address exactly one gets true.
   */
  abstract insert(user: UserRecord): Promise<boolean>;

  /**
   * Adds the first administrator: a user who holds the role `ADMINISTRATOR`.
   * @returns false, with nothing changed, when any user holds that role, active or not, or the address is taken. Of any
   * number of callers that race exactly one gets true.
   */
  abstract insertFirstAdministrator(user: UserRecord): Promise<boolean>;

  /** Does any user hold the role `ADMINISTRATOR`? */
  abstract hasAdministrator(): Promise<boolean>;

  abstract findById(userId: string): Promise<UserRecord | undefined>;

  /** @param email normalised. */
  abstract findByEmail(email: string): Promise<UserRecord | undefined>;

  /** In the order of `userId`, which is that of creation; at most `query.limit`. */
  abstract list(query: UserQuery): Promise<readonly UserRecord[]>;

  /** Changes fields of one user and leaves the others as they are at that moment; `updatedAt` is `terms.now`. */
  abstract update(userId: string, changes: UserChanges, terms: UserChangeTerms): Promise<UserChangeResult>;

  /**
   * Removes a user with roles, grants and one-time tokens.
   * @returns `changed` with the user as it was.
   */
  abstract remove(userId: string, terms: Omit<UserChangeTerms, 'expected'>): Promise<UserChangeResult>;
}
