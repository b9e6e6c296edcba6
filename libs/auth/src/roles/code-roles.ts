import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { ResolvedRole } from '../options/user-options.js';
import { ADMINISTRATOR } from './role.store.js';

/** The role that every application has. */
export const ADMINISTRATOR_ROLE: ResolvedRole = {
  name: ADMINISTRATOR,
  description: undefined,
  permissions: ['*'],
  inherits: [],
};

/** The roles that are given in code, by name. */
export function codeRolesByName({ roles }: ResolvedAuthOptions): ReadonlyMap<string, ResolvedRole> {
  return new Map(roles.map((role) => [role.name, role]));
}
