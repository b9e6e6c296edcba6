/** What an application knows of a subject at this moment. */
export interface Subject {
  /** False: nothing of this subject is accepted, and nothing new is issued. */
  readonly isActive: boolean;
  /** What it holds now. Undefined: not looked at; what a session or a key carries counts alone. */
  readonly permissions?: readonly string[];
  /** The roles that it holds now, inherited ones included. Undefined: not looked at. */
  readonly roles?: readonly string[];
}

/** Whom a credential belongs to: a person, or a program that acts for itself. */
export type SubjectKind = 'user' | 'service';

/**
 * Asks the application about the owners of sessions and API keys: when a session is refreshed, and when a key is looked
 * up. A port, for the option `subjects`. Without it every subject is active and holds what its credential carries.
 *
 * After a change, call `SessionService.closeAll(userId)`, or revoke the subject in the `RevocationFeed`: then keys are
 * looked up again at once, on every instance.
 */
export abstract class SubjectDirectory {
  /**
   * @returns undefined for a subject that does not exist (any more): as if it were not active. A rejection is an outage
   * (503), never a refusal.
   */
  abstract find(userId: string, orgId: string | undefined, kind: SubjectKind): Promise<Subject | undefined>;
}

/** Every subject is active, and holds what its credential carries. */
export class AnySubject extends SubjectDirectory {
  override async find(): Promise<Subject> {
    return { isActive: true };
  }
}
