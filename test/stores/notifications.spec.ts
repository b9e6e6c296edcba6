import { once } from 'node:events';
import { randomUUID } from 'node:crypto';

import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import { RedisNotifications } from 'nestjs-gatehouse/redis';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, REDIS, type TestDatabase } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

const ENTRY = { kind: 'token', id: 'a', at: 1, expiresAt: 2 } as const;

await describeIfServer(POSTGRES, 'notifications of Postgres', (url) => {
  let database: TestDatabase;
  let writer: Pool;

  beforeAll(async () => {
    database = await createDatabase(url);
    writer = database.pool();
    await migrate(writer);
  });
  afterAll(() => database.drop());

  it('tells another instance of an entry, whichever store has written it', async () => {
    const heard = new Counter();
    const stop = await postgresStores(database.pool()).notifications.subscribe(heard.add);
    const { revocations, refreshTokens } = postgresStores(writer);
    await revocations.append([ENTRY]);
    await heard.reach(1);
    await refreshTokens.closeAll({ ...ENTRY, kind: 'subject' });
    await heard.reach(2);
    await stop();
  });

  it('takes no connection of the pool, and leaves none behind', async () => {
    const pool = database.pool({ max: 1, application_name: `listener ${randomUUID()}` });
    const { notifications, revocations } = postgresStores(pool);
    const heard = new Counter();
    const stop = await notifications.subscribe(heard.add);
    await revocations.append([ENTRY]);
    await heard.reach(1);
    await stop();
    await pool.end();
    await until(async () => (await backendsOf(writer, pool.options.application_name!)).length === 0);
  });

  it('comes back by itself when its connection is cut, and tells what was missed', async () => {
    const pool = database.pool({ application_name: `listener ${randomUUID()}` });
    const heard = new Counter();
    const stop = await postgresStores(pool).notifications.subscribe(heard.add);
    const [backend] = await backendsOf(writer, pool.options.application_name!);
    await writer.query('select pg_terminate_backend($1)', [backend]);
    // Nothing is appended: this is the call after it listens again.
    await heard.reach(1);
    await postgresStores(writer).revocations.append([ENTRY]);
    await heard.reach(2);
    await stop();
  });

  it('listens as soon as Postgres is there, when it was not at first', async () => {
    const pool = database.pool({ application_name: `listener ${randomUUID()}` });
    const { port } = pool.options;
    pool.options.connectionString = undefined;
    Object.assign(pool.options, { host: '127.0.0.1', port: 1, database: 'none', user: 'postgres' });
    const heard = new Counter();
    const stop = await postgresStores(pool).notifications.subscribe(heard.add);
    Object.assign(pool.options, { host: undefined, port, connectionString: database.url });
    await heard.reach(1);
    await stop();
  });

  it('stops while it tries to come back', async () => {
    const pool = database.pool();
    Object.assign(pool.options, { host: '127.0.0.1', port: 1, connectionString: undefined });
    const stop = await postgresStores(pool).notifications.subscribe(() => undefined);
    await stop();
  });
});

describe('notifications of PGlite', () => {
  it('tells whoever listens, until it is told to stop', async () => {
    const database = new PGlite();
    await migrate(database);
    const { notifications, revocations } = postgresStores(database);
    const [first, second] = [new Counter(), new Counter()];
    const stop = await notifications.subscribe(first.add);
    await notifications.subscribe(second.add);
    await revocations.append([ENTRY]);
    await Promise.all([first.reach(1), second.reach(1)]);
    await stop();
    await revocations.append([ENTRY]);
    await second.reach(2);
    expect(first.count).toBe(1);
    await database.close();
  });
});

await describeIfServer(REDIS, 'notifications of Redis', (url) => {
  const connections: Redis[] = [];
  const connect = (options = {}): Redis => {
    const redis = new Redis(url, options);
    connections.push(redis);
    return redis;
  };
  afterAll(() => connections.forEach((redis) => redis.disconnect()));

  it('tells another instance, on its own channel, until it is told to stop', async () => {
    const channel = randomUUID();
    const heard = new Counter();
    const stop = await new RedisNotifications(connect(), { channel }).subscribe(heard.add);
    const publisher = connect();
    await new RedisNotifications(publisher, { channel: randomUUID() }).publish();
    await new RedisNotifications(publisher, { channel }).publish();
    await heard.reach(1);
    expect(heard.count).toBe(1);
    await stop();
    await until(async () => (await publisher.pubsub('NUMSUB', channel))[1] === 0);
  });

  it('comes back by itself when its connection is cut, and tells what was missed', async () => {
    const channel = randomUUID();
    const admin = connect();
    const heard = new Counter();
    const redis = connect({ connectionName: `listener-${channel}` });
    const stop = await new RedisNotifications(redis, { channel }).subscribe(heard.add);
    const clients = String(await admin.client('LIST')).split('\n');
    const [, id] = /^id=(\d+)/.exec(
      clients.find((line) => line.includes(`listener-${channel}`) && line.includes(' sub=1'))!,
    )!;
    await admin.client('KILL', 'ID', Number(id));
    await heard.reach(1);
    await new RedisNotifications(admin, { channel }).publish();
    await heard.reach(2);
    await stop();
  });

  it('neither holds up the start nor ends the process when Redis is away', async () => {
    const redis = new Redis({ host: '127.0.0.1', port: 1, maxRetriesPerRequest: 0 });
    const notifications = new RedisNotifications(redis);
    const stop = await notifications.subscribe(() => undefined);
    await expect(notifications.publish()).rejects.toThrow();
    await stop();
    redis.disconnect();
  });
});

/** Counts calls, and tells when there were enough. */
class Counter {
  readonly #events = new EventTarget();
  count = 0;
  readonly add = (): void => {
    this.count += 1;
    this.#events.dispatchEvent(new Event('call'));
  };

  async reach(count: number): Promise<void> {
    while (this.count < count) await once(this.#events, 'call');
  }
}

async function backendsOf(pool: Pool, name: string): Promise<number[]> {
  const { rows } = await pool.query('select pid from pg_stat_activity where application_name = $1', [name]);
  return rows.map(({ pid }) => pid as number);
}

/** Asks until the server has noticed. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
