import { commonGrants } from './common-grants.js';
import type { Subject, SubjectDirectory, SubjectKind } from './subject-directory.js';

/** What a credential carries, and whose it is. */
export interface CarriedGrants {
  readonly userId: string;
  readonly orgId: string | undefined;
  readonly permissions: readonly string[];
  /** Undefined: whatever roles its subject holds. */
  readonly roles?: readonly string[];
}

/** What of it counts at this moment. */
export interface EffectiveGrants {
  readonly permissions: readonly string[];
  /** Undefined: neither the credential nor the directory tells of roles. */
  readonly roles: readonly string[] | undefined;
}

/**
 * Effective is what a credential carries and its subject holds now.
 *
 * @returns undefined when the subject is gone or not active.
 * @throws whatever the directory does, and TypeError for an answer that it may not give; always as a rejection.
 */
export async function effectiveGrants(
  directory: SubjectDirectory,
  carried: CarriedGrants,
  kind: SubjectKind,
): Promise<EffectiveGrants | undefined> {
  const subject = await directory.find(carried.userId, carried.orgId, kind);
  if (subject?.isActive !== true) return undefined;
  return {
    permissions:
      subject.permissions === undefined
        ? carried.permissions
        : commonGrants(carried.permissions, subject.permissions),
    roles: commonRoles(carried.roles, rolesOf(subject)),
  };
}

function commonRoles(
  some: readonly string[] | undefined,
  others: readonly string[] | undefined,
): readonly string[] | undefined {
  if (some === undefined || others === undefined) return some ?? others;
  return some.filter((role) => others.includes(role));
}

/** They go into tokens, which hold nothing but text there. */
function rolesOf({ roles }: Subject): readonly string[] | undefined {
  if (roles === undefined) return undefined;
  if (Array.isArray(roles) && roles.every((role) => typeof role === 'string' && role !== '')) return roles;
  throw new TypeError('the roles of a subject are not a list of text');
}
