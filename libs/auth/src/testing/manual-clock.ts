import { Clock } from '../clock.js';

/** A clock that stands still until a test moves it: `overrideProvider(Clock).useValue(new ManualClock())`. */
export class ManualClock extends Clock {
  #now: number;

  /** @param now milliseconds since 1970, or a Date. Default: the machine's time, to the second. */
  constructor(now: number | Date = Math.floor(Date.now() / 1_000) * 1_000) {
    super();
    this.#now = now.valueOf();
  }

  override now(): number {
    return this.#now;
  }

  /** @param seconds forward, or back when negative. */
  advance(seconds: number): void {
    this.#now += seconds * 1_000;
  }
}
