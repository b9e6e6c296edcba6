import { randomBytes } from 'node:crypto';

const SMALL_PRIMES = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
  107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/**
 * A number of the form that the flawed library gave its primes, and so its moduli: k * M + (65537^a mod M), with M the
 * product of the small primes (CVE-2017-15361). It need not be a product of two primes: whoever loads a public key
 * cannot tell.
 */
export function rocaModulus(bits: number): bigint {
  const product = SMALL_PRIMES.reduce((all, prime) => all * BigInt(prime), 1n);
  const random = (size: number): bigint => BigInt(`0x${randomBytes(size).toString('hex')}`);
  const remainder = power(65_537n, random(8), product);
  const k = ((1n << BigInt(bits - 1)) + (random(bits / 16) | 1n)) / product + 1n;
  return k * product + remainder;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) result = (result * square) % modulus;
  }
  return result;
}
