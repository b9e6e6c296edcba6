import { z } from 'zod';

import type { EndpointsOptions } from './auth-options.js';

/** {@link EndpointsOptions} after validation. */
export type ResolvedEndpoints = Readonly<Required<EndpointsOptions>>;

const SWITCH = 'is neither true nor false. Give one of the two';
const NO_PREFIX = 'is no path. Give for example auth, or api/auth';

/** What `endpoints` may hold when it is not `false`. */
export const endpointsSchema = z.strictObject(
  {
    prefix: z
      .string(NO_PREFIX)
      .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/, NO_PREFIX)
      .default('auth'),
    sessions: z.boolean(SWITCH).default(true),
    tokens: z.boolean(SWITCH).default(true),
    apiKeys: z.boolean(SWITCH).default(true),
    keySet: z.boolean(SWITCH).default(true),
    account: z.boolean(SWITCH).default(true),
    registration: z.boolean(SWITCH).default(false),
    setup: z.boolean(SWITCH).default(true),
    users: z.boolean(SWITCH).default(true),
    roles: z.boolean(SWITCH).default(true),
    audit: z.boolean(SWITCH).default(true),
  },
  { error: 'is not endpoints options. Give an object, or false' },
);

/**
 * The endpoints have to be there before the options are validated. What is wrong with them is told then, with all the
 * rest; here it means that there are none.
 */
export function resolveEndpoints(written: EndpointsOptions | false = {}): ResolvedEndpoints | undefined {
  return written === false ? undefined : endpointsSchema.safeParse(written).data;
}
