import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import {
  ADMINISTRATOR,
  RoleStore,
  type RoleChangeResult,
  type RoleChanges,
  type RoleInsertResult,
  type RoleQuery,
  type RoleRecord,
  type SubjectHoldings,
} from '../../roles/role.store.js';
import { isLastAdministrator, lockAdministrators } from './administrators.js';
import { holdingsOf, prepareHoldings } from './holdings.js';
import { roles, subjectGrants, subjectRoles } from './people.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { changeRole, findRole, insertRole, lockRoles, removeRole, roleOf } from './role-changes.js';
import { canBeThere } from './rows.js';

/** Roles and who holds what, in Postgres. */
export class PostgresRoleStore extends RoleStore {
  readonly #connection: PostgresConnection;
  #holdings: ReturnType<typeof prepareHoldings> | undefined;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override insert(role: RoleRecord, revocation: Revocation): Promise<RoleInsertResult> {
    return this.#connection.transaction((queries) => insertRole(queries, role, revocation));
  }

  override async find(name: string, orgId: string | undefined): Promise<RoleRecord | undefined> {
    if (!canBeThere(name + (orgId ?? ''))) return undefined;
    return this.#connection.run((queries) => findRole(queries, name, orgId));
  }

  override async list({ orgId, limit, after }: RoleQuery): Promise<readonly RoleRecord[]> {
    if (!canBeThere((orgId ?? '') + (after?.name ?? '') + (after?.orgId ?? ''))) return [];
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(roles)
        .where(
          and(
            orgId === undefined ? undefined : or(isNull(roles.orgId), eq(roles.orgId, orgId)),
            after && isBehind(after),
          ),
        )
        .orderBy(asc(roles.name), sql`${roles.orgId} nulls first`)
        .limit(limit),
    );
    return rows.map(roleOf);
  }

  override async update(
    name: string,
    orgId: string | undefined,
    changes: RoleChanges,
    now: Date,
    revocation: Revocation,
  ): Promise<RoleChangeResult> {
    if (!canBeThere(name + (orgId ?? ''))) return { outcome: 'unknown' };
    return this.#connection.transaction((queries) =>
      changeRole(queries, name, orgId, { ...changes, updatedAt: now }, revocation),
    );
  }

  override async remove(
    name: string,
    orgId: string | undefined,
    revocation: Revocation,
  ): Promise<RoleChangeResult> {
    if (!canBeThere(name + (orgId ?? ''))) return { outcome: 'unknown' };
    return this.#connection.transaction((queries) => removeRole(queries, name, orgId, revocation));
  }

  override assign(
    subjectId: string,
    name: string,
    revocation: Revocation,
    stored?: Pick<RoleRecord, 'orgId'>,
  ): Promise<boolean> {
    return this.#connection.transaction(async (queries) => {
      // The lock keeps the role there until the name is written: whoever removes it takes the name as well.
      if (stored !== undefined) {
        await lockRoles(queries);
        if ((await findRole(queries, name, stored.orgId)) === undefined) return false;
      }
      const row = { subjectId, name };
      const added = await queries.insert(subjectRoles).values(row).onConflictDoNothing().returning();
      return logIf(queries, added.length === 1, revocation);
    });
  }

  override async unassign(
    subjectId: string,
    name: string,
    revocation: Revocation,
  ): Promise<'changed' | 'unknown' | 'last-administrator'> {
    if (!canBeThere(subjectId + name)) return 'unknown';
    return this.#connection.transaction(async (queries) => {
      if (name === ADMINISTRATOR) {
        await lockAdministrators(queries);
        if (await isLastAdministrator(queries, subjectId)) return 'last-administrator';
      }
      const removed = await queries
        .delete(subjectRoles)
        .where(and(eq(subjectRoles.subjectId, subjectId), eq(subjectRoles.name, name)))
        .returning();
      return (await logIf(queries, removed.length === 1, revocation)) ? 'changed' : 'unknown';
    });
  }

  override addGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean> {
    return this.#connection.transaction(async (queries) => {
      const row = { subjectId, grant };
      const added = await queries.insert(subjectGrants).values(row).onConflictDoNothing().returning();
      return logIf(queries, added.length === 1, revocation);
    });
  }

  override async removeGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean> {
    if (!canBeThere(subjectId + grant)) return false;
    return this.#connection.transaction(async (queries) => {
      const removed = await queries
        .delete(subjectGrants)
        .where(and(eq(subjectGrants.subjectId, subjectId), eq(subjectGrants.grant, grant)))
        .returning();
      return logIf(queries, removed.length === 1, revocation);
    });
  }

  override async holdingsOf(subjectId: string, orgId?: string): Promise<SubjectHoldings> {
    if (!canBeThere(subjectId + (orgId ?? ''))) return { user: undefined, roles: [], grants: [], stored: [] };
    const [row] = await this.#connection.run((queries) => {
      this.#holdings ??= prepareHoldings(queries);
      return this.#holdings.execute({ subjectId, orgId: orgId ?? null });
    });
    return holdingsOf(row!);
  }
}

async function logIf(queries: Queries, isChange: boolean, revocation: Revocation): Promise<boolean> {
  if (isChange) await appendToLog(queries, [revocation]);
  return isChange;
}

/** Behind a role in the order of the list, which begins with those for all. */
function isBehind({ name, orgId }: Pick<RoleRecord, 'name' | 'orgId'>) {
  const isThere = sql`exists (select from ${roles} as "last" where "last".name = ${name}
    and "last".org_id is not distinct from ${orgId ?? null}::text)`;
  const isNext = orgId === undefined ? sql`${roles.orgId} is not null` : sql`${roles.orgId} > ${orgId}`;
  return sql`${isThere} and (${roles.name} > ${name} or (${roles.name} = ${name} and ${isNext}))`;
}
