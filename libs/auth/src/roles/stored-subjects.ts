import { Injectable } from '@nestjs/common';

import { SubjectDirectory, type Subject, type SubjectKind } from '../identity/subject-directory.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { codeRolesByName } from './code-roles.js';
import { grantsOf, namesOf, reachedRoles, RoleIndex, type ReachedRole } from './effective.js';
import { RoleStore } from './role.store.js';

/** What somebody holds, and how they come by it. */
export interface Holder {
  /** Undefined: no user has this id. */
  readonly user: { readonly isActive: boolean; readonly orgId: string | undefined } | undefined;
  /** What was granted to the subject itself. */
  readonly grants: readonly string[];
  readonly roles: readonly ReachedRole[];
}

/** Users that are kept here, and services: what they hold is in their roles and grants. */
@Injectable()
export class StoredSubjects extends SubjectDirectory {
  readonly #inCode: ReturnType<typeof codeRolesByName>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: RoleStore,
  ) {
    super();
    this.#inCode = codeRolesByName(options);
  }

  /**
   * A user has to be active, and of the organisation that the credential was made for. A service needs no record: it is
   * active, with what it was given.
   */
  override async find(
    userId: string,
    orgId: string | undefined,
    kind: SubjectKind,
  ): Promise<Subject | undefined> {
    const { user, grants, roles } = await this.holder(userId, orgId);
    if (user === undefined ? kind !== 'service' : user.orgId !== orgId) return undefined;
    return {
      isActive: user?.isActive ?? true,
      permissions: grantsOf(grants, roles),
      roles: namesOf(roles),
    };
  }

  /**
   * One query.
   *
   * @param orgId the organisation of a service; that of a user is in its record.
   */
  async holder(subjectId: string, orgId?: string): Promise<Holder> {
    const { user, roles, grants, stored } = await this.store.holdingsOf(subjectId, orgId);
    const index = new RoleIndex(stored, this.#inCode, user === undefined ? orgId : user.orgId);
    return { user, grants, roles: reachedRoles(roles, index) };
  }
}
