/** Milliseconds for which an observation is good: clocks are set, and servers take each other's place. */
const LIFE = 60_000;

/**
 * What time it is at the database, told from the answers of statements. So a statement can carry the moment until which
 * it may take effect: one that was sent to a server that stands still takes effect when the server goes on, if nothing
 * keeps it from that, and by then its caller has been told that it failed.
 */
export class DatabaseClock {
  /** The database's time less this process's; what was measured is at most that. */
  #ahead = -Infinity;
  #measuredAt = -Infinity;

  /** @param time milliseconds since 1970, as the database said in an answer that has just come. */
  observe(time: number): void {
    const now = performance.now();
    const ahead = time - now;
    if (this.isKnown && ahead < this.#ahead) return;
    this.#ahead = ahead;
    this.#measuredAt = now;
  }

  get isKnown(): boolean {
    return performance.now() - this.#measuredAt < LIFE;
  }

  /** @returns the database's time at a moment of `performance.now()`. */
  at(moment: number): Date {
    return new Date(this.#ahead + moment);
  }
}
