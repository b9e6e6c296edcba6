import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type FeedBench, makeFeedBench, pass } from '../../../../test/support/feed.js';

const STALE = { code: 'auth_unavailable', reason: 'the revocation feed is stale', retryAfter: 1 };

async function start(options?: Parameters<typeof makeFeedBench>[0]): Promise<FeedBench> {
  const bench = makeFeedBench(options);
  await bench.feed.onModuleInit();
  await bench.feed.revoke(bench.revocation('a'));
  return bench;
}

function refusalOf({ verdict }: FeedBench): unknown {
  try {
    return verdict('b');
  } catch (error) {
    return error;
  }
}

describe('RevocationFeed that cannot read its log', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('answers by what it knows for as long as it may, then refuses, and recovers with the log', async () => {
    const bench = await start({ maxStaleness: 10 });
    const { feed, log, events, logger, verdict } = bench;
    log.isDown = true;
    await pass(10);
    expect([verdict('a'), verdict('b'), events]).toEqual(['revoked', 'good', []]);
    await pass(0.001);
    for (let i = 0; i < 3; i += 1) expect(refusalOf(bench)).toMatchObject(STALE);
    await pass(100);
    expect(refusalOf(bench)).toMatchObject(STALE);
    expect(events.map(({ type }) => type)).toEqual(['feed.stale']);
    log.appendNow([bench.revocation('c')]);
    log.isDown = false;
    await pass(1);
    expect(['a', 'b', 'c'].map(verdict)).toEqual(['revoked', 'good', 'revoked']);
    await pass(100);
    expect(events.map(({ type }) => type)).toEqual(['feed.stale', 'feed.recovered']);
    expect(logger.messages('RevocationFeed')).toEqual([
      'The revocation log has not been read for 10 seconds',
      'The revocation log can be read again',
    ]);
    await feed.onApplicationShutdown();
  });

  it('lets pass what it knows nothing of, where it is told to, and says so', async () => {
    const bench = await start({ onStale: 'allow' });
    const { feed, log, events, logger, verdict } = bench;
    log.isDown = true;
    await pass(11);
    for (let i = 0; i < 3; i += 1) expect([verdict('a'), verdict('b')]).toEqual(['revoked', 'good']);
    log.isDown = false;
    await feed.announce();
    expect(verdict('b')).toBe('good');
    expect(events.map(({ type }) => type)).toEqual(['feed.stale', 'feed.recovered']);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'log']);
    await feed.onApplicationShutdown();
  });

  it('says it again when it happens again', async () => {
    const bench = await start();
    const { feed, log, events } = bench;
    for (let i = 0; i < 2; i += 1) {
      log.isDown = true;
      await pass(11);
      expect(refusalOf(bench)).toMatchObject(STALE);
      log.isDown = false;
      await pass(1);
      expect(refusalOf(bench)).toBe('good');
    }
    const once = ['feed.stale', 'feed.recovered'];
    expect(events.map(({ type }) => type)).toEqual([...once, ...once]);
    await feed.onApplicationShutdown();
  });

  it('is as old as the beginning of its last reading: what came after that may be missing', async () => {
    const bench = await start({ maxStaleness: 2 });
    const { feed, log } = bench;
    await pass(1);
    const release = log.hold();
    const reading = feed.announce();
    await pass(0.8);
    release();
    await reading;
    log.isDown = true;
    await pass(1.2);
    expect(refusalOf(bench)).toBe('good');
    await pass(0.001);
    expect(refusalOf(bench)).toMatchObject(STALE);
    await feed.onApplicationShutdown();
  });

  it('refuses as soon as an event loop goes on that was blocked for too long', async () => {
    jest.useRealTimers();
    const bench = await start({ maxStaleness: 0.05 });
    bench.log.isDown = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    await new Promise((resolve) => setTimeout(resolve));
    expect(refusalOf(bench)).toMatchObject(STALE);
    await bench.feed.onApplicationShutdown();
  });

  it('is fresh while its log is read, whether anybody asks or not', async () => {
    const bench = await start();
    await pass(3_600);
    expect([refusalOf(bench), bench.events]).toEqual(['good', []]);
    await bench.feed.onApplicationShutdown();
  });
});
