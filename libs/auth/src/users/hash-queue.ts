import { AuthError } from '../errors.js';

/** Hashes that may wait for their turn. Whoever comes then would wait for seconds. */
const MAX_WAITING = 200;
/** Seconds. A full queue is done by then. */
const RETRY_AFTER = 5;

/**
 * Lets a few hashes run at a time, in the order in which they came: each takes 19 MiB and a thread of the pool that
 * files and name look-ups use as well.
 */
export class HashQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param concurrency how many run at a time. */
  constructor(private readonly concurrency: number) {}

  /** @throws AuthError `auth_unavailable` when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.concurrency) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      // The place goes to the next in line without being free in between, or a newcomer would take it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** @throws AuthError `auth_unavailable` when too many wait already. */
  demandRoom(): void {
    if (this.#waiting.length < MAX_WAITING) return;
    throw new AuthError('auth_unavailable', 'too many passwords wait to be hashed', {
      retryAfter: RETRY_AFTER,
    });
  }

  #turn(): Promise<void> {
    this.demandRoom();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
