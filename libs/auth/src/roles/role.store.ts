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
  /** Names of roles whose permissions it has as well. A role of its own organisation comes before one for all. */
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
  /** The stored roles among `roles`, and those that they inherit from, those for other organisations left out. */
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
  /** @returns false, with nothing changed, when there is a role of this name and organisation, or the role would inherit from itself. */
  abstract insert(role: RoleRecord): Promise<boolean>;

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

  /** Removes a role, and takes it from everybody who holds it. `changed` gives the role as it was. */
  abstract remove(name: string, orgId: string | undefined, revocation: Revocation): Promise<RoleChangeResult>;

  /**
   * Gives a role to a subject.
   * @returns false, with nothing changed, when the subject has it already.
   */
  abstract assign(subjectId: string, name: string, revocation: Revocation): Promise<boolean>;

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

  /** Everything that is stored of what a subject holds, in one query. */
  abstract holdingsOf(subjectId: string): Promise<SubjectHoldings>;
}
