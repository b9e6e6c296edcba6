import { z } from 'zod';

import { isGrant } from '../identity/permission.js';
import { lifetime } from './duration.schema.js';
import type { ResolvedRole } from './user-options.js';

const NO_TOKEN = 'is not 16 to 200 characters. Give a random text';
const NO_LENGTH = 'is not a whole number from 8 to 64. Give for example 15';
const NO_WORDS = "is not a list of words. Give for example ['acme']";
const SWITCH = 'is neither true nor false. Give one of the two';
const NO_CONCURRENCY = 'is not a whole number from 1 to 64. Give for example 2';
const NO_LIMIT = 'is no limit. Give for example { limit: 20, window: 900 }';

const limit = z.strictObject(
  { limit: z.int(NO_LIMIT).min(1, NO_LIMIT), window: z.int(NO_LIMIT).min(1, NO_LIMIT).max(86_400, NO_LIMIT) },
  NO_LIMIT,
);

/** What `users` may hold when it is neither true nor false. */
export const usersSchema = z.strictObject(
  {
    setupToken: z.string(NO_TOKEN).min(16, NO_TOKEN).max(200, NO_TOKEN).optional(),
    passwordMinLength: z.int(NO_LENGTH).min(8, NO_LENGTH).max(64, NO_LENGTH).default(15),
    forbiddenWords: z
      .array(
        z
          .string(NO_WORDS)
          .min(3, 'has a word of less than 3 characters. Leave it out')
          .transform((word) => word.toLowerCase()),
        NO_WORDS,
      )
      .default([]),
    requireVerifiedEmail: z.boolean(SWITCH).default(true),
    hashConcurrency: z.int(NO_CONCURRENCY).min(1, NO_CONCURRENCY).max(64, NO_CONCURRENCY).default(2),
    loginLimits: z
      .strictObject(
        {
          account: limit.default({ limit: 20, window: 900 }),
          source: limit.default({ limit: 100, window: 900 }),
        },
        'is not an object. Give for example { account: { limit: 20, window: 900 } }',
      )
      .prefault({}),
  },
  { error: 'is not users options. Give an object, true or false' },
);

/** What `audit` may hold when it is neither true nor false. */
export const auditSchema = z.strictObject(
  { retention: lifetime.default(90 * 86_400) },
  { error: 'is not audit options. Give an object, true or false' },
);

const NO_ROLE = "is no role. Give for example { permissions: ['note:read'], inherits: ['reader'] }";
const NO_NAME = 'is not the name of a role. Give 1 to 64 letters, digits, _ . and -';
const NO_GRANTS = "is not a list of grants. Give for example ['note:read', 'note:*']";
const grants = z.array(z.string(NO_GRANTS).refine(isGrant, NO_GRANTS), NO_GRANTS);

/** What the name of a role looks like. */
export const ROLE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const role = z.union(
  [
    grants.transform((permissions) => ({ permissions })),
    z.strictObject({
      description: z.string(NO_ROLE).max(500, NO_ROLE).optional(),
      permissions: grants.default([]),
      inherits: z.array(z.string(NO_ROLE), NO_ROLE).default([]),
    }),
  ],
  NO_ROLE,
);

/** What `roles` may hold. */
export const rolesSchema = z
  .record(z.string().regex(ROLE_NAME, NO_NAME), role, {
    error: 'is not an object of roles. Give for example { reader: [...] }',
  })
  .transform((roles): readonly ResolvedRole[] =>
    Object.entries(roles).map(([name, one]) => ({ description: undefined, inherits: [], ...one, name })),
  );
