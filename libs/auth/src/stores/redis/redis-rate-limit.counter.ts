import { RateLimiterRedis } from 'rate-limiter-flexible';

import { RateLimitCounter, type RateLimitWindow } from '../../api-keys/rate-limit.counter.js';

/**
 * Counts in Redis, for all instances together. When Redis does not answer, the gate counts in the process's memory until
 * it does.
 */
export class RedisRateLimitCounter extends RateLimitCounter {
  readonly #limiter: RateLimiterRedis;

  /**
   * @param client an ioredis client.
   * @param keyPrefix of the counters' names. Default `gatehouse:limit`.
   */
  constructor(client: object, keyPrefix = 'gatehouse:limit') {
    super();
    // The limits differ from key to key, so whoever asks compares; nothing is refused here.
    this.#limiter = new RateLimiterRedis({
      storeClient: client,
      points: Number.MAX_SAFE_INTEGER,
      duration: 1,
      keyPrefix,
      // Otherwise a call would wait in the client's queue for as long as Redis is away.
      rejectIfRedisNotReady: true,
    });
  }

  override async count(key: string, window: number): Promise<RateLimitWindow> {
    const { consumedPoints, msBeforeNext } = await this.#limiter.consume(key, 1, {
      customDuration: window,
    });
    return { used: consumedPoints, endsIn: msBeforeNext };
  }

  override async reset(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }
}
