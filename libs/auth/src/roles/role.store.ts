import type { Revocation } from '../revocation/revocation.js';

/**
 * The role that every application has: it grants `*` and cannot be changed. A user without an organisation who holds it
 * is an administrator; the last active one stays.
 */
export const ADMINISTRATOR = 'administrator';

/** Permissions under one name. */
export interface RoleRecord {
  /** Letters, digits, `_`, `.` and `-`. Unique together with `orgId`. */
  readonly name: string;
  /** The organisation that it is for; undefined: for all. */
  readonly orgId: string | undefined;
  readonly description: string | undefined;
  /** Grants: `resource:action`, `resource:*` or `*`. */
  readonly permissions: readonly string[];
  /**
   * Names of roles whose permissions it has as well. A role of its own organisation comes before one for all; what is for
   * all inherits from what is for all. A name may be that of a role in code, which no store has.
   */
  readonly inherits: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The fields of a role that may change. */
export type RoleChanges = Partial<Pick<RoleRecord, 'description' | 'permissions' | 'inherits'>>;

/** Which roles to list, and which page of them. */
export interface RoleQuery {
  /** Those for this organisation and those for all; undefined: every role there is. */
  readonly orgId?: string;
  /** How many at most, 1 to 100. */
  readonly limit: number;
  /** The role after which the page begins; nothing after one that is unknown. */
  readonly after?: Pick<RoleRecord, 'name' | 'orgId'>;
}

/** What became of a new role. In every case but the first nothing has changed. */
export type RoleInsertResult =
  | 'inserted'
  /** There is a role of this name and organisation, or it is `ADMINISTRATOR`. */
  | 'taken'
  /** It would inherit from itself. */
  | 'circle';

/** What became of a change of a role. In every case but the first nothing has changed. */
export type RoleChangeResult =
  | { readonly outcome: 'changed'; readonly role: RoleRecord }
  | { readonly outcome: 'unknown' }
  /** It would inherit from itself. */
  | { readonly outcome: 'circle' }
  /** Another role inherits from it. */
  | { readonly outcome: 'in-use' };

/** What is stored of what a subject holds. */
export interface SubjectHoldings {
  /** Undefined: no user has this id; it may be a service. */
  readonly user: { readonly isActive: boolean; readonly orgId: string | undefined } | undefined;
  /** Names of the roles that were given to the subject itself, sorted. */
  readonly roles: readonly string[];
  /** What was granted to the subject itself, sorted. */
  readonly grants: readonly string[];
  /**
   * The stored roles that `roles` stand for, and those that they inherit from, in no order. Those for other organisations
   * are left out, and so are those in whose place the organisation's own come.
   */
  readonly stored: readonly RoleRecord[];
}

/**
 * Where roles last, and who holds what. A port: implement it together with `UserStore`, in the same database, and run
 * `roleStoreContract` of `nestjs-gatehouse/testing` against it. A subject is a user or a service, by its id.
 *
 * Every verb is atomic, and its entry in the revocation log is a part of it, written exactly when the verb changes
 * something. A store that cannot answer rejects; it never answers "not there".
 */
export abstract class RoleStore {
  /**
   * Adds a role. It is nobody's: who holds its name since before, from an organisation that they have left or a role that
   * was given in code, and for whom it would stand for this role (see {@link remove}), does not hold it any more. It counts
   * at once for the roles that inherit from its name: an organisation's role takes the place of the one for all. Of several callers that race with one name, exactly one
   * gets `inserted`; of several whose roles would form a circle together, at least one gets `circle`.
   */
  abstract insert(role: RoleRecord, revocation: Revocation): Promise<RoleInsertResult>;

  /** Exactly the role of this name and organisation. */
  abstract find(name: string, orgId: string | undefined): Promise<RoleRecord | undefined>;

  /** By name, then organisation, those for all first; at most `query.limit`. */
  abstract list(query: RoleQuery): Promise<readonly RoleRecord[]>;

  /** Changes fields of one role and leaves the others as they are; `updatedAt` is `now`. */
  abstract update(
    name: string,
    orgId: string | undefined,
    changes: RoleChanges,
    now: Date,
    revocation: Revocation,
  ): Promise<RoleChangeResult>;

  /**
   * Removes a role, and takes its name from every user for whom it stood for this role: those of its organisation; with a
   * role for all, those in whose organisation no other role has the name, and subjects that are no users. `in-use` when a
   * role that inherits from the name comes by it to this one. `changed` gives the role as it was.
   */
  abstract remove(name: string, orgId: string | undefined, revocation: Revocation): Promise<RoleChangeResult>;

  /**
   * Gives a role to a subject.
   * @param stored which of the stored roles is meant; without it, nobody looks whether there is one.
   * @returns false, with nothing changed, when the subject has it already, or the stored role is not there (any more).
   */
  abstract assign(
    subjectId: string,
    name: string,
    revocation: Revocation,
    stored?: Pick<RoleRecord, 'orgId'>,
  ): Promise<boolean>;

  /**
   * Takes a role from a subject. Of any number of callers that race for the last administrators, one stays.
   * @returns `unknown` when the subject does not have it.
   */
  abstract unassign(
    subjectId: string,
    name: string,
    revocation: Revocation,
  ): Promise<'changed' | 'unknown' | 'last-administrator'>;

  /** @returns false, with nothing changed, when the subject has the grant already. */
  abstract addGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean>;

  /** @returns false, with nothing changed, when the subject does not have the grant. */
  abstract removeGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean>;

  /**
   * Everything that is stored of what a subject holds, in one query.
   * @param orgId the organisation of a subject that is no user; that of a user is in its record.
   */
  abstract holdingsOf(subjectId: string, orgId?: string): Promise<SubjectHoldings>;
}
