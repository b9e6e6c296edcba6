import { randomBytes } from 'node:crypto';

/**
 * A new UUID of version 7 (RFC 9562 section 5.7): 48 bits of time, then random. Ids sort by the millisecond in which
 * they were made. Node's own `randomUUID` makes version 4 alone.
 *
 * @param now milliseconds since 1970.
 */
export function uuidV7(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
