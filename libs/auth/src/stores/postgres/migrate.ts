import { sql } from 'drizzle-orm';

import { MIGRATIONS, type Migration } from './migrations.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type Queries } from './postgres-connection.js';

/**
 * Brings the Postgres schema `gatehouse` up to date. To be awaited before the application starts.
 *
 * Any number of instances may start at once, on an empty database too. Whatever is missing is done in one transaction:
 * an instance that is killed in the middle has done nothing. A schema that is current is only looked at, and one that a
 * later version of the package has made is left as it is.
 *
 * @param client the same as for {@link postgresStores}; unless the schema is current, its role has to be allowed to
 * create in the schema `gatehouse`, and to create that when it is not there.
 */
export async function migrate(client: PostgresClient): Promise<void> {
  const connection = connectionOf(client);
  if ((await connection.run(missingIn)).length === 0) return;
  await connection.longTransaction(async (queries) => {
    await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended('gatehouse.migrations', 0))`);
    if (!(await exists(queries, sql`to_regnamespace('gatehouse')`))) {
      await queries.execute(sql`create schema gatehouse`);
    }
    await queries.execute(
      sql`create table if not exists gatehouse.migrations (
        name text primary key,
        applied_at timestamptz(3) not null default now()
      )`,
    );
    for (const { name, statements } of await missingIn(queries)) {
      for (const statement of statements) await queries.execute(sql.raw(statement));
      await queries.execute(sql`insert into gatehouse.migrations (name) values (${name})`);
    }
  });
}

async function missingIn(queries: Queries): Promise<readonly Migration[]> {
  if (!(await exists(queries, sql`to_regclass('gatehouse.migrations')`))) return MIGRATIONS;
  const applied = await rowsOf<{ name: string }>(queries, sql`select name from gatehouse.migrations`);
  const names = new Set(applied.map(({ name }) => name));
  return MIGRATIONS.filter(({ name }) => !names.has(name));
}

async function exists(queries: Queries, object: ReturnType<typeof sql>): Promise<boolean> {
  const [row] = await rowsOf<{ there: boolean }>(queries, sql`select ${object} is not null as there`);
  return row!.there;
}

async function rowsOf<T>(queries: Queries, statement: ReturnType<typeof sql>): Promise<readonly T[]> {
  return ((await queries.execute(statement)) as { rows: T[] }).rows;
}
