/** What an application knows of a subject at this moment. */
export interface Subject {
  /** False: nothing of this subject is accepted, and nothing new is issued. */
  readonly isActive: boolean;
  /** What it holds now. Undefined: not looked at; what a credential carries counts alone. */
  readonly permissions?: readonly string[];
  /** The roles that it holds now, inherited ones included. Undefined: not looked at. */
  readonly roles?: readonly string[];
}

/** Whom a credential belongs to: a person, or a program that acts for itself. */
export type SubjectKind = 'user' | 'service';

/**
 * Asks the application about the owners of credentials: when a session begins or is refreshed, when a key is looked up,
 * and once for each access token and key from before a change. A port, for the option `subjects`. Without it every subject is
 * active and holds what its credential carries.
 *
 * A change counts at once, on every instance, for the credentials that are out when the log of revocations says of it:
 * `feed.revoke(changes.changed(userId))` with `RevocationFeed` and `SubjectChanges`, after the change is committed, or the
 * same entry in one transaction with it. `SessionService.closeAll(userId)` ends the subject's sessions and tokens instead.
 */
export abstract class SubjectDirectory {
  /**
   * @param orgId the organisation that the credential is for: a subject that is not of it (any more) does not exist there.
   * @returns undefined for a subject that does not exist (any more): as if it were not active. A rejection is an outage
   * (503), never a refusal.
   */
  abstract find(userId: string, orgId: string | undefined, kind: SubjectKind): Promise<Subject | undefined>;
}

/** People are known to one directory, and services to another. */
export class SubjectsByKind extends SubjectDirectory {
  constructor(
    private readonly users: SubjectDirectory,
    private readonly services: SubjectDirectory,
  ) {
    super();
  }

  /** The directory that knows subjects of this kind. */
  of(kind: SubjectKind): SubjectDirectory {
    return kind === 'service' ? this.services : this.users;
  }

  override find(userId: string, orgId: string | undefined, kind: SubjectKind): Promise<Subject | undefined> {
    return this.of(kind).find(userId, orgId, kind);
  }
}

/** Every subject is active, and holds what its credential carries. */
export class AnySubject extends SubjectDirectory {
  override async find(): Promise<Subject> {
    return { isActive: true };
  }
}
