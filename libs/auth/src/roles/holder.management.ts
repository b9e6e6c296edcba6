import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import type { PermissionGrant } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import { Authority } from './authority.js';
import { roleInputSchemas } from './role.input.js';
import { roleBodySchemas, type HeldRoleParam } from './role.requests.js';
import { RoleService } from './role.service.js';
import { StoredSubjects } from './stored-subjects.js';

/**
 * What callers may do about what users hold. Nobody gives what they lack, and nobody changes a user who holds more than
 * they do. A user of another organisation does not exist: 404.
 */
@Injectable()
export class HolderManagement {
  readonly #knownGrant: ReturnType<typeof roleBodySchemas>['heldGrant'];
  /** What has left the catalogue can still be taken from people. */
  readonly #anyGrant = roleBodySchemas(roleInputSchemas(undefined)).heldGrant;

  constructor(
    options: ResolvedAuthOptions,
    private readonly subjects: StoredSubjects,
    private readonly roles: RoleService,
    private readonly authority: Authority,
  ) {
    this.#knownGrant = roleBodySchemas(roleInputSchemas(options.permissions)).heldGrant;
  }

  /** @throws AuthError `permission_denied`; NotFoundException when there is no such user, or no such role for them. */
  async assign({ id, name }: HeldRoleParam, caller: UserIdentity, origin: Origin): Promise<void> {
    const orgId = await this.#demandUser(id, caller);
    if ((await this.roles.find(name, orgId)) === undefined) notFound();
    this.authority.demand(caller, await this.authority.grantsOfRoles([name], orgId));
    await this.authority.demandRoles(caller, [name], orgId);
    if ((await this.roles.assign(id, name, origin)) === 'unknown') notFound();
  }

  /** @throws AuthError `permission_denied`; NotFoundException; ConflictException for the last administrator. */
  async unassign({ id, name }: HeldRoleParam, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.#demandUser(id, caller);
    const outcome = await this.roles.unassign(id, name, origin);
    if (outcome === 'unknown') notFound();
    if (outcome === 'last-administrator') throw new ConflictException('No administrator would be left');
  }

  /** @throws AuthError `permission_denied`; NotFoundException, BadRequestException. */
  async grant(params: unknown, caller: UserIdentity, origin: Origin): Promise<void> {
    const { id, permission } = readRequest(this.#knownGrant, params);
    await this.#demandUser(id, caller);
    this.authority.demand(caller, [permission]);
    await this.roles.grant(id, permission as PermissionGrant, origin);
  }

  /** @throws AuthError `permission_denied`; NotFoundException, also for what was not granted to the user itself. */
  async revokeGrant(params: unknown, caller: UserIdentity, origin: Origin): Promise<void> {
    const { id, permission } = readRequest(this.#anyGrant, params);
    await this.#demandUser(id, caller);
    if (!(await this.roles.revokeGrant(id, permission, origin))) notFound();
  }

  /** @returns the organisation of a user whom the caller may change. */
  async #demandUser(userId: string, caller: UserIdentity): Promise<string | undefined> {
    const { user } = await storeAnswer('the role store', this.subjects.holder(userId));
    const isWithin = user !== undefined && (caller.orgId === undefined || caller.orgId === user.orgId);
    if (!isWithin) return notFound();
    await this.authority.demandOver(caller, userId);
    return user.orgId;
  }
}

function notFound(): never {
  throw new NotFoundException();
}
