import { Injectable } from '@nestjs/common';

import type { UserIdentity } from '../identity/user-identity.js';
import { Authority } from '../roles/authority.js';
import { RoleStore } from '../roles/role.store.js';
import { storeAnswer } from '../store-answer.js';

/**
 * What becomes of roles when their user goes to another organisation: a name stands for that organisation's role then,
 * which may grant more.
 */
@Injectable()
export class OrganisationMoves {
  constructor(
    private readonly roles: RoleStore,
    private readonly authority: Authority,
  ) {}

  /** Does the caller cover what the user would hold there? @throws AuthError `auth_unavailable`. */
  async mayMove(caller: UserIdentity, userId: string, orgId: string | undefined): Promise<boolean> {
    const { roles } = await storeAnswer('the role store', this.roles.holdingsOf(userId));
    return (
      this.authority.mayGive(caller, await this.authority.grantsOfRoles(roles, orgId)) &&
      this.authority.mayGiveRoles(caller, roles, orgId)
    );
  }
}
