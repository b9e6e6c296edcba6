import { randomUUID } from 'node:crypto';

import { Pool, type PoolConfig } from 'pg';

import type { TestServer } from './servers.js';

/** `DATABASE_URL`, or the usual port on loopback. */
export const POSTGRES = server('Postgres', 'DATABASE_URL', 'postgres://postgres@127.0.0.1:5432/test');

/** `REDIS_URL`, or the usual port on loopback. */
export const REDIS = server('Redis', 'REDIS_URL', 'redis://127.0.0.1:6379');

/** An empty database that nobody else uses. */
export interface TestDatabase {
  readonly url: string;
  /** A pool on it, ended by {@link TestDatabase.drop}. */
  pool(config?: PoolConfig): Pool;
  drop(): Promise<void>;
}

/** @param url of a server, and of a database on it from which others can be made. */
export async function createDatabase(url: string): Promise<TestDatabase> {
  const name = `gatehouse_${randomUUID().replaceAll('-', '')}`;
  await administer(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pools: Pool[] = [];
  return {
    url: own.href,
    pool(config) {
      const pool = new Pool({ connectionString: own.href, ...config });
      pools.push(pool);
      return pool;
    },
    async drop() {
      // A connection that is being closed may still be there when the database is dropped, by force.
      for (const pool of pools) pool.on('error', () => undefined);
      await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
      await administer(url, `drop database ${name} with (force)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}

function server(name: string, variable: string, fallback: string): TestServer {
  const url = process.env[variable];
  return { name, url: url === undefined || url === '' ? fallback : url };
}

/** Empties what the contracts of users and roles want empty. */
export const WITHOUT_PEOPLE = `
  truncate gatehouse.users, gatehouse.linked_accounts, gatehouse.roles, gatehouse.subject_roles, gatehouse.subject_grants`;
