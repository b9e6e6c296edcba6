/** Where a window stands after one more call. */
export interface RateLimitWindow {
  /** Calls in this window, this one included. */
  readonly used: number;
  /** Milliseconds until it ends. */
  readonly endsIn: number;
}

/** Counts the calls of API keys. A port: `nestjs-gatehouse/redis` has one that instances share. */
export abstract class RateLimitCounter {
  /**
   * Counts one call. A window begins with the first call after the last one has ended. Of calls at the same time each
   * gets a number of its own.
   *
   * @param window seconds.
   */
  abstract count(keyId: string, window: number): Promise<RateLimitWindow>;
}
