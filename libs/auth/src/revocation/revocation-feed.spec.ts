import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type FeedBench, makeFeedBench, pass } from '../../../../test/support/feed.js';

const UNAVAILABLE = { code: 'auth_unavailable' };

describe('RevocationFeed', () => {
  let bench: FeedBench;

  beforeEach(async () => {
    jest.useFakeTimers();
    bench = makeFeedBench();
  });

  afterEach(async () => {
    await bench.feed.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('reads the log to its end before the application is there', async () => {
    const { feed, log, revocation, verdict } = bench;
    const count = 25_000;
    log.appendNow(Array.from({ length: count }, (_, i) => revocation(`${i}`)));
    expect(verdict('0')).toBe('good');
    await feed.onModuleInit();
    expect([feed.position, feed.size]).toEqual([count, count]);
    expect(['0', '9999', '10000', `${count - 1}`].map(verdict)).toEqual(Array(4).fill('revoked'));
    expect(verdict(`${count}`)).toBe('good');
  });

  it('reads a page and what came while it was read', async () => {
    const { feed, log, revocation, verdict } = bench;
    log.appendNow(Array.from({ length: 10_000 }, (_, i) => revocation(`${i}`)));
    const release = log.hold();
    const booting = feed.onModuleInit();
    log.appendNow([revocation('late')]);
    release();
    await booting;
    expect(verdict('late')).toBe('revoked');
  });

  it('does not boot without its log', async () => {
    bench.log.isDown = true;
    await expect(bench.feed.onModuleInit()).rejects.toMatchObject(UNAVAILABLE);
  });

  it('knows what it has revoked when that is done, has written it down and has told the others', async () => {
    const { feed, log, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    const positions = [feed.position];
    for (const ids of [['a'], ['b', 'c'], ['a']]) {
      const revocations = ids.map(revocation);
      const before = feed.position;
      await feed.revoke(...revocations);
      positions.push(feed.position);
      expect(ids.map(verdict)).toEqual(ids.map(() => 'revoked'));
      expect(await log.readAfter(before, 100)).toMatchObject(revocations);
    }
    expect(verdict('d')).toBe('good');
    expect(positions).toEqual([0, 1, 3, 4]);
    expect(notifications.published).toBe(3);
  });

  it('says so when it cannot revoke', async () => {
    const { feed, log, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    log.isDown = true;
    await expect(feed.revoke(revocation('a'))).rejects.toMatchObject(UNAVAILABLE);
    expect([verdict('a'), feed.position, notifications.published]).toEqual(['good', 0, 0]);
  });

  it('reads what a store has written, and tells the others', async () => {
    const { feed, log, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    log.appendNow([revocation('a')]);
    expect(verdict('a')).toBe('good');
    await feed.announce();
    expect([verdict('a'), feed.position, notifications.published]).toEqual(['revoked', 1, 1]);
  });

  it('needs nobody who passes the notification on', async () => {
    const { feed, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    notifications.isDown = true;
    await feed.revoke(revocation('a'));
    expect(verdict('a')).toBe('revoked');
  });

  it('reads when it is notified', async () => {
    const { feed, log, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    log.appendNow([revocation('a')]);
    for (const listener of notifications.listeners) listener();
    await pass(0);
    expect([verdict('a'), notifications.published]).toEqual(['revoked', 0]);
  });

  it('reads every second, because notifications get lost', async () => {
    const { feed, log, revocation, verdict } = bench;
    await feed.onModuleInit();
    for (const id of ['a', 'b']) {
      log.appendNow([revocation(id)]);
      await pass(0.999);
      expect(verdict(id)).toBe('good');
      await pass(0.001);
      expect(verdict(id)).toBe('revoked');
    }
  });

  it('reads once more for whom a reading that is under way began too early', async () => {
    const { feed, log, revocation, verdict } = bench;
    await feed.onModuleInit();
    const release = log.hold();
    const first = feed.announce();
    log.appendNow([revocation('a')]);
    const before = log.readings;
    const later = Promise.all([feed.announce(), feed.announce(), feed.announce()]);
    release();
    await later;
    expect([verdict('a'), log.readings - before]).toEqual(['revoked', 1]);
    await first;
    await feed.announce();
    expect(log.readings - before).toBe(2);
  });

  it('outlives readings that fail', async () => {
    const { feed, log, notifications, revocation, verdict } = bench;
    await feed.onModuleInit();
    log.appendNow([revocation('a')]);
    log.isDown = true;
    for (const listener of notifications.listeners) listener();
    await pass(3);
    expect(verdict('a')).toBe('good');
    await expect(feed.announce()).rejects.toMatchObject(UNAVAILABLE);
    log.isDown = false;
    await pass(1);
    expect(verdict('a')).toBe('revoked');
  });

  it('outlives a reading that does not end', async () => {
    const { feed, log, revocation, verdict } = bench;
    await feed.onModuleInit();
    const release = log.hold();
    const refused = expect(feed.announce()).rejects.toMatchObject(UNAVAILABLE);
    await pass(0.9);
    await refused;
    log.appendNow([revocation('a')]);
    release();
    await feed.announce();
    expect(verdict('a')).toBe('revoked');
  });

  it('forgets every minute what can hit nothing any more, and has the log forget it', async () => {
    const { feed, log, clock, revocation, verdict } = bench;
    await feed.onModuleInit();
    const [early, late] = [1_000, 7_200_000].map((life) => ({ expiresAt: clock.now() + life }));
    await feed.revoke({ ...revocation('early'), ...early! }, { ...revocation('late'), ...late! });
    clock.advance(3_600);
    await pass(59);
    expect([feed.size, log.prunings]).toEqual([2, 0]);
    await pass(1);
    expect([feed.size, feed.position, log.prunings]).toEqual([1, 2, 1]);
    expect([verdict('early'), verdict('late')]).toEqual(['good', 'revoked']);
    expect(await log.readAfter(0, 10)).toMatchObject([{ id: 'late' }]);
    await pass(59);
    expect(log.prunings).toBe(1);
    log.isDown = true;
    clock.advance(3_600);
    await pass(1);
    expect([feed.size, log.prunings]).toEqual([0, 2]);
    log.isDown = false;
    await pass(60);
    expect([await log.readAfter(0, 10), log.prunings]).toEqual([[], 3]);
  });

  it('ends with the application', async () => {
    const { feed, log, notifications } = bench;
    await feed.onModuleInit();
    const [listener] = notifications.listeners;
    const release = log.hold();
    const reading = feed.announce();
    let hasEnded = false;
    const end = feed.onApplicationShutdown().then(() => void (hasEnded = true));
    await pass(0);
    expect([hasEnded, notifications.listeners.size]).toEqual([false, 0]);
    release();
    await Promise.all([reading, end]);
    const { readings } = log;
    listener!();
    await pass(60);
    expect([log.readings, log.prunings, jest.getTimerCount()]).toEqual([readings, 0, 0]);
  });
});
