import { randomUUID } from 'node:crypto';

import { afterAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisRateLimitCounter } from 'nestjs-gatehouse/redis';

import { RateLimits } from '../../libs/auth/src/api-keys/rate-limits.js';
import { AuthEvents } from '../../libs/auth/src/events/auth-events.js';
import { resolveOptions } from '../../libs/auth/src/options/resolve-options.js';
import { MemoryRateLimitCounter } from '../../libs/auth/src/stores/memory/memory-rate-limit.counter.js';
import { ManualClock } from '../../libs/auth/src/testing/manual-clock.js';
import { LoginAttempts } from '../../libs/auth/src/users/login-attempts.js';
import { REDIS } from '../support/databases.js';
import { SECRET } from '../support/secret.js';
import { describeIfServer } from '../support/servers.js';

const ADA = 'ada@example.com';
const HOME = { ip: '192.0.2.7' };
const STRANGERS = Array.from({ length: 20 }, (_, index) => ({ ip: `198.51.100.${index}` }));
const loginLimits = { account: { limit: 4, window: 600 }, source: { limit: 100, window: 600 } };
const options = resolveOptions(
  { jwt: { secret: SECRET }, users: { loginLimits } },
  { hasUsers: true, hasMailer: true },
);

await describeIfServer(REDIS, 'attempts to log in at two instances', (url) => {
  const prefix = `gatehouse-test-${randomUUID()}`;
  const clients: Redis[] = [];
  afterAll(async () => {
    const client = await connect();
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(...keys);
    for (const one of clients) one.disconnect();
  });

  async function connect(): Promise<Redis> {
    const client = new Redis(url);
    clients.push(client);
    // What the counter does not wait for: the connection.
    await client.ping();
    return client;
  }

  async function start(keyPrefix: string) {
    const client = await connect();
    const events = new AuthEvents(new ManualClock());
    const counter = new RedisRateLimitCounter(client, keyPrefix);
    const limits = new RateLimits(counter, new MemoryRateLimitCounter(), events);
    return { client, attempts: new LoginAttempts(options, limits, events) };
  }

  it('are counted together, and what one knows to be familiar the other does', async () => {
    const [{ attempts: one }, { attempts: two }] = [await start(prefix), await start(prefix)];
    await (await one.begin(ADA, HOME)).succeeded();
    const results = await Promise.allSettled(
      STRANGERS.map((origin, index) => (index % 2 === 0 ? one : two).begin(ADA, origin)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    await expect(two.begin(ADA, { ip: '198.51.100.99' })).rejects.toMatchObject({ code: 'rate_limited' });
    await (await two.begin(ADA, HOME)).succeeded();
    const keys = await (await connect()).keys(`${prefix}*`);
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) expect(key.slice(prefix.length)).toMatch(/^:login:[a-z]+:[\w-]{43}$/);
  });

  it('are limited in each process while Redis is away', async () => {
    const { client, attempts } = await start(`${prefix}-away`);
    client.disconnect();
    const results = await Promise.allSettled(STRANGERS.map((origin) => attempts.begin(ADA, origin)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });
});
