import { mkdir } from 'node:fs/promises';

import type { AuthStores } from 'nestjs-gatehouse';
import { migrate, postgresStores, type PostgresClient } from 'nestjs-gatehouse/postgres';

import { StartError, type DemoEnvironment } from './environment.js';
import { lockFolder } from './folder-lock.js';

/** Where the demo's people, sessions and API keys last. */
export interface OpenStores {
  readonly stores: AuthStores;
  /** For people: where it is. */
  readonly place: string;
  close(): Promise<void>;
}

type StoreEnvironment = Pick<DemoEnvironment, 'databaseUrl' | 'redisUrl' | 'dataFolder'>;

/**
 * Postgres at `DATABASE_URL`, or else Postgres inside of this process (PGlite), its files in `DATA_DIR`. With `REDIS_URL`,
 * instances tell each other of revocations through Redis, and count rate limits together.
 *
 * @throws StartError when a server does not answer, or the folder is another process's.
 */
export async function openStores(environment: StoreEnvironment): Promise<OpenStores> {
  const { databaseUrl, redisUrl, dataFolder } = environment;
  const database = databaseUrl === undefined ? await openFolder(dataFolder) : await openServer(databaseUrl);
  const redis = redisUrl === undefined ? undefined : await openRedis(redisUrl);
  return {
    stores: { ...postgresStores(database.client), ...redis?.stores },
    place: database.place,
    close: async () => {
      await redis?.close();
      await database.close();
    },
  };
}

interface OpenDatabase extends Omit<OpenStores, 'stores'> {
  readonly client: PostgresClient;
}

async function openServer(url: string): Promise<OpenDatabase> {
  const { Pool } = await import('pg');
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw new StartError(
      `DATABASE_URL does not lead to a Postgres that can be used (${nameOf(error)}). Remedy: correct it, or leave it out.`,
    );
  }
  return { client: pool, place: 'Postgres', close: () => pool.end() };
}

async function openFolder(folder: string): Promise<OpenDatabase> {
  const { PGlite } = await import('@electric-sql/pglite');
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  const pglite = await PGlite.create(folder);
  await migrate(pglite);
  return {
    client: pglite,
    place: folder,
    close: async () => {
      await pglite.close();
      await unlock();
    },
  };
}

interface OpenRedis extends Pick<OpenStores, 'close'> {
  readonly stores: Pick<AuthStores, 'notifications' | 'rateLimits'>;
}

async function openRedis(url: string): Promise<OpenRedis> {
  const { Redis } = await import('ioredis');
  const { RedisNotifications, RedisRateLimitCounter } = await import('nestjs-gatehouse/redis');
  const redis = new Redis(url, { lazyConnect: true });
  const stores = {
    notifications: new RedisNotifications(redis),
    rateLimits: new RedisRateLimitCounter(redis),
  };
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw new StartError(
      `REDIS_URL does not lead to a Redis (${nameOf(error)}). Remedy: correct it, or leave it out.`,
    );
  }
  return { stores, close: async () => redis.disconnect() };
}

/** A code and nothing else: a client's message may quote the URL, with its password. */
function nameOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'no answer';
}
