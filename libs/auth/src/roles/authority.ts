import { Injectable } from '@nestjs/common';

import { PermissionSet } from '../identity/permission-set.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import { grantsOf, reachedRoles, RoleIndex } from './effective.js';
import { codeRolesByName } from './code-roles.js';
import { RoleStore, type RoleRecord } from './role.store.js';

/**
 * Who may give what, and to whom: nobody gives what they lack, and nobody changes someone who holds more.
 *
 * Methods that ask the store reject with AuthError `auth_unavailable` when it does not answer.
 */
@Injectable()
export class Authority {
  readonly #inCode: ReturnType<typeof codeRolesByName>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: RoleStore,
  ) {
    this.#inCode = codeRolesByName(options);
  }

  /** Does the caller's credential cover all of these grants? A wildcard is covered by that wildcard or `*` alone. */
  mayGive(caller: UserIdentity, grants: readonly string[]): boolean {
    return new PermissionSet(caller.permissions).coversAll(grants);
  }

  /**
   * What roles grant, with what they inherit. Names that no role has grant nothing.
   *
   * @param orgId of whoever is to have the roles; undefined: roles for all, and those given in code.
   */
  async grantsOfRoles(names: readonly string[], orgId: string | undefined): Promise<readonly string[]> {
    const stored = await this.#closure(names, orgId);
    return grantsOf([], reachedRoles(names, new RoleIndex(stored, this.#inCode, orgId)));
  }

  /** Does the caller's credential cover everything that the subject holds, active or not? True for an unknown subject. */
  async mayChange(caller: UserIdentity, subjectId: string): Promise<boolean> {
    const { user, roles, grants, stored } = await storeAnswer(
      'the role store',
      this.store.holdingsOf(subjectId),
    );
    // A service has no row that names its organisation: what it holds is read as that of the caller's.
    const index = new RoleIndex(stored, this.#inCode, user === undefined ? caller.orgId : user.orgId);
    return this.mayGive(caller, grantsOf(grants, reachedRoles(roles, index)));
  }

  /** The stored roles of these names, and those they inherit from. */
  async #closure(names: readonly string[], orgId: string | undefined): Promise<readonly RoleRecord[]> {
    const asked = new Set<string>();
    const found: RoleRecord[] = [];
    let open = [...new Set(names)];
    while (open.length > 0) {
      for (const name of open) asked.add(name);
      const roles = (await Promise.all(open.map((name) => this.#find(name, orgId)))).flat();
      found.push(...roles);
      open = [...new Set(roles.flatMap(({ inherits }) => inherits))].filter((name) => !asked.has(name));
    }
    return found;
  }

  async #find(name: string, orgId: string | undefined): Promise<readonly RoleRecord[]> {
    const places = orgId === undefined ? [undefined] : [orgId, undefined];
    const roles = await Promise.all(
      places.map((place) => storeAnswer('the role store', this.store.find(name, place))),
    );
    return roles.filter((role) => role !== undefined);
  }
}
