const GENERATOR = 65_537;
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/**
 * Was this RSA modulus made by a library with the ROCA flaw (CVE-2017-15361), whose keys can be factored?
 *
 * Its primes are powers of 65537 modulo a product of small primes, and so is their product. That leaves a fingerprint:
 * one exponent fits modulo every small prime. By chance that happens to one modulus in 2^150
 * (Nemec et al., "The Return of Coppersmith's Attack", section 2.3).
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  const found: { exponent: number; order: number }[] = [];
  for (const prime of PRIMES) {
    const powers = powersOfGenerator(prime);
    const exponent = powers.indexOf(Number(modulus % BigInt(prime)));
    if (exponent === -1) return false;
    found.push({ exponent, order: powers.length });
  }
  // The exponents are known modulo each order; they are one number's if they agree modulo what the orders share.
  return found.every((a) => found.every((b) => (a.exponent - b.exponent) % gcd(a.order, b.order) === 0));
}

function powersOfGenerator(prime: number): number[] {
  const powers = [1];
  for (let next = GENERATOR % prime; next !== 1; next = (next * GENERATOR) % prime) powers.push(next);
  return powers;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
