import { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

const TABLES = [
  'api_keys',
  'audit_entries',
  'client_assertions',
  'clients',
  'linked_accounts',
  'login_states',
  'migrations',
  'one_time_tokens',
  'refresh_tokens',
  'revocations',
  'roles',
  'sessions',
  'signing_keys',
  'subject_grants',
  'subject_roles',
  'users',
];
/** What migrations wait for in here; any number. */
const LOCK = 4711;

await describeIfServer(POSTGRES, 'migrate', (url) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createDatabase(url);
    pool = database.pool();
  });
  afterEach(() => database.drop());

  it('brings up every instance of several that start at once on an empty database', async () => {
    const pools = Array.from({ length: 4 }, () => database.pool({ max: 2 }));
    await Promise.all(pools.map((one) => migrate(one)));
    expect(await tablesOf(pool)).toEqual(TABLES);
    for (const one of pools) expect(await postgresStores(one).revocations.readAfter(0, 1)).toEqual([]);
    const { rows } = await pool.query(
      'select count(*)::int as n, count(distinct name)::int as names from gatehouse.migrations',
    );
    expect(rows[0].n).toBe(rows[0].names);
  });

  it('has done nothing when it is killed in the middle, and everything after the next start', async () => {
    // The schema's last step waits in here: by then, all tables are made.
    await pool.query(`
      create function wait_in_the_middle() returns event_trigger language plpgsql as $$
      begin
        if to_regclass('gatehouse.users_org') is not null then perform pg_advisory_xact_lock(${LOCK}); end if;
      end $$;
      create event trigger middle on ddl_command_end execute function wait_in_the_middle()`);
    const holder = await pool.connect();
    await holder.query(`select pg_advisory_lock(${LOCK})`);
    const attempt = migrate(database.pool()).then(
      () => 'migrated',
      () => 'failed',
    );
    await terminateWhoeverWaits(pool);
    expect(await attempt).toBe('failed');
    holder.release(true);
    expect(await tablesOf(pool)).toEqual([]);
    await migrate(database.pool());
    expect(await tablesOf(pool)).toEqual(TABLES);
  });

  it('only looks at a schema that is current', async () => {
    await migrate(pool);
    const reader = database.pool({ options: '-c default_transaction_read_only=on' });
    await migrate(reader);
    await expect(reader.query('create table gatehouse.t (a int)')).rejects.toThrow('read-only');
  });

  it('needs no right to make schemas where one has been made for it', async () => {
    const role = `gatehouse_${process.pid}`;
    await pool.query(`create role ${role} login`);
    try {
      await pool.query(`create schema gatehouse authorization ${role}`);
      await migrate(database.pool({ options: `-c role=${role}` }));
      expect(await tablesOf(pool)).toEqual(TABLES);
    } finally {
      await pool.query(`drop schema gatehouse cascade`);
      await pool.query(`drop role ${role}`);
    }
  });

  it('keeps what is there, and leaves the schema of a later version alone', async () => {
    await migrate(pool);
    const { revocations } = postgresStores(pool);
    await revocations.append([{ kind: 'token', id: 'a', at: 1, expiresAt: 2 }]);
    await pool.query(`insert into gatehouse.migrations (name) values ('9999_later')`);
    await migrate(pool);
    expect(await revocations.readAfter(0, 10)).toHaveLength(1);
  });
});

it('migrates PGlite, at the same time too', async () => {
  const database = new PGlite();
  await Promise.all([migrate(database), migrate(database)]);
  await migrate(database);
  expect(await postgresStores(database).revocations.readAfter(0, 1)).toEqual([]);
  await database.close();
});

async function tablesOf(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query(
    `select table_name from information_schema.tables where table_schema = 'gatehouse' order by 1`,
  );
  return rows.map(({ table_name: name }) => name as string);
}

async function terminateWhoeverWaits(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`,
    );
    if (rowCount === 1) return;
  }
}
