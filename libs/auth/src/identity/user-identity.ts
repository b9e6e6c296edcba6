import { frozenCopy } from './frozen-copy.js';
import { PermissionSet } from './permission-set.js';
import type { PermissionName } from './permission.js';

/** How a caller proved who they are: a person's JWT, an API key, or a service's JWT (`client_id === sub`). */
export type IdentityProvider = 'jwt' | 'api_key' | 'service';

/** What a {@link UserIdentity} is made of. */
export interface UserIdentityData {
  /** Who: a token's `sub`, a key's owner. */
  readonly userId: string;
  readonly orgId?: string;
  readonly email?: string;
  readonly name?: string;
  /** Grants as strings, or a set that is shared with other identities. */
  readonly permissions?: readonly string[] | PermissionSet;
  /** Names of roles, from a token. */
  readonly roles?: readonly string[];
  /** `'jwt'` when left out. */
  readonly provider?: IdentityProvider;
  /** The token's `jti` or the key's id. */
  readonly credentialId: string;
  /** The session that the token belongs to (`sid`). */
  readonly sessionId?: string;
  /** Milliseconds since 1970, or a Date. */
  readonly issuedAt?: number | Date;
  /** Milliseconds since 1970, or a Date. Absent: the credential does not end by itself. */
  readonly expiresAt?: number | Date;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. Absent: what was found out of the credential holds until it is revoked or over. */
  readonly rememberUntil?: number;
}

const NO_ROLES: readonly string[] = Object.freeze([]);
const NO_METADATA: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Who is calling. Made by the gate and handed to handlers by `@CurrentUser()`. Frozen, its metadata too;
 * `JSON.stringify(identity)` shows its data and nothing secret.
 */
export class UserIdentity {
  readonly #permissions: PermissionSet;
  readonly #issuedAt: number | undefined;
  readonly #expiresAt: number | undefined;
  readonly #rememberUntil: number | undefined;

  readonly userId: string;
  readonly orgId: string | undefined;
  readonly email: string | undefined;
  readonly name: string | undefined;
  /** The roles that the token carries and its subject holds, e.g. `['editor']`. None of an API key. */
  readonly roles: readonly string[];
  readonly provider: IdentityProvider;
  readonly credentialId: string;
  readonly sessionId: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;

  constructor(data: UserIdentityData) {
    const { permissions = [], roles = NO_ROLES, metadata = NO_METADATA } = data;
    this.#permissions = permissions instanceof PermissionSet ? permissions : new PermissionSet(permissions);
    this.#issuedAt = data.issuedAt?.valueOf();
    this.#expiresAt = data.expiresAt?.valueOf();
    this.#rememberUntil = data.rememberUntil;
    this.userId = data.userId;
    this.orgId = data.orgId;
    this.email = data.email;
    this.name = data.name;
    this.roles = roles.length === 0 ? NO_ROLES : Object.freeze([...roles]);
    this.provider = data.provider ?? 'jwt';
    this.credentialId = data.credentialId;
    this.sessionId = data.sessionId;
    this.metadata = Object.keys(metadata).length === 0 ? NO_METADATA : frozenCopy(metadata);
    Object.freeze(this);
  }

  /** The grants that the credential carries and its subject holds, e.g. `['session:read', 'memory:*']`. */
  get permissions(): readonly string[] {
    return this.#permissions.grants;
  }

  /** When the credential was issued, if it says so. */
  get issuedAt(): Date | undefined {
    return this.#issuedAt === undefined ? undefined : new Date(this.#issuedAt);
  }

  /** From when on the credential is no longer accepted; `undefined` when it does not end by itself. */
  get expiresAt(): Date | undefined {
    return this.#expiresAt === undefined ? undefined : new Date(this.#expiresAt);
  }

  /** From when on the credential has to be verified again, in milliseconds since 1970; for those who remember it. */
  get rememberUntil(): number | undefined {
    return this.#rememberUntil;
  }

  /**
   * Is the credential over at that time?
   *
   * @param time milliseconds since 1970.
   */
  isExpiredAt(time: number): boolean {
    return this.#expiresAt !== undefined && this.#expiresAt <= time;
  }

  /** True when the grants cover the permission (whole segments; `session:*` and `*` are wildcards). */
  hasPermission(permission: PermissionName): boolean {
    return this.#permissions.covers(permission);
  }

  /** True when the grants cover at least one of them; false for an empty list. */
  hasAnyPermission(permissions: readonly PermissionName[]): boolean {
    return this.#permissions.coversAny(permissions);
  }

  /** True when the grants cover each of them; true for an empty list. */
  hasAllPermissions(permissions: readonly PermissionName[]): boolean {
    return this.#permissions.coversAll(permissions);
  }

  /** True when the caller has the role; by its whole name, and case counts. */
  hasRole(role: string): boolean {
    return this.roles.includes(role);
  }

  /** Plain data; dates as ISO 8601 strings. */
  toJSON(): Record<string, unknown> {
    return {
      userId: this.userId,
      orgId: this.orgId,
      email: this.email,
      name: this.name,
      permissions: this.permissions,
      roles: this.roles,
      provider: this.provider,
      credentialId: this.credentialId,
      sessionId: this.sessionId,
      issuedAt: this.issuedAt?.toISOString(),
      expiresAt: this.expiresAt?.toISOString(),
      metadata: this.metadata,
    };
  }
}
