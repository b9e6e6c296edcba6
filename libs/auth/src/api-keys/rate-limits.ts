import { Injectable, Logger } from '@nestjs/common';

import { AuthEvents } from '../events/auth-events.js';
import type { RateLimit } from '../options/rate-limit.js';
import { RateLimitCounter, type RateLimitWindow } from './rate-limit.counter.js';

/** Milliseconds that a shared counter may take. */
const DEADLINE = 100;
/** Milliseconds for which a counter that failed is not asked again. */
const PAUSE = 1_000;

/** The counter of last resort: it has to be one of this process. */
export abstract class FallbackCounter extends RateLimitCounter {}

/** A key's limit, and where its window stands. */
export interface LimitedCall extends RateLimitWindow, RateLimit {
  readonly isAllowed: boolean;
}

/**
 * Counts calls of API keys, and attempts to log in, against their limits; when the shared counter fails, in this process
 * alone.
 */
@Injectable()
export class RateLimits {
  readonly #logger = new Logger(RateLimits.name);
  #isDegraded = false;
  #pausedUntil = 0;

  constructor(
    private readonly counter: RateLimitCounter,
    private readonly fallback: FallbackCounter,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Counts one call of a key, or of whatever else is limited. Never rejects: an outage must not take the limit away, nor
   * the service.
   */
  async count(keyId: string, { limit, window }: RateLimit): Promise<LimitedCall> {
    const state = (await this.#shared(keyId, window)) ?? (await this.fallback.count(keyId, window));
    return { ...state, limit, window, isAllowed: state.used <= limit };
  }

  /** Ends a window. Never rejects: a counter that does not answer keeps it until it ends by itself. */
  async reset(key: string): Promise<void> {
    await this.fallback.reset(key);
    if (performance.now() < this.#pausedUntil) return;
    await within(DEADLINE, this.counter.reset(key)).catch(() => undefined);
  }

  async #shared(keyId: string, window: number): Promise<RateLimitWindow | undefined> {
    if (performance.now() < this.#pausedUntil) return undefined;
    try {
      const state = await within(DEADLINE, this.counter.count(keyId, window));
      this.#setDegraded(false);
      return state;
    } catch {
      this.#pausedUntil = performance.now() + PAUSE;
      this.#setDegraded(true);
      return undefined;
    }
  }

  #setDegraded(isDegraded: boolean): void {
    if (this.#isDegraded === isDegraded) return;
    this.#isDegraded = isDegraded;
    if (isDegraded)
      this.#logger.warn('The shared rate-limit counter does not answer: counting in this process');
    else this.#logger.log('The shared rate-limit counter answers again');
    this.events.emit({ type: isDegraded ? 'rate-limit.degraded' : 'rate-limit.recovered' });
  }
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, milliseconds);
  });
  return Promise.race([answer, deadline]).finally(() => clearTimeout(timer));
}
