import { and, asc, eq, sql } from 'drizzle-orm';

import { ADMINISTRATOR } from '../../roles/role.store.js';
import {
  UserStore,
  type UserChangeResult,
  type UserChanges,
  type UserChangeTerms,
  type UserQuery,
  type UserRecord,
} from '../../users/user.store.js';
import { hasAdministrator, lockAdministrators } from './administrators.js';
import { subjectRoles, users } from './people.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { canBeThere } from './rows.js';
import { changeUser, isEmailTaken, removeUser } from './user-changes.js';
import { userOf, userRowOf } from './user-rows.js';

/** People in Postgres. */
export class PostgresUserStore extends UserStore {
  readonly #connection: PostgresConnection;
  #byId: ReturnType<typeof prepareById> | undefined;
  #byEmail: ReturnType<typeof prepareByEmail> | undefined;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override insert(user: UserRecord): Promise<boolean> {
    return this.#connection.run((queries) => insert(queries, user));
  }

  override insertFirstAdministrator(user: UserRecord): Promise<boolean> {
    return this.#connection.transaction(async (queries) => {
      await lockAdministrators(queries);
      if ((await hasAdministrator(queries)) || !(await insert(queries, user))) return false;
      const role = { subjectId: user.userId, name: ADMINISTRATOR };
      await queries.insert(subjectRoles).values(role).onConflictDoNothing();
      return true;
    });
  }

  override hasAdministrator(): Promise<boolean> {
    return this.#connection.run(hasAdministrator);
  }

  override async findById(userId: string): Promise<UserRecord | undefined> {
    if (!canBeThere(userId)) return undefined;
    const [row] = await this.#connection.run((queries) => {
      this.#byId ??= prepareById(queries);
      return this.#byId.execute({ userId });
    });
    return row && userOf(row);
  }

  override async findByEmail(email: string): Promise<UserRecord | undefined> {
    if (!canBeThere(email)) return undefined;
    const [row] = await this.#connection.run((queries) => {
      this.#byEmail ??= prepareByEmail(queries);
      return this.#byEmail.execute({ email });
    });
    return row && userOf(row);
  }

  override async list({ orgId, search, limit, after }: UserQuery): Promise<readonly UserRecord[]> {
    if (![orgId, search, after].every((text) => text === undefined || canBeThere(text))) return [];
    const isBehind = sql`${users.userId} > (select one.user_id from ${users} as one where one.user_id = ${after})`;
    const part = search?.toLowerCase();
    // No pattern: whatever the part holds stands for itself.
    const isFound = sql`(strpos(${users.email}, ${part}) > 0 or strpos(${users.lowerName}, ${part}) > 0)`;
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(users)
        .where(
          and(
            orgId === undefined ? undefined : eq(users.orgId, orgId),
            part === undefined ? undefined : isFound,
            after === undefined ? undefined : isBehind,
          ),
        )
        .orderBy(asc(users.userId))
        .limit(limit),
    );
    return rows.map(userOf);
  }

  override async update(
    userId: string,
    changes: UserChanges,
    terms: UserChangeTerms,
  ): Promise<UserChangeResult> {
    if (!canBeThere(userId)) return { outcome: 'unknown' };
    try {
      return await this.#connection.transaction((queries) => changeUser(queries, userId, changes, terms));
    } catch (error) {
      if (isEmailTaken(error)) return { outcome: 'email-taken' };
      throw error;
    }
  }

  override async remove(userId: string, terms: Omit<UserChangeTerms, 'expected'>): Promise<UserChangeResult> {
    if (!canBeThere(userId)) return { outcome: 'unknown' };
    return this.#connection.transaction((queries) => removeUser(queries, userId, terms));
  }
}

function prepareById(queries: Queries) {
  return queries
    .select()
    .from(users)
    .where(eq(users.userId, sql.placeholder('userId')))
    .prepare('gatehouse_user_by_id');
}

function prepareByEmail(queries: Queries) {
  return queries
    .select()
    .from(users)
    .where(eq(users.email, sql.placeholder('email')))
    .prepare('gatehouse_user_by_email');
}

async function insert(queries: Queries, user: UserRecord): Promise<boolean> {
  const added = await queries
    .insert(users)
    .values(userRowOf(user))
    .onConflictDoNothing()
    .returning({ userId: users.userId });
  return added.length === 1;
}
