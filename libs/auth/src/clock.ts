/**
 * The one source of time. Everything that compares against "now" asks it, so that a test can move it
 * (see `ManualClock` in `nestjs-gatehouse/testing`).
 */
export abstract class Clock {
  /** @returns milliseconds since 1970-01-01T00:00:00Z. */
  abstract now(): number;
}

/** The machine's clock. */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }
}
