import { BadRequestException, ConflictException, Injectable } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import { BuiltInPermission } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { Authority } from '../roles/authority.js';
import { RoleService } from '../roles/role.service.js';
import { InvitationService } from './invitation.service.js';
import { taken, UserManagement } from './user.management.js';
import { userBodiesOf } from './user.requests.js';
import type { User } from './user.view.js';

/** What callers may do with invitations, after the gate has asked for `user:create`. */
@Injectable()
export class InvitationManagement {
  constructor(
    private readonly users: UserManagement,
    private readonly invitations: InvitationService,
    private readonly roles: RoleService,
    private readonly authority: Authority,
  ) {}

  /**
   * Makes a user and sends them an invitation. Roles can be given with it by who may assign them, and holds all that they
   * grant.
   *
   * @throws AuthError `permission_denied`, BadRequestException, ConflictException for an address that is taken.
   */
  async invite(body: unknown, caller: UserIdentity, origin: Origin): Promise<User> {
    const invitation = readRequest(userBodiesOf(caller).invite, body);
    const orgId = caller.orgId ?? invitation.orgId;
    await this.#demandRoles(invitation.roles, orgId, caller);
    return (await this.invitations.invite({ ...invitation, orgId }, origin)) ?? taken();
  }

  /**
   * Sends an invitation again.
   *
   * @throws NotFoundException, AuthError `permission_denied`; ConflictException for a user who has a password, or is
   * disabled.
   */
  async send(userId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.users.demand(userId, caller);
    if (!(await this.invitations.send(userId, origin)))
      throw new ConflictException('The user has a password already, or is disabled');
  }

  async #demandRoles(
    names: readonly string[],
    orgId: string | undefined,
    caller: UserIdentity,
  ): Promise<void> {
    if (names.length === 0) return;
    const { assign } = BuiltInPermission.role;
    if (!caller.hasPermission(assign))
      throw new AuthError('permission_denied', 'roles are not assigned without the permission', {
        permissions: [assign],
        caller,
      });
    for (const [i, name] of names.entries())
      if ((await this.roles.find(name, orgId)) === undefined)
        throw new BadRequestException([`roles.${i} is no role`]);
    if (!this.authority.mayGive(caller, await this.authority.grantsOfRoles(names, orgId)))
      throw new AuthError('permission_denied', 'nobody grants what they lack', { caller });
    await this.authority.demandRoles(caller, names, orgId);
  }
}
