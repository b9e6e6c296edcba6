import { and, eq, isNull, ne, sql } from 'drizzle-orm';

import { ADMINISTRATOR } from '../../roles/role.store.js';
import { subjectRoles, users } from './people.schema.js';
import type { Queries } from './postgres-connection.js';

/**
 * To be taken before all other locks of a transaction that may make an administrator or end one: one of them at a time,
 * since what counts is how many there are, and no row says that.
 */
export async function lockAdministrators(queries: Queries): Promise<void> {
  await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended('gatehouse.administrators', 0))`);
}

/** Is there a user who holds the role, active or not? */
export async function hasAdministrator(queries: Queries): Promise<boolean> {
  return (await holders(queries).limit(1)).length > 0;
}

/** Is this one an active administrator, and nobody else? Ask with the lock. */
export async function isLastAdministrator(queries: Queries, userId: string): Promise<boolean> {
  const isAdministrator = and(eq(users.isActive, true), isNull(users.orgId));
  const [one] = await holders(queries, and(isAdministrator, eq(users.userId, userId)));
  if (one === undefined) return false;
  return (await holders(queries, and(isAdministrator, ne(users.userId, userId))).limit(1)).length === 0;
}

function holders(queries: Queries, which?: ReturnType<typeof and>) {
  return queries
    .select({ userId: users.userId })
    .from(subjectRoles)
    .innerJoin(users, eq(users.userId, subjectRoles.subjectId))
    .where(and(eq(subjectRoles.name, ADMINISTRATOR), which))
    .$dynamic();
}
