import { z } from 'zod';

import { isGrant, isKnownGrant, type AnyPermissionCatalogue } from './permission.js';

/**
 * One grant.
 *
 * @param catalogue when there is one, it has to know the grant.
 */
export function grantSchema(catalogue: AnyPermissionCatalogue | undefined): z.ZodType<string> {
  return z
    .string('is not text')
    .refine(isGrant, 'is neither resource:action nor resource:* nor *')
    .refine(
      (grant) => catalogue === undefined || !isGrant(grant) || isKnownGrant(grant, catalogue),
      'is in no catalogue',
    );
}

/**
 * A list of grants.
 *
 * @param catalogue when there is one, it has to know each of them.
 */
export function grantsSchema(catalogue: AnyPermissionCatalogue | undefined): z.ZodType<readonly string[]> {
  return z.array(grantSchema(catalogue), 'is not a list of permissions');
}
