// Databases of a script's own.
import { migrate } from 'nestjs-gatehouse/postgres';
import pg from 'pg';

/** `DATABASE_URL`, or the usual port on loopback. */
export const SERVER = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/test';
/** `REDIS_URL`, or the usual port on loopback. */
export const REDIS = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

async function administer(server, statement) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** An empty, migrated database, its URL, and a pool on it that is the script's own. */
export async function createDatabase(onEnd, server = SERVER) {
  const name = `gatehouse_faults_${process.pid}_${Date.now()}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => undefined);
  onEnd(async () => {
    await pool.end();
    await administer(server, `drop database ${name} with (force)`);
  });
  await migrate(pool);
  return { url: url.href, pool };
}
