import { eq } from 'drizzle-orm';

import type { UserChangeResult, UserChanges, UserChangeTerms, UserRecord } from '../../users/user.store.js';
import { isLastAdministrator, lockAdministrators } from './administrators.js';
import { oneTimeTokens, subjectGrants, subjectRoles, users } from './people.schema.js';
import type { Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { rowOf } from './rows.js';
import { sessions } from './schema.js';
import { closeSessions, holdSessionsOf } from './session-changes.js';
import { lowerNameOf, userOf } from './user-rows.js';

/** Changes a user, in a transaction of its own. Rejects when another has the address: see {@link isEmailTaken}. */
export async function changeUser(
  queries: Queries,
  userId: string,
  changes: UserChanges,
  terms: UserChangeTerms,
): Promise<UserChangeResult> {
  const mayEndOne = 'isActive' in changes || 'orgId' in changes;
  if (mayEndOne) await lockAdministrators(queries);
  const user = await holdUser(queries, userId);
  if (user === undefined) return { outcome: 'unknown' };
  if (!isAsExpected(user, terms)) return { outcome: 'outdated' };
  const { isActive, orgId } = { ...user, ...changes };
  const staysOne = isActive && orgId === undefined;
  if (mayEndOne && !staysOne && (await isLastAdministrator(queries, userId)))
    return { outcome: 'last-administrator' };
  const [row] = await queries
    .update(users)
    .set({
      ...rowOf(changes),
      ...('name' in changes && lowerNameOf(changes)),
      updatedAt: terms.now,
    } as object)
    .where(eq(users.userId, userId))
    .returning();
  await conclude(queries, userId, terms);
  return { outcome: 'changed', user: userOf(row!) };
}

/** Removes a user, in a transaction of its own. */
export async function removeUser(
  queries: Queries,
  userId: string,
  terms: UserChangeTerms,
): Promise<UserChangeResult> {
  await lockAdministrators(queries);
  const user = await holdUser(queries, userId);
  if (user === undefined) return { outcome: 'unknown' };
  if (await isLastAdministrator(queries, userId)) return { outcome: 'last-administrator' };
  await queries.delete(subjectRoles).where(eq(subjectRoles.subjectId, userId));
  await queries.delete(subjectGrants).where(eq(subjectGrants.subjectId, userId));
  await queries.delete(oneTimeTokens).where(eq(oneTimeTokens.userId, userId));
  await queries.delete(users).where(eq(users.userId, userId));
  await conclude(queries, userId, terms);
  return { outcome: 'changed', user };
}

/** Is it the database's word that another user has the address? */
export function isEmailTaken(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'users_email';
}

async function holdUser(queries: Queries, userId: string): Promise<UserRecord | undefined> {
  const [row] = await queries.select().from(users).where(eq(users.userId, userId)).for('update');
  return row && userOf(row);
}

function isAsExpected(user: UserRecord, { expected = {} }: UserChangeTerms): boolean {
  return Object.entries(expected).every(([name, value]) => user[name as keyof UserRecord] === value);
}

async function conclude(
  queries: Queries,
  userId: string,
  { now, revocations, closesSessions }: UserChangeTerms,
): Promise<void> {
  if (!closesSessions) return appendToLog(queries, revocations);
  await holdSessionsOf(queries, userId);
  await closeSessions(queries, eq(sessions.userId, userId), now, ...revocations);
}
