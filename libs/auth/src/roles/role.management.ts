import { BadRequestException, ConflictException, Injectable, NotFoundException } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import type { PermissionGrant } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { Authority } from './authority.js';
import type { Role, RolePage } from './role.finder.js';
import { roleInputSchemas, type RoleInput, type RoleUpdate } from './role.input.js';
import { roleBodySchemas, type RoleListQuery } from './role.requests.js';
import { RoleService, type RoleOutcome } from './role.service.js';

/**
 * What callers may do with roles. A caller with an organisation looks after its roles, and sees those for all and those
 * given in code beside them; a caller without one looks after those for all, and after an organisation's where they
 * name it. A role of another organisation does not exist: 404. Nobody puts into a role what they lack, and nobody edits
 * a role that grants more than they hold: others have it.
 */
@Injectable()
export class RoleManagement {
  readonly #bodies: ReturnType<typeof roleBodySchemas>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly roles: RoleService,
    private readonly authority: Authority,
  ) {
    this.#bodies = roleBodySchemas(roleInputSchemas(options.permissions));
  }

  /** @throws AuthError `permission_denied`, BadRequestException, ConflictException for a name that is taken. */
  async create(
    body: unknown,
    orgId: string | undefined,
    caller: UserIdentity,
    origin: Origin,
  ): Promise<Role> {
    const request = readRequest(this.#bodies.create, body);
    const place = placeOf(caller, orgId);
    this.authority.demand(caller, request.permissions);
    await this.#demandThere(request.inherits, place);
    this.authority.demand(caller, await this.authority.grantsOfRoles(request.inherits, place));
    await this.authority.demandRoles(caller, [request.name, ...request.inherits], place);
    const input = { ...request, orgId: place, permissions: request.permissions as PermissionGrant[] };
    return changedRole(await this.roles.create(input satisfies RoleInput, origin));
  }

  /** One page: with an organisation its roles and those for all, otherwise every role there is. */
  async list({ orgId, ...page }: RoleListQuery, caller: UserIdentity): Promise<RolePage> {
    const { roles, next } = await this.roles.list({ ...page, orgId: placeOf(caller, orgId) });
    return { roles: roles.map((role) => seenBy(caller, role)), next };
  }

  /** @throws NotFoundException */
  async get(name: string, orgId: string | undefined, caller: UserIdentity): Promise<Role> {
    const role = await this.roles.find(name, placeOf(caller, orgId));
    return role === undefined ? notFound() : seenBy(caller, role);
  }

  /** @throws AuthError `permission_denied`; NotFoundException, BadRequestException, ConflictException. */
  async update(
    name: string,
    body: unknown,
    orgId: string | undefined,
    caller: UserIdentity,
    origin: Origin,
  ): Promise<Role> {
    const changes = readRequest(this.#bodies.update, body);
    const place = await this.#demandRole(name, orgId, caller);
    this.authority.demand(caller, changes.permissions ?? []);
    await this.#demandThere(changes.inherits ?? [], place);
    this.authority.demand(caller, await this.authority.grantsOfRoles(changes.inherits ?? [], place));
    await this.authority.demandRoles(caller, changes.inherits ?? [], place);
    return changedRole(await this.roles.update(name, place, changes as RoleUpdate, origin));
  }

  /** @throws AuthError `permission_denied`; NotFoundException, ConflictException. */
  async remove(name: string, orgId: string | undefined, caller: UserIdentity, origin: Origin): Promise<void> {
    const place = await this.#demandRole(name, orgId, caller);
    changedRole(await this.roles.remove(name, place, origin));
  }

  /** Before it is asked what parents grant: what is no role yet grants nothing, and may grant more once it is one. */
  async #demandThere(names: readonly string[], place: string | undefined): Promise<void> {
    const found = await Promise.all(names.map((name) => this.roles.find(name, place)));
    const parents = names.filter((_, i) => found[i] === undefined);
    if (parents.length > 0) throw unknownParents(parents);
  }

  /**
   * Is this a role that the caller may change, and do they hold all that it grants?
   *
   * @returns the organisation that it is for.
   */
  async #demandRole(
    name: string,
    orgId: string | undefined,
    caller: UserIdentity,
  ): Promise<string | undefined> {
    const place = placeOf(caller, orgId);
    const role = (await this.roles.find(name, place)) ?? notFound();
    if (role.isReadOnly || role.orgId !== place) throw readOnly();
    this.authority.demand(caller, await this.authority.grantsOfRoles([name], place));
    await this.authority.demandRoles(caller, [name], place);
    return place;
  }
}

/** The organisation that a caller means: their own, or for a caller without one the named one. */
function placeOf(caller: UserIdentity, orgId: string | undefined): string | undefined {
  if (caller.orgId !== undefined && orgId !== undefined && orgId !== caller.orgId) return notFound();
  return caller.orgId ?? orgId;
}

/** Roles for all are not an organisation's to change. */
function seenBy({ orgId }: UserIdentity, role: Role): Role {
  return { ...role, isReadOnly: role.isReadOnly || (orgId !== undefined && role.orgId === undefined) };
}

function changedRole(result: RoleOutcome): Role {
  switch (result.outcome) {
    case 'changed':
      return result.role;
    case 'unknown':
      return notFound();
    case 'read-only':
      throw readOnly();
    case 'taken':
      throw new ConflictException('Another role has the name');
    case 'in-use':
      throw new ConflictException('Another role inherits from it');
    case 'circle':
      throw new ConflictException('The role would inherit from itself');
    case 'unknown-parents':
      throw unknownParents(result.parents);
  }
}

function unknownParents(names: readonly string[]): BadRequestException {
  return new BadRequestException(`inherits names no role: ${names.join(', ')}`);
}

function readOnly(): ConflictException {
  return new ConflictException('The role cannot be changed here');
}

function notFound(): never {
  throw new NotFoundException();
}
