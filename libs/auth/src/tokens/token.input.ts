import { z } from 'zod';

import { grantsSchema } from '../identity/grants.schema.js';
import { metadataSchema } from '../identity/metadata.schema.js';
import type { PermissionGrant } from '../identity/permission.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Duration } from '../options/duration.js';
import { parseDuration } from '../options/duration.js';

/** What both kinds of access token take. */
interface TokenInput {
  orgId?: string;
  /** Defaults to none. */
  permissions?: readonly PermissionGrant[];
  /** Names of roles (RFC 9068 section 2.2.3.1). Not written when left out. */
  roles?: readonly string[];
  /** Seconds, or text such as `'15m'`. Default: `jwt.accessTokenTtl`. */
  expiresIn?: Duration;
  /** Plain JSON, readable by whoever holds the token. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Whom an access token is for, and what it carries. */
export interface AccessTokenInput extends TokenInput {
  /** `sub`: 1 to 255 characters. */
  userId: string;
  email?: string;
  name?: string;
  /** `sid`: the session that the token belongs to. */
  sessionId?: string;
}

/** Which service a token is for, and what it carries. */
export interface ServiceTokenInput extends TokenInput {
  /** `client_id` and `sub`: 1 to 255 characters. */
  clientId: string;
}

/** Schemas of what the token service takes, for one application's options. */
export function tokenInputSchemas({ jwt, permissions }: ResolvedAuthOptions) {
  const subject = z.string('is not text').min(1, 'is empty').max(255, 'is longer than 255 characters');
  const text = z.string('is not text').min(1, 'is empty').nullish();
  const common = {
    orgId: text,
    permissions: grantsSchema(permissions).default([]),
    roles: z.array(z.string('is not text').min(1, 'is empty'), 'is not a list of roles').nullish(),
    expiresIn: z
      .union([z.number(), z.string()], 'is not a duration')
      .optional()
      .transform((value) => (value === undefined ? jwt.accessTokenTtl : (parseDuration(value) ?? Number.NaN)))
      .refine(
        (seconds) => Number.isInteger(seconds) && seconds >= 1,
        "is not a number of seconds, or text such as '15m'",
      )
      .refine((seconds) => !(seconds > jwt.maxAccessTokenTtl), 'is longer than jwt.maxAccessTokenTtl'),
    metadata: metadataSchema.optional(),
  };
  return {
    access: z.strictObject({ userId: subject, email: text, name: text, sessionId: text, ...common }),
    service: z.strictObject({ clientId: subject, ...common }),
  };
}
