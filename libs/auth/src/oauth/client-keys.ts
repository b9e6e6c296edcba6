import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import { readKey } from '../options/asymmetric-key.js';
import type { JwtAlgorithm } from '../options/auth-options.js';
import { KEY_PAIR_ALGORITHMS } from '../options/signing-keys.js';

/** Signature algorithms of assertions (RFC 7518 section 3.1, RFC 8037, RFC 9864). No shared secrets. */
export const ASSERTION_ALGORITHMS = [...KEY_PAIR_ALGORITHMS, 'EdDSA', 'Ed25519'] as const;

/** One of {@link ASSERTION_ALGORITHMS}. */
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

/** A public key of a service as it is kept. */
export interface ClientKey extends JsonWebKey {
  kid?: string;
  alg?: string;
}

const CURVES: Readonly<Record<string, AssertionAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_MEMBER = 1_400;

/**
 * Reads a public key of a service (RFC 7517).
 *
 * @returns what is kept of it: the members that the key is made of, its `kid` and its `alg`; or what is wrong with it, in
 * words that hold no part of it.
 */
export function readClientKey(jwk: Readonly<Record<string, unknown>>): ClientKey | string {
  if (PRIVATE.some((member) => jwk[member] !== undefined)) return 'holds a private or a secret key';
  if (Object.values(jwk).some((value) => typeof value === 'string' && value.length > MAX_MEMBER))
    return 'holds a key that is too long';
  const { kid } = jwk;
  if (kid !== undefined && !(typeof kid === 'string' && /^[\x21-\x7e]{1,255}$/.test(kid)))
    return 'holds a key whose kid is not 1 to 255 visible characters';
  const algorithm = algorithmOf(jwk);
  if (algorithm === undefined) return `holds a key without an alg of ${ASSERTION_ALGORITHMS.join(', ')}`;
  const key = isEdwards(algorithm) ? readEdwardsKey(jwk) : readOther(jwk, algorithm);
  if (typeof key === 'string') return key;
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' });
  const kept = { kty, n, e, crv, x, y, kid, alg: algorithm, use: 'sig' };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** The key of a record, to verify with. */
export function keyOfClient(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** Is the algorithm of an assertion that of the key? `EdDSA` and `Ed25519` are two names of one (RFC 9864). */
export function isAlgorithmOf(jwk: JsonWebKey, alg: unknown): alg is AssertionAlgorithm {
  const { alg: own } = jwk as { alg?: string };
  return alg === own || (isEdwards(own) && isEdwards(alg));
}

/** The key's own; the curve says it where the key does not. */
function algorithmOf({ alg, crv, kty }: Readonly<Record<string, unknown>>): AssertionAlgorithm | undefined {
  const ofCurve = typeof crv === 'string' && Object.hasOwn(CURVES, crv) ? CURVES[crv] : undefined;
  const written = alg ?? (kty === 'RSA' ? undefined : ofCurve);
  return ASSERTION_ALGORITHMS.find((one) => one === written);
}

function isEdwards(alg: unknown): boolean {
  return alg === 'EdDSA' || alg === 'Ed25519';
}

function readEdwardsKey({ kty, crv, x, use }: Readonly<Record<string, unknown>>): KeyObject | string {
  const isOne = kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string';
  if (!isOne || (use !== undefined && use !== 'sig'))
    return 'holds a key that is none for Ed25519 signatures';
  try {
    return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch {
    return 'holds a key that cannot be read';
  }
}

function readOther(
  jwk: Readonly<Record<string, unknown>>,
  algorithm: AssertionAlgorithm,
): KeyObject | string {
  const problems: string[] = [];
  const key = readKey('public', jwk as JsonWebKey, algorithm as JwtAlgorithm, (_option, problem) => {
    problems.push(problem.replace('jwt.algorithm', 'it'));
  });
  return key ?? `holds a key that ${problems[0] ?? 'cannot be read'}`;
}
