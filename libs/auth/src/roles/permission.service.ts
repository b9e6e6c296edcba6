import { Injectable } from '@nestjs/common';

import { PermissionSet } from '../identity/permission-set.js';
import type { PermissionName } from '../identity/permission.js';
import {
  SubjectDirectory,
  SubjectsByKind,
  type Subject,
  type SubjectKind,
} from '../identity/subject-directory.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { grantsOf, namesOf, sourcesFor, sourcesOf, type GrantSource } from './effective.js';
import { StoredSubjects } from './stored-subjects.js';

/** Where to look for a subject. */
export interface SubjectPlace {
  /**
   * Its organisation; undefined for a subject without one. Left out, a user that is kept here is found in whichever
   * organisation it is.
   */
  readonly orgId?: string | undefined;
  /** Default `user`. */
  readonly kind?: SubjectKind;
}

/** What a subject holds at this moment. */
export interface EffectivePermissions {
  readonly subjectId: string;
  /** False: nothing of this subject is accepted, whatever it holds. */
  readonly isActive: boolean;
  /** Each grant once: `resource:action`, `resource:*` or `*`. */
  readonly permissions: readonly string[];
  /** Names of the roles, inherited ones included. */
  readonly roles: readonly string[];
  /** Where each grant comes from; one that comes from several places is there several times. */
  readonly sources: readonly GrantSource[];
}

/** What is in the way of a permission. */
export type Obstacle =
  /** There is no such subject, or it is not active. */
  | 'subject'
  /** Neither a grant nor a role of the subject's covers it. */
  | 'grant'
  /**
   * The credential does not carry it, or none was given where it alone decides. Not told together with `grant`: of what
   * its owner does not hold, an identity says nothing.
   */
  | 'credential';

/** Why a subject, or a credential, may do something, or why not. */
export interface Explanation {
  readonly subjectId: string;
  readonly permission: string;
  readonly isAllowed: boolean;
  /** Everything that is in the way; empty when it is allowed. */
  readonly missing: readonly Obstacle[];
  /** How the subject comes by the permission. Empty, too, where an application's directory says nothing of permissions. */
  readonly sources: readonly GrantSource[];
}

/** Whom, and what, to explain: a subject, or one of its credentials with it. */
export type ExplanationRequest = { readonly permission: string } & (
  ({ readonly subjectId: string } & SubjectPlace) | { readonly identity: UserIdentity }
);

/**
 * Tells what subjects may do at this moment, and why. With users that are kept here it knows the role that each
 * permission comes through; an application's own `SubjectDirectory` is asked where there is one.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store or the directory does not answer.
 */
@Injectable()
export class PermissionService {
  constructor(
    private readonly subjects: SubjectDirectory,
    private readonly feed: RevocationFeed,
    private readonly changes: SubjectChanges,
  ) {}

  /** @returns what the subject holds; undefined when there is no such subject, or it is of another organisation. */
  async effective(subjectId: string, place: SubjectPlace = {}): Promise<EffectivePermissions | undefined> {
    const found = await this.#look(subjectId, place);
    if (found === undefined) return undefined;
    const { isActive, permissions = [], roles = [], sources } = found;
    return { subjectId, isActive, permissions, roles, sources };
  }

  /**
   * May this caller do that at this moment? Both the credential and its owner have to have the permission. The gate
   * has asked already for what a handler's decorators say; this is for handlers that find out later.
   */
  async can(identity: UserIdentity, permission: PermissionName): Promise<boolean> {
    return identity.hasPermission(permission) && (await this.explain({ identity, permission })).isAllowed;
  }

  /** Says through which roles and grants a subject may do something, or what is in the way. */
  async explain(request: ExplanationRequest): Promise<Explanation> {
    const { permission } = request;
    const identity = 'identity' in request ? request.identity : undefined;
    const [subjectId, place] =
      'identity' in request
        ? [request.identity.userId, placeOf(request.identity)]
        : [request.subjectId, request];
    const found = await this.#look(subjectId, place);
    const missing = obstacles(found, identity, permission);
    const sources = sourcesFor(permission, found?.sources ?? []);
    return { subjectId, permission, isAllowed: missing.length === 0, missing, sources };
  }

  /**
   * After a subject has changed in an application's own directory: what was issued to it before is looked at again, on
   * every instance. Changes by this package's own services do so by themselves.
   */
  async recheck(subjectId: string): Promise<void> {
    await this.feed.revoke(this.changes.changed(subjectId));
  }

  async #look(subjectId: string, place: SubjectPlace): Promise<Found | undefined> {
    // An application's own directory may throw where it should reject.
    return storeAnswer('the subject directory', this.#ask(subjectId, place));
  }

  async #ask(subjectId: string, place: SubjectPlace): Promise<Found | undefined> {
    const { orgId, kind = 'user' } = place;
    const subjects = this.subjects instanceof SubjectsByKind ? this.subjects.of(kind) : this.subjects;
    if (!(subjects instanceof StoredSubjects)) {
      const subject = await subjects.find(subjectId, orgId, kind);
      return subject && { ...subject, sources: ofDirectory(subject) };
    }
    const { user, grants, roles } = await subjects.holder(subjectId, orgId);
    const isThere = user === undefined ? kind === 'service' : !('orgId' in place) || orgId === user.orgId;
    if (!isThere) return undefined;
    return {
      isActive: user?.isActive ?? true,
      permissions: grantsOf(grants, roles),
      roles: namesOf(roles),
      sources: sourcesOf(grants, roles),
    };
  }
}

/** What was found of a subject, with where its permissions come from. */
type Found = Subject & { readonly sources: readonly GrantSource[] };

/** Where the owner of a credential is to be looked for. */
export function placeOf({ orgId, provider }: UserIdentity): SubjectPlace {
  return { orgId, kind: provider === 'service' ? 'service' : 'user' };
}

function ofDirectory({ permissions = [] }: Subject): readonly GrantSource[] {
  return permissions.map((grant) => ({ grant, source: 'directory', path: [] }));
}

function obstacles(
  subject: Found | undefined,
  identity: UserIdentity | undefined,
  permission: string,
): readonly Obstacle[] {
  const missing: Obstacle[] = subject?.isActive === true ? [] : ['subject'];
  // A directory that says nothing of permissions leaves them to the credential.
  const isHeld = subject !== undefined && covers(subject.permissions ?? ['*'], permission);
  if (!isHeld) return [...missing, 'grant'];
  const isCarried =
    identity === undefined ? subject.permissions !== undefined : covers(identity.permissions, permission);
  return isCarried ? missing : [...missing, 'credential'];
}

function covers(grants: readonly string[], permission: string): boolean {
  return new PermissionSet(grants).covers(permission);
}
