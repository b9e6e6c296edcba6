import { z } from 'zod';

import { isGrant, isKnownGrant, type AnyPermissionCatalogue } from './permission.js';

/**
 * A list of grants.
 *
 * @param catalogue when there is one, it has to know each of them.
 */
export function grantsSchema(catalogue: AnyPermissionCatalogue | undefined): z.ZodType<readonly string[]> {
  return z.array(
    z
      .string('is not text')
      .refine(isGrant, 'is neither resource:action nor resource:* nor *')
      .refine(
        (grant) => catalogue === undefined || !isGrant(grant) || isKnownGrant(grant, catalogue),
        'is in no catalogue',
      ),
    'is not a list of permissions',
  );
}
