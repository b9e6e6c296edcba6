import { z } from 'zod';

import type { UserIdentity } from '../identity/user-identity.js';
import { idText, pageLimit } from '../input.fields.js';
import { roleName } from '../roles/role.input.js';
import { userInputSchema, userUpdateSchema } from './user.input.js';
import type { User } from './user.view.js';

/** Which page of which users. */
export const UserPageQuery = z.strictObject({
  limit: pageLimit,
  /** The last `userId` of the page before. */
  after: idText.optional(),
  /** A part of the address or the name. */
  search: z
    .string('is not text')
    .refine((text) => !text.includes('\0'), 'holds a zero byte')
    .min(1, 'is empty')
    .max(100, 'is longer than 100 characters')
    .optional(),
  /** Of callers who belong to no organisation, and see all of them. */
  orgId: idText.optional(),
});
export type UserPageQuery = z.infer<typeof UserPageQuery>;

/** One page of users. */
export interface UserPage {
  readonly users: readonly User[];
  /** `after` of the next page; absent when there is none. */
  readonly next: string | undefined;
}

const MAX_ROLES = 50;
const create = userInputSchema.omit({ password: true, isEmailVerified: true });
const update = userUpdateSchema.omit({ isEmailVerified: true });
const invite = create.omit({ metadata: true }).extend({
  roles: z
    .array(roleName, 'is not a list of names')
    .max(MAX_ROLES, `has more than ${MAX_ROLES} roles`)
    .transform((names) => [...new Set(names)])
    .default([]),
});

/** What the bodies about users may hold. */
export interface UserBodies {
  readonly create: z.ZodType<z.output<typeof create>>;
  readonly update: z.ZodType<z.output<typeof update>>;
  readonly invite: z.ZodType<z.output<typeof invite>>;
}

const globalBodies: UserBodies = { create, update, invite };
const organisationBodies: UserBodies = {
  create: create.omit({ orgId: true }),
  update: update.omit({ orgId: true }),
  invite: invite.omit({ orgId: true }),
};

/**
 * What a caller may put into bodies: those who belong to no organisation put users where they like; the users of others
 * are of their organisation, and stay there.
 */
export function userBodiesOf({ orgId }: UserIdentity): UserBodies {
  return orgId === undefined ? globalBodies : organisationBodies;
}
