import { z } from 'zod';

/** The HTTP endpoints of this package. */
export interface EndpointsOptions {
  /** What their paths begin with. Default `auth`. */
  prefix?: string;
  /** `/auth/refresh`, `/auth/logout`, `/auth/logout-all`, `/auth/sessions`, `/auth/me`. Default true. */
  sessions?: boolean;
  /** `/auth/revoke` (RFC 7009) and `/auth/introspect` (RFC 7662). Default true. */
  tokens?: boolean;
  /** `/auth/api-keys`. Default true. */
  apiKeys?: boolean;
  /** `/.well-known/jwks.json`, whatever the prefix. Default true. */
  keySet?: boolean;
  /** With `users`: `/auth/login`, `PATCH /auth/me`, `/auth/password`, `/auth/email`, `/auth/invitations/accept`. Default true. */
  account?: boolean;
  /** With `users`: `/auth/register`, for anybody. Default false. */
  registration?: boolean;
  /** With `users`: `/auth/setup`. Default true. */
  setup?: boolean;
  /** With `loginProviders`: `/auth/login/:provider`, `/auth/callback/:provider`, `/auth/login/exchange`, `/auth/logout/:provider`, `/auth/me/providers`. Default true. */
  providers?: boolean;
  /** With `users`: `/auth/users` and `/auth/invitations`, for administrators. Default true. */
  users?: boolean;
  /** With `users`: `/auth/roles`, `/auth/permissions`, `/auth/explain`, and who holds what. Default true. */
  roles?: boolean;
  /** With `audit`: `/auth/audit`. Default true. */
  audit?: boolean;
  /** With `services`: `/auth/clients`, for administrators. Default true. */
  clients?: boolean;
  /** With `services`: `/oauth/token`, whatever the prefix, and the two documents that tell of it. Default true. */
  tokenEndpoint?: boolean;
}

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
    providers: z.boolean(SWITCH).default(true),
    users: z.boolean(SWITCH).default(true),
    roles: z.boolean(SWITCH).default(true),
    audit: z.boolean(SWITCH).default(true),
    clients: z.boolean(SWITCH).default(true),
    tokenEndpoint: z.boolean(SWITCH).default(true),
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
