import { z } from 'zod';

import { grantsSchema } from '../identity/grants.schema.js';
import type { AnyPermissionCatalogue, PermissionGrant } from '../identity/permission.js';

/** Who logs in, and what the session's access tokens carry. */
export interface SessionInput {
  /** 1 to 255 characters. */
  userId: string;
  orgId?: string;
  email?: string;
  name?: string;
  /** Defaults to none. `['*']`: whatever the subject holds, where the `SubjectDirectory` tells of it. */
  permissions?: readonly PermissionGrant[];
  /** Plain JSON, readable by whoever holds the access token. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Schema of {@link SessionInput}. */
export function sessionInputSchema(catalogue: AnyPermissionCatalogue | undefined) {
  const text = z.string('is not text').min(1, 'is empty').nullish();
  return z.strictObject({
    userId: z.string('is not text').min(1, 'is empty').max(255, 'is longer than 255 characters'),
    orgId: text,
    email: text,
    name: text,
    permissions: grantsSchema(catalogue).default([]),
    metadata: z.record(z.string(), z.json(), 'is no plain JSON object').default({}),
  });
}
