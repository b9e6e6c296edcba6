import { randomUUID } from 'node:crypto';

const MAX_COUNT = 0xfff;

/**
 * New UUIDs of version 7 (RFC 9562 section 5.7): those of one sequence sort as they were made, also within a millisecond
 * and when the clock goes back (section 6.2, method 1). Node's own `randomUUID` makes version 4 alone.
 */
export class UuidV7Sequence {
  #time = 0;
  #count = 0;

  /** @param time milliseconds since 1970. */
  next(time: number): string {
    if (time > this.#time) {
      this.#time = time;
      this.#count = 0;
    } else if (this.#count === MAX_COUNT) {
      this.#time += 1;
      this.#count = 0;
    } else {
      this.#count += 1;
    }
    const time48 = this.#time.toString(16).padStart(12, '0');
    const count12 = this.#count.toString(16).padStart(3, '0');
    // The last 64 bits are those of a UUIDv4: the variant and 62 random bits, which Node draws in advance.
    return `${time48.slice(0, 8)}-${time48.slice(8)}-7${count12}-${randomUUID().slice(19)}`;
  }
}
