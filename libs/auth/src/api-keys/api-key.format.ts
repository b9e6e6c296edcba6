import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** Base62 characters that 32 bytes take, and that 32 bits take. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
/** How much of a key people may see again. */
const START_LENGTH = 8;

/** The predecessor's keys: no checksum, and base64url. */
const PREDECESSOR_KEY = /^ck_[A-Za-z0-9_-]{43}$/;

/** @returns a new key: `prefix_`, 43 characters of secret, 6 of checksum, all base62. */
export function generateApiKey(prefix: string): string {
  const secret = BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`);
  const body = `${prefix}_${toBase62(secret, SECRET_LENGTH)}`;
  return body + checksum(body);
}

/**
 * Could this be a key? Whatever was mistyped, cut off or made up fails here, without a look-up.
 *
 * The checksum is none of the security: it is there so that secret scanners and this function can tell.
 */
export function isWellFormedApiKey(key: string, prefix: string): boolean {
  const body = key.slice(0, -CHECKSUM_LENGTH);
  const isOurs = key.startsWith(`${prefix}_`) && body.length === prefix.length + 1 + SECRET_LENGTH;
  return isOurs ? key.endsWith(checksum(body)) : PREDECESSOR_KEY.test(key);
}

/** What a key is stored as and looked up by: SHA-256 of all of it, hexadecimal. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

export function startOfApiKey(key: string): string {
  return key.slice(0, START_LENGTH);
}

/** CRC-32 (ISO 3309) of what precedes it. */
function checksum(body: string): string {
  return toBase62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

function toBase62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; rest > 0n; rest /= 62n) digits = BASE62[Number(rest % 62n)]! + digits;
  return digits.padStart(length, '0');
}
