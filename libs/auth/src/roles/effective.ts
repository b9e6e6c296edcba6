import type { ResolvedRole } from '../options/user-options.js';
import { ADMINISTRATOR_ROLE } from './code-roles.js';
import { ADMINISTRATOR, type RoleRecord } from './role.store.js';

/** A role, stored or given in code. */
type Role = ResolvedRole & { readonly orgId?: string | undefined };

/** A role that somebody has, by itself or through another one. */
export interface ReachedRole {
  readonly name: string;
  /** The organisation that it is for; undefined: for all. */
  readonly orgId: string | undefined;
  /** The role that inherits from it; undefined for one that the subject has itself. */
  readonly heir: ReachedRole | undefined;
  readonly permissions: readonly string[];
}

/** A grant with where it comes from. */
export interface GrantSource {
  /** `resource:action`, `resource:*` or `*`. */
  readonly grant: string;
  /** `role`: through roles; `grant`: given to the subject itself; `directory`: the application's own directory says so. */
  readonly source: 'role' | 'grant' | 'directory';
  /** The way to it: the role that the subject has first, the one that grants it last. Empty without a role. */
  readonly path: readonly string[];
}

/**
 * Finds roles by name. `administrator` comes first, and cannot be replaced; then a role of the organisation, then one
 * for all, then one given in code.
 */
export class RoleIndex {
  readonly #own = new Map<string, Role>();
  readonly #all = new Map<string, Role>();

  /**
   * @param stored roles of the organisation and for all; those of others are never found.
   * @param inCode roles given in code, by name.
   * @param orgId undefined: roles for all, and those of the code.
   */
  constructor(
    stored: readonly RoleRecord[],
    private readonly inCode: ReadonlyMap<string, ResolvedRole>,
    orgId: string | undefined,
  ) {
    for (const role of stored) {
      if (role.orgId === undefined) this.#all.set(role.name, role);
      else if (role.orgId === orgId) this.#own.set(role.name, role);
    }
  }

  /** The role that whoever is given this name has. */
  find(name: string): Role | undefined {
    return name === ADMINISTRATOR ? ADMINISTRATOR_ROLE : (this.#own.get(name) ?? this.#shared(name));
  }

  /**
   * The parents of a role, unknown ones left out. They are looked for from where the role is written: an organisation's
   * role never stands in for a parent of a role that all have, nor a stored one for a parent of one in code.
   */
  parentsOf(role: Role): readonly Role[] {
    return role.inherits.flatMap((name) => this.#findFrom(role, name) ?? []);
  }

  #findFrom(role: Role, name: string): Role | undefined {
    if (role === this.inCode.get(role.name)) return this.inCode.get(name);
    return role.orgId === undefined && name !== ADMINISTRATOR ? this.#shared(name) : this.find(name);
  }

  #shared(name: string): Role | undefined {
    return this.#all.get(name) ?? this.inCode.get(name);
  }
}

/**
 * All roles that come with these names, each once with the shortest way to it. A name that no role has comes with
 * nothing, and a circle with what is on it.
 */
export function reachedRoles(names: readonly string[], index: RoleIndex): readonly ReachedRole[] {
  const seen = new Set<Role>();
  const reached: ReachedRole[] = [];
  const open: { readonly role: Role; readonly heir: ReachedRole | undefined }[] = [];
  const reach = (role: Role | undefined, heir: ReachedRole | undefined): void => {
    if (role === undefined || seen.has(role)) return;
    seen.add(role);
    open.push({ role, heir });
  };
  for (const name of names) reach(index.find(name), undefined);
  // The list grows while it is walked: breadth first, so that the first way to a role is a shortest one.
  for (const { role, heir } of open) {
    const { name, orgId, permissions } = role;
    const found = { name, orgId, permissions, heir };
    reached.push(found);
    for (const parent of index.parentsOf(role)) reach(parent, found);
  }
  return reached;
}

/** The names on the way to a role: the one that was given first, its own last. */
function pathTo(role: ReachedRole): readonly string[] {
  const path = [role.name];
  for (let { heir } = role; heir !== undefined; heir = heir.heir) path.push(heir.name);
  return path.reverse();
}

/** Each grant once. */
export function grantsOf(direct: readonly string[], roles: readonly ReachedRole[]): readonly string[] {
  const grants = new Set(direct);
  for (const { permissions } of roles) for (const grant of permissions) grants.add(grant);
  return [...grants];
}

/** The name of each role once; two roles have the same when one of them is an organisation's. */
export function namesOf(roles: readonly ReachedRole[]): readonly string[] {
  return [...new Set(roles.map(({ name }) => name))];
}

/** Each grant as often as there is a role that has it, or once for the subject itself. */
export function sourcesOf(direct: readonly string[], roles: readonly ReachedRole[]): readonly GrantSource[] {
  const sources: GrantSource[] = direct.map((grant) => ({ grant, source: 'grant', path: [] }));
  for (const role of roles) {
    if (role.permissions.length === 0) continue;
    const path = pathTo(role);
    for (const grant of role.permissions) sources.push({ grant, source: 'role', path });
  }
  return sources;
}

/** Those of the sources that cover a permission: it, its resource's wildcard, or `*`. */
export function sourcesFor(permission: string, sources: readonly GrantSource[]): readonly GrantSource[] {
  const covering = new Set([permission, `${permission.slice(0, permission.indexOf(':'))}:*`, '*']);
  return sources.filter(({ grant }) => covering.has(grant));
}
