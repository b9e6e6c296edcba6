import { RateLimiterMemory } from 'rate-limiter-flexible';

import { RateLimitCounter, type RateLimitWindow } from '../../api-keys/rate-limit.counter.js';

/** Counts in the memory of one process. */
export class MemoryRateLimitCounter extends RateLimitCounter {
  // The limits differ from key to key, so whoever asks compares; nothing is refused here.
  readonly #limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1 });

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
