import { Injectable, NotFoundException } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { readRequest } from '../guard/input.pipe.js';
import { BuiltInPermission } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import {
  PermissionService,
  placeOf,
  type EffectivePermissions,
  type Explanation,
  type SubjectPlace,
} from './permission.service.js';
import { roleInputSchemas } from './role.input.js';
import { roleBodySchemas } from './role.requests.js';

/** What callers may learn of permissions: their own everything, of others what `role:read` lets them see in their organisation. */
@Injectable()
export class PermissionManagement {
  readonly #bodies: ReturnType<typeof roleBodySchemas>;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly permissions: PermissionService,
  ) {
    this.#bodies = roleBodySchemas(roleInputSchemas(options.permissions));
  }

  /** Everything that can be asked for, sorted: the application's own, and this package's. */
  catalogue(): readonly string[] {
    const { permissions = BuiltInPermission } = this.options;
    return Object.values(permissions)
      .flatMap((actions) => Object.values<string>(actions))
      .sort();
  }

  /** @throws AuthError `permission_denied` for somebody else without `user:read` and `role:read`; NotFoundException. */
  async effective(subjectId: string, caller: UserIdentity): Promise<EffectivePermissions> {
    const { role, user } = BuiltInPermission;
    if (subjectId !== caller.userId && !caller.hasAnyPermission([user.read, role.read]))
      throw new AuthError('permission_denied', 'what others hold', { permissions: [role.read], caller });
    return (await this.permissions.effective(subjectId, placeFor(caller, subjectId))) ?? notFound();
  }

  /**
   * Why, or why not: for the caller with the credential that they present, for others with all they hold.
   *
   * @throws AuthError `permission_denied` for somebody else without `role:read`; NotFoundException, BadRequestException.
   */
  async explain(body: unknown, caller: UserIdentity): Promise<Explanation> {
    const { permission, subjectId = caller.userId, kind } = readRequest(this.#bodies.explain, body);
    if (subjectId === caller.userId) return this.permissions.explain({ identity: caller, permission });
    const { read } = BuiltInPermission.role;
    if (!caller.hasPermission(read))
      throw new AuthError('permission_denied', 'what others hold', { permissions: [read], caller });
    const place = { ...placeFor(caller, subjectId), ...(kind !== undefined && { kind }) };
    if ((await this.permissions.effective(subjectId, place)) === undefined) notFound();
    return this.permissions.explain({ subjectId, permission, ...place });
  }
}

/** Where a caller may look. */
function placeFor(caller: UserIdentity, subjectId: string): SubjectPlace {
  if (subjectId === caller.userId) return placeOf(caller);
  return caller.orgId === undefined ? {} : { orgId: caller.orgId };
}

function notFound(): never {
  throw new NotFoundException();
}
