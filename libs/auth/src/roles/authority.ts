import { Injectable } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { PermissionSet } from '../identity/permission-set.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { storeAnswer } from '../store-answer.js';
import { DemandedRoles } from './demanded-roles.js';
import { grantsOf, namesOf, reachedRoles, RoleIndex, type ReachedRole } from './effective.js';
import { RoleFinder } from './role.finder.js';
import { RoleStore, type RoleRecord } from './role.store.js';
import { StoredSubjects } from './stored-subjects.js';

/**
 * Who may give what, and to whom: nobody gives what they lack, and nobody changes someone who holds more. A role that a
 * handler asks for opens that handler by its name alone: whoever lacks it does not give it, whatever it grants.
 *
 * Methods that ask the store reject with AuthError `auth_unavailable` when it does not answer.
 */
@Injectable()
export class Authority {
  constructor(
    private readonly finder: RoleFinder,
    private readonly subjects: StoredSubjects,
    private readonly store: RoleStore,
    private readonly demanded: DemandedRoles,
  ) {}

  /** Does the caller's credential cover all of these grants? A wildcard is covered by that wildcard or `*` alone. */
  mayGive(caller: UserIdentity, grants: readonly string[]): boolean {
    return new PermissionSet(caller.permissions).coversAll(grants);
  }

  /** @throws AuthError `permission_denied`, with what is lacking, where {@link mayGive} says no. */
  demand(caller: UserIdentity, grants: readonly string[]): void {
    const held = new PermissionSet(caller.permissions);
    const permissions = grants.filter((grant) => !held.covers(grant));
    if (permissions.length > 0)
      throw new AuthError('permission_denied', 'nobody gives what they lack', { permissions, caller });
  }

  /**
   * What roles grant, with what they inherit. Names that no role has grant nothing.
   *
   * @param orgId of whoever is to have the roles; undefined: roles for all, and those given in code.
   */
  async grantsOfRoles(names: readonly string[], orgId: string | undefined): Promise<readonly string[]> {
    return grantsOf([], await this.#reached(names, orgId));
  }

  /**
   * Has the caller's credential those of these roles that handlers ask for, what they inherit included? Whoever holds `*`
   * needs to have none. What the roles grant is another question: see {@link grantsOfRoles}.
   *
   * @param orgId as for {@link grantsOfRoles}
   */
  async mayGiveRoles(
    caller: UserIdentity,
    names: readonly string[],
    orgId: string | undefined,
  ): Promise<boolean> {
    if (this.demanded.names.size === 0) return true;
    const reached = namesOf(await this.#reached(names, orgId));
    // A name that is no role yet counts by itself.
    return this.#hasDemanded(caller, [...names, ...reached]);
  }

  /** @throws AuthError `permission_denied` where {@link mayGiveRoles} says no. */
  async demandRoles(
    caller: UserIdentity,
    names: readonly string[],
    orgId: string | undefined,
  ): Promise<void> {
    if (!(await this.mayGiveRoles(caller, names, orgId)))
      throw new AuthError('permission_denied', 'nobody gives a role that handlers ask for and they lack', {
        caller,
      });
  }

  /**
   * Does the caller's credential cover everything that the subject holds, active or not, and have its roles that handlers
   * ask for? True for an unknown subject.
   *
   * @param orgId the organisation of a service, the caller's when left out; that of a user is in its record.
   */
  async mayChange(caller: UserIdentity, subjectId: string, orgId = caller.orgId): Promise<boolean> {
    const holder = this.subjects.holder(subjectId, orgId);
    const { grants, roles } = await storeAnswer('the role store', holder);
    return this.mayGive(caller, grantsOf(grants, roles)) && this.#hasDemanded(caller, namesOf(roles));
  }

  /** @throws AuthError `permission_denied` where {@link mayChange} says no; what the subject holds is not told. */
  async demandOver(caller: UserIdentity, subjectId: string): Promise<void> {
    if (!(await this.mayChange(caller, subjectId)))
      throw new AuthError('permission_denied', 'nobody changes someone who holds more', { caller });
  }

  #hasDemanded(caller: UserIdentity, names: readonly string[]): boolean {
    const lacking = names.filter((name) => this.demanded.names.has(name) && !caller.hasRole(name));
    return lacking.length === 0 || this.mayGive(caller, ['*']);
  }

  async #reached(names: readonly string[], orgId: string | undefined): Promise<readonly ReachedRole[]> {
    const index = new RoleIndex(await this.#closure(names, orgId), this.finder.inCode, orgId);
    return reachedRoles(names, index);
  }

  /** The stored roles of these names, and those they inherit from: more than are reached, perhaps, and none less. */
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
