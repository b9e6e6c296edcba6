import type { Duration } from './duration.js';
import type { RateLimit } from './rate-limit.js';

/** People who are kept here: how they log in. */
export interface UsersOptions {
  /**
   * Whoever has it makes the first administrator, once (`POST /auth/setup`). 16 characters or more. Env
   * `AUTH_SETUP_TOKEN`. Default: none, and no set-up.
   */
  setupToken?: string;
  /** Characters that a password has at least. Default 15; 8 at least, where there is a second factor elsewhere. */
  passwordMinLength?: number;
  /** Words that no password may be built of, in any case: the names of the product and the company. */
  forbiddenWords?: string[];
  /**
   * Whether people log in by password only after they have confirmed their address, and are called by it in tokens only then.
   * Default true.
   */
  requireVerifiedEmail?: boolean;
  /** How many passwords are hashed at a time, 19 MiB each. Default 2. */
  hashConcurrency?: number;
  loginLimits?: LoginLimitsOptions;
}

/** How many failed attempts to log in are let through. */
export interface LoginLimitsOptions {
  /**
   * For one address of mail, from wherever they come. A source that its owner has logged in from within 14 days has as
   * many of its own, which strangers cannot use up. Default 20 in 15 minutes.
   */
  account?: RateLimit;
  /**
   * From one source: an IPv4 address, or the /64 of an IPv6 address. Behind a proxy that the application does not trust
   * (`trust proxy`) everybody is one source. First logins from there count as well. Default 100 in 15 minutes.
   */
  source?: RateLimit;
}

/** A role that is given in code. */
export interface RoleOptions {
  description?: string;
  /** Grants: `resource:action`, `resource:*` or `*`. */
  permissions?: readonly string[];
  /** Names of other roles given in code. */
  inherits?: readonly string[];
}

/** Roles given in code, by name: what they grant, or their permissions alone. Read-only at run time. */
export type RolesOptions = Readonly<Record<string, RoleOptions | readonly string[]>>;

/** The audit log. */
export interface AuditOptions {
  /** How long entries are kept. Default 90 days. */
  retention?: Duration;
}

/** {@link UsersOptions} after validation. */
export interface ResolvedUsersOptions {
  readonly setupToken: string | undefined;
  readonly passwordMinLength: number;
  /** Lower case. */
  readonly forbiddenWords: readonly string[];
  readonly requireVerifiedEmail: boolean;
  readonly hashConcurrency: number;
  readonly loginLimits: { readonly account: RateLimit; readonly source: RateLimit };
}

/** One of {@link RolesOptions} after validation. */
export interface ResolvedRole {
  readonly name: string;
  readonly description: string | undefined;
  readonly permissions: readonly string[];
  readonly inherits: readonly string[];
}

/** {@link AuditOptions} after validation. */
export interface ResolvedAuditOptions {
  /** Seconds. */
  readonly retention: number;
}
