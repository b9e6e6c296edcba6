/** Where a window stands after one more call. */
export interface RateLimitWindow {
  /** Calls in this window, this one included. */
  readonly used: number;
  /** Milliseconds until it ends. */
  readonly endsIn: number;
}

/** Counts the calls of API keys and the attempts to log in. A port: `nestjs-gatehouse/redis` has one that instances share. */
export abstract class RateLimitCounter {
  /**
   * Counts one call. A window begins with the first call after the last one has ended. Of calls at the same time each
   * gets a number of its own.
   *
   * @param key a key's id, or whatever else is counted.
   * @param window seconds.
   */
  abstract count(key: string, window: number): Promise<RateLimitWindow>;

  /** Ends the window: the next call begins a new one. */
  abstract reset(key: string): Promise<void>;
}
