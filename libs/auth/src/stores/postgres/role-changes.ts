import { and, eq, isNull, sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import { RoleGraph } from '../../roles/role-graph.js';
import {
  ADMINISTRATOR,
  type RoleChangeResult,
  type RoleChanges,
  type RoleInsertResult,
  type RoleRecord,
} from '../../roles/role.store.js';
import { roles, subjectRoles, users } from './people.schema.js';
import type { Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { recordOf, rowOf } from './rows.js';

/** A role by its name and organisation. */
function isRole(name: string, orgId: string | undefined) {
  return and(eq(roles.name, name), orgId === undefined ? isNull(roles.orgId) : eq(roles.orgId, orgId));
}

/** Roles inherit from each other, so that one of them changes at a time. */
export async function lockRoles(queries: Queries): Promise<void> {
  await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended('gatehouse.roles', 0))`);
}

/** Adds a role, in a transaction of its own. */
export async function insertRole(
  queries: Queries,
  role: RoleRecord,
  revocation: Revocation,
): Promise<RoleInsertResult> {
  await lockRoles(queries);
  if (role.name === ADMINISTRATOR || (await findRole(queries, role.name, role.orgId)) !== undefined)
    return 'taken';
  if ((await graphOf(queries)).with(role).isInCircle(role)) return 'circle';
  await queries.insert(roles).values(rowOf(role));
  await takeFromAll(queries, role.name, role.orgId);
  await appendToLog(queries, [revocation]);
  return 'inserted';
}

/** Changes a role, in a transaction of its own. */
export async function changeRole(
  queries: Queries,
  name: string,
  orgId: string | undefined,
  changes: RoleChanges & Pick<RoleRecord, 'updatedAt'>,
  revocation: Revocation,
): Promise<RoleChangeResult> {
  await lockRoles(queries);
  const role = await findRole(queries, name, orgId);
  if (role === undefined) return { outcome: 'unknown' };
  const changed = { ...role, ...changes };
  if ('inherits' in changes && (await graphOf(queries)).with(changed).isInCircle(changed))
    return { outcome: 'circle' };
  const [row] = await queries
    .update(roles)
    .set(rowOf(changes) as object)
    .where(isRole(name, orgId))
    .returning();
  await appendToLog(queries, [revocation]);
  return { outcome: 'changed', role: roleOf(row!) };
}

/** Removes a role, in a transaction of its own. */
export async function removeRole(
  queries: Queries,
  name: string,
  orgId: string | undefined,
  revocation: Revocation,
): Promise<RoleChangeResult> {
  await lockRoles(queries);
  const role = await findRole(queries, name, orgId);
  if (role === undefined) return { outcome: 'unknown' };
  if ((await graphOf(queries)).isInherited(role)) return { outcome: 'in-use' };
  await queries.delete(roles).where(isRole(name, orgId));
  await takeFromAll(queries, name, orgId);
  await appendToLog(queries, [revocation]);
  return { outcome: 'changed', role };
}

/** A role made of a row. */
export function roleOf({ roleId: _, ...row }: typeof roles.$inferSelect): RoleRecord {
  return recordOf(row);
}

/** A role by its name and organisation. */
export async function findRole(
  queries: Queries,
  name: string,
  orgId: string | undefined,
): Promise<RoleRecord | undefined> {
  const [row] = await queries.select().from(roles).where(isRole(name, orgId));
  return row && roleOf(row);
}

async function graphOf(queries: Queries): Promise<RoleGraph> {
  const { name, orgId, inherits } = roles;
  return new RoleGraph((await queries.select({ name, orgId, inherits }).from(roles)).map(recordOf));
}

/** Takes a role's name from those for whom it stands for this role. */
async function takeFromAll(queries: Queries, name: string, orgId: string | undefined): Promise<void> {
  await queries.delete(subjectRoles).where(and(eq(subjectRoles.name, name), isMeantBy(name, orgId)));
}

/** Does the name stand for this role, be it there or not, with the holder of a row? */
function isMeantBy(name: string, orgId: string | undefined) {
  if (orgId !== undefined)
    return sql`exists (
      select from ${users} as one where one.user_id = ${subjectRoles.subjectId} and one.org_id = ${orgId})`;
  return sql`not exists (
    select from ${users} as one join ${roles} as nearer on nearer.org_id = one.org_id
    where one.user_id = ${subjectRoles.subjectId} and nearer.name = ${name})`;
}
