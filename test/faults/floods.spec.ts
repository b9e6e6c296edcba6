import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyStore, RevocationFeed, TokenService } from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, type Booted } from '../support/platforms.js';

const FLOOD = 2_000;
const FEWER = 500;
const AT_ONCE = 50;
/** Entries that a collection may have because of whatever is under way, and never because of what is over. */
const FEW = 2 * AT_ONCE;

/** Measured, with 100 times as many, in `npm run test:faults -- memory`. */
describe('a flood of credentials that nobody has issued', () => {
  const set = Reflect.get(Map.prototype, 'set');
  const add = Reflect.get(Set.prototype, 'add');
  const collections = new Set<Map<unknown, unknown> | Set<unknown>>();
  const grown = (): number[] => [...collections].map(({ size }) => size).filter((size) => size > FEW);
  let booted: Booted;
  let lookUps = 0;

  beforeAll(async () => {
    booted = await boot('fastify', {});
    const store = booted.app.get(ApiKeyStore);
    const find = store.findByHash.bind(store);
    store.findByHash = (hash) => {
      lookUps += 1;
      return find(hash);
    };
    // Whatever keeps something from now on is looked at, be it the cache, the flights, the feed or something new.
    Map.prototype.set = function (key: unknown, value: unknown) {
      add.call(collections, this);
      return set.call(this, key, value) as never;
    };
    Set.prototype.add = function (value: unknown) {
      if (this !== collections) add.call(collections, this);
      return add.call(this, value) as never;
    };
  });
  afterEach(() => {
    lookUps = 0;
  });
  afterAll(async () => {
    Map.prototype.set = set;
    Set.prototype.add = add;
    await closeAll();
  });

  async function flood(count: number, make: () => object): Promise<Record<number, number>> {
    const statuses: Record<number, number> = {};
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      const answers = Array.from({ length: AT_ONCE }, () => statusOf(`${booted.url}/auth/me`, make()));
      for (const status of await Promise.all(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    return statuses;
  }

  it.each<[string, number, number, () => object]>([
    ['tokens', FLOOD, 0, () => ({ token: forgeToken({ secret: randomBytes(32).toString('hex') }) })],
    ['keys', FLOOD, FLOOD, () => ({ apiKey: forgeKey(0) })],
    ['keys with a wrong checksum', FEWER, 0, () => ({ apiKey: forgeKey(1) })],
  ])('leaves nothing behind: %s', async (_what, count, found, make) => {
    expect(await flood(count, make)).toEqual({ 401: count });
    expect(lookUps).toBe(found);
    expect(grown()).toEqual([]);
    expect(booted.app.get(RevocationFeed).size).toBe(0);
  });

  it('would be seen if it did: what is remembered is', async () => {
    const tokens = booted.app.get(TokenService);
    const token = () => ({ token: tokens.createAccessToken({ userId: 'ada' }) });
    expect(await flood(FEWER, token)).toEqual({ 200: FEWER });
    expect(Math.max(...grown())).toBe(FEWER);
  });
});

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A key of the right form. @param off 0 for a right checksum. */
function forgeKey(off: number): string {
  const body = `ck_${Array.from(randomBytes(43), (byte) => BASE62[byte % 62]).join('')}`;
  let checksum = '';
  for (let rest = (crc32(body) + off) % 2 ** 32; checksum.length < 6; rest = Math.floor(rest / 62))
    checksum = BASE62[rest % 62] + checksum;
  return body + checksum;
}
