// API keys that nobody has issued, in the form of those that somebody has.
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function toBase62(value, length) {
  let digits = '';
  for (let rest = value; rest > 0n; rest /= 62n) digits = BASE62[Number(rest % 62n)] + digits;
  return digits.padStart(length, '0');
}

/** @param checksumOff 0 for a right checksum, which only a look-up tells from an issued key. */
export function forgedKey(checksumOff = 0) {
  const body = `ck_${toBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)}`;
  return body + toBase62(BigInt((crc32(body) + checksumOff) % 2 ** 32), 6);
}
