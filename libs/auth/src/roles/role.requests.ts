import { z } from 'zod';

import { idText, pageLimit } from '../input.fields.js';
import { roleName, type roleInputSchemas } from './role.input.js';

/** Which organisation's role. A caller with an organisation needs not say: it is their own. */
export const RolePlaceQuery = z.strictObject({ orgId: idText.optional() });
export type RolePlaceQuery = z.infer<typeof RolePlaceQuery>;

/** Which page of which roles. */
export const RoleListQuery = RolePlaceQuery.extend({
  limit: pageLimit,
  /** `next` of the page before. */
  after: z
    .string('is not text')
    .regex(/^:?[\w.-]{1,64}(?:@[^\0]{1,255})?$/, 'is not the next of a page')
    .optional(),
});
export type RoleListQuery = z.infer<typeof RoleListQuery>;

/** The name in a path. */
export const RoleNameParam = z.strictObject({ name: roleName });
export type RoleNameParam = z.infer<typeof RoleNameParam>;

/** Whose role, in a path. */
export const HeldRoleParam = z.strictObject({ id: idText, name: roleName });
export type HeldRoleParam = z.infer<typeof HeldRoleParam>;

/** Whom, in a path. */
export const HolderParam = z.strictObject({ id: idText });
export type HolderParam = z.infer<typeof HolderParam>;

/** Bodies and parameters that depend on the catalogue. */
export function roleBodySchemas({ create, update, grant }: ReturnType<typeof roleInputSchemas>) {
  return {
    // The organisation is the caller's, or in the query.
    create: create.omit({ orgId: true }),
    update,
    /** Whose grant, in a path. */
    heldGrant: z.strictObject({ id: idText, permission: grant }),
    explain: z.strictObject({
      permission: grant,
      /** Default: the caller. */
      subjectId: idText.optional(),
      kind: z.enum(['user', 'service'], 'is neither user nor service').optional(),
    }),
  };
}
