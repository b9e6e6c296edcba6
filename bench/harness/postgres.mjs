import { migrate } from 'nestjs-gatehouse/postgres';
import pg from 'pg';

const SERVER = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/test';
const PREFIX = 'gatehouse_bench_';

/** Whether a Postgres answers: `DATABASE_URL`, or the usual port on loopback. */
export async function hasPostgres() {
  try {
    await administer('select 1');
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<pg.Pool>} on a database with so many API keys, made on first use and kept for the next process. */
export async function poolWithKeys(keys) {
  const name = PREFIX + keys;
  const { rowCount } = await administer(`select 1 from pg_database where datname = '${name}'`);
  if (rowCount === 0) await administer(`create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href });
  if (rowCount === 0) await fill(pool, keys);
  return pool;
}

/** What a bench run has made. */
export async function dropDatabases() {
  if (!(await hasPostgres())) return;
  const { rows } = await administer(`select datname from pg_database where datname like '${PREFIX}%'`);
  for (const { datname } of rows) await administer(`drop database ${datname} with (force)`);
}

async function fill(pool, keys) {
  await migrate(pool);
  await pool.query(`
    insert into gatehouse.api_keys (key_id, key_hash, name, user_id, permissions, is_active, metadata, created_at)
    select gen_random_uuid(), encode(sha256(convert_to('key ' || i, 'UTF8')), 'hex'), 'key ' || i, 'user ' || i % 5000,
      '{}', true, '{}', now() - i * interval '1 second'
    from generate_series(0, ${keys - 1}) i`);
  await pool.query('vacuum analyze gatehouse.api_keys');
}

async function administer(statement) {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  return client.query(statement).finally(() => client.end());
}
