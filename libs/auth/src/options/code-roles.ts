import { isKnownGrant, withBuiltIn, type AnyPermissionCatalogue } from '../identity/permission.js';
import type { Report } from './options-error.js';
import type { ResolvedRole } from './user-options.js';

/** The role that there always is (see `ADMINISTRATOR` in roles/). */
const RESERVED = 'administrator';

/** Says of roles that were given in code what cannot hold together. */
export function reportRoles(
  roles: readonly ResolvedRole[],
  catalogue: AnyPermissionCatalogue | undefined,
  report: Report,
): void {
  const known = catalogue && withBuiltIn(catalogue);
  const byName = new Map(roles.map((role) => [role.name, role]));
  for (const { name, permissions, inherits } of roles) {
    const option = `roles.${name}`;
    if (name === RESERVED)
      report(option, 'is always there, and grants everything', 'give yours another name');
    const unknown = permissions.filter((grant) => known !== undefined && !isKnownGrant(grant, known));
    if (unknown.length > 0)
      report(option, `grants ${unknown.join(', ')}, which no catalogue knows`, 'add it to permissions');
    const missing = inherits.filter((parent) => !byName.has(parent));
    if (missing.length > 0)
      report(
        option,
        `inherits from ${missing.join(', ')}, which is no role of the options`,
        'add it, or remove it',
      );
    if (isOwnAncestor(name, byName)) report(option, 'inherits from itself', 'take it out of the circle');
  }
}

function isOwnAncestor(name: string, roles: ReadonlyMap<string, ResolvedRole>): boolean {
  const seen = new Set<string>();
  const open = [...(roles.get(name)?.inherits ?? [])];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    if (parent === name) return true;
    if (seen.has(parent)) continue;
    seen.add(parent);
    open.push(...(roles.get(parent)?.inherits ?? []));
  }
  return false;
}
