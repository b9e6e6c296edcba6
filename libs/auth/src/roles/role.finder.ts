import { Injectable } from '@nestjs/common';

import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { ResolvedRole } from '../options/user-options.js';
import { storeAnswer } from '../store-answer.js';
import { ADMINISTRATOR_ROLE, codeRolesByName } from './code-roles.js';
import { ADMINISTRATOR, RoleStore, type RoleRecord } from './role.store.js';

/** A role, as it is shown. */
export interface Role extends Pick<
  RoleRecord,
  'name' | 'orgId' | 'description' | 'permissions' | 'inherits'
> {
  /** True for roles given in code, and for `administrator`: nothing of them can be changed. */
  readonly isReadOnly: boolean;
  /** Undefined for a role that is not stored. */
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** Which roles to list, and which page of them. */
export interface RolePageQuery {
  /** Those for this organisation and those for all; undefined: every role there is. */
  readonly orgId?: string | undefined;
  /** How many at most, 1 to 100. Default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/** One page of roles: those that are not stored first, then by name. */
export interface RolePage {
  readonly roles: readonly Role[];
  /** `after` of the next page; absent when there is none. */
  readonly next: string | undefined;
}

/**
 * Finds roles, stored or not.
 *
 * Every method that asks the store rejects with AuthError `auth_unavailable` when it does not answer.
 */
@Injectable()
export class RoleFinder {
  readonly inCode: ReadonlyMap<string, ResolvedRole>;
  /** `administrator`, then the roles given in code, by name. */
  readonly #fixed: readonly Role[];

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: RoleStore,
  ) {
    this.inCode = codeRolesByName(options);
    const byName = [...this.inCode.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    this.#fixed = [ADMINISTRATOR_ROLE, ...byName].map(fixedRole);
  }

  /** A role that is not stored. */
  fixed(name: string): Role | undefined {
    return this.#fixed.find((role) => role.name === name);
  }

  /** Exactly the stored role of this name and organisation. */
  async stored(name: string, orgId: string | undefined): Promise<Role | undefined> {
    const record = await storeAnswer('the role store', this.store.find(name, orgId));
    return record && storedRole(record);
  }

  /** The role that this name stands for in an organisation; undefined as `orgId`: for those who are in none. */
  async find(name: string, orgId: string | undefined): Promise<Role | undefined> {
    if (name === ADMINISTRATOR) return this.fixed(name);
    const own = orgId === undefined ? undefined : await this.stored(name, orgId);
    return own ?? (await this.stored(name, undefined)) ?? this.fixed(name);
  }

  async list({ orgId, limit: wanted = 50, after }: RolePageQuery = {}): Promise<RolePage> {
    const limit = Math.min(Math.max(wanted, 1), 100);
    const roles = [...this.#fixedAfter(after).slice(0, limit)];
    // Of another organisation's role, a page must not even tell whether it is there.
    const lastOrgId = after === undefined ? undefined : placeOf(after).orgId;
    const isElsewhere = orgId !== undefined && lastOrgId !== undefined && lastOrgId !== orgId;
    if (roles.length < limit && !isElsewhere) {
      const query = {
        limit: limit - roles.length,
        ...(orgId !== undefined && { orgId }),
        ...(after?.startsWith(FIXED) === false && { after: placeOf(after) }),
      };
      roles.push(...(await storeAnswer('the role store', this.store.list(query))).map(storedRole));
    }
    const last = roles.length === limit ? roles.at(-1) : undefined;
    return { roles, next: last && cursorOf(last) };
  }

  #fixedAfter(after: string | undefined): readonly Role[] {
    if (after === undefined) return this.#fixed;
    return after.startsWith(FIXED)
      ? this.#fixed.slice(this.#fixed.findIndex((role) => cursorOf(role) === after) + 1)
      : [];
  }
}

/** Begins the cursor of a role that is not stored; names of roles have no such character, nor the other one. */
const FIXED = ':';
const SEPARATOR = '@';

function cursorOf({ name, orgId, isReadOnly }: Role): string {
  if (isReadOnly) return FIXED + name;
  return orgId === undefined ? name : name + SEPARATOR + orgId;
}

function placeOf(cursor: string): Pick<RoleRecord, 'name' | 'orgId'> {
  const end = cursor.indexOf(SEPARATOR);
  return end === -1
    ? { name: cursor, orgId: undefined }
    : { name: cursor.slice(0, end), orgId: cursor.slice(end + 1) };
}

/** A stored role, as it is shown. */
export function storedRole({ name, orgId, ...record }: RoleRecord): Role {
  return { name, orgId, ...record, isReadOnly: false };
}

function fixedRole({ name, description, permissions, inherits }: ResolvedRole): Role {
  return {
    ...{ name, orgId: undefined, description, permissions, inherits },
    ...{ isReadOnly: true, createdAt: undefined, updatedAt: undefined },
  };
}
