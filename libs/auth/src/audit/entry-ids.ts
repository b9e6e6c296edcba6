import { randomBytes } from 'node:crypto';

const MAX_COUNT = 0xfff;

/**
 * Ids of entries, UUIDv7 (RFC 9562 section 5.7): those of one process sort as they were made, also within a millisecond
 * and when the clock goes back (section 6.2, method 1). They are places in the log as well as names.
 */
export class EntryIds {
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
    const bytes = randomBytes(16);
    bytes.writeUIntBE(this.#time, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.#count, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
