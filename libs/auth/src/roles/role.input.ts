import { z } from 'zod';

import { grantSchema } from '../identity/grants.schema.js';
import type { AnyPermissionCatalogue, PermissionGrant } from '../identity/permission.js';
import { idText, storableText } from '../input.fields.js';
import { ROLE_NAME } from '../options/user-options.schema.js';

/** What may be said of a role when it is made. */
export interface RoleInput {
  /** 1 to 64 letters, digits, `_`, `.` and `-`. */
  name: string;
  /** The organisation that it is for. Default: for all. */
  orgId?: string | undefined;
  /** For people, at most 500 characters. */
  description?: string | undefined;
  /** At most 1,000. Default: none. */
  permissions?: readonly PermissionGrant[] | undefined;
  /** Names of at most 50 roles whose permissions it has as well. Default: none. */
  inherits?: readonly string[] | undefined;
}

/** What may change of a role. `null` clears the description. */
export interface RoleUpdate extends Partial<Pick<RoleInput, 'permissions' | 'inherits'>> {
  description?: string | null | undefined;
}

const MAX_PERMISSIONS = 1_000;
const MAX_PARENTS = 50;
const MAX_GRANT = 255;

/** The name of a role. */
export const roleName = z
  .string('is not text')
  .regex(ROLE_NAME, 'is not the name of a role: 1 to 64 letters, digits, _ . and -');

/** Schemas of what the role service takes. */
export function roleInputSchemas(catalogue: AnyPermissionCatalogue | undefined) {
  const description = storableText.max(500, 'is longer than 500 characters');
  const grant = grantSchema(catalogue).refine(
    (text) => text.length <= MAX_GRANT,
    `is longer than ${MAX_GRANT} characters`,
  );
  const permissions = z
    .array(grant, 'is not a list of permissions')
    .max(MAX_PERMISSIONS, `has more than ${MAX_PERMISSIONS} permissions`)
    .transform(distinct);
  const inherits = z
    .array(roleName, 'is not a list of names')
    .max(MAX_PARENTS, `has more than ${MAX_PARENTS} roles`)
    .transform(distinct);
  return {
    create: z.strictObject({
      name: roleName,
      orgId: idText.optional(),
      description: description.optional(),
      permissions: permissions.default([]),
      inherits: inherits.default([]),
    }),
    update: z.strictObject({
      description: description.nullable().optional(),
      permissions: permissions.optional(),
      inherits: inherits.optional(),
    }),
    grant,
  };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
