/** How many requests are let through in a window. */
export interface RateLimit {
  /** Requests per window, 1 or more. */
  readonly limit: number;
  /** Length of the window in seconds. */
  readonly window: number;
}
