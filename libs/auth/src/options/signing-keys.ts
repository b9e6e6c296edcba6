import { createPublicKey, createSecretKey, sign, verify, type KeyObject } from 'node:crypto';

import { readKey } from './asymmetric-key.js';
import type { JwtAlgorithm, KeyMaterial, ResolvedSigningKey } from './auth-options.js';
import { judgeSecret } from './hmac-secret.js';
import type { Report } from './options-error.js';

/** The part of the `jwt` options that is about keys, before anything was checked. */
export interface WrittenKeys {
  readonly secret?: string | Uint8Array;
  readonly privateKey?: KeyMaterial;
  readonly publicKey?: KeyMaterial;
  readonly algorithm?: string;
}

/** Keys of one algorithm, parsed once: parsing them for each token would cost more than the signature. */
export type SigningKeys = Pick<ResolvedSigningKey, 'algorithm' | 'signingKey' | 'verificationKey'>;

/** Bytes of the hash, which are the least that a secret may have (RFC 7518 section 3.2). */
const SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;

/** The algorithms of key pairs (RFC 7518 section 3.1). */
export const KEY_PAIR_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
/** Every algorithm that a key may have. */
export const ALGORITHMS: readonly JwtAlgorithm[] = ['HS256', 'HS384', 'HS512', ...KEY_PAIR_ALGORITHMS];

const CHOICE = `choose one of ${ALGORITHMS.join(', ')}`;

/**
 * Makes the keys of access tokens, and refuses those that would not protect anything (RFC 8725 sections 3.1 to 3.5).
 *
 * @param jwt as written, with `algorithm` in whatever spelling.
 * @param report told of every problem, in words that hold no part of a key.
 * @returns the keys; undefined when a problem was reported. Without a private key `signingKey` is undefined.
 */
export function loadKeys(jwt: WrittenKeys, report: Report): SigningKeys | undefined {
  let problems = 0;
  const count: Report = (...problem) => {
    problems += 1;
    report(...problem);
  };
  const hasPair = jwt.privateKey !== undefined || jwt.publicKey !== undefined;
  const algorithm = readAlgorithm(jwt, hasPair, count);
  const keys = hasPair ? loadPair(jwt, algorithm, count) : loadSecret(jwt.secret, algorithm, count);
  return problems === 0 && keys !== undefined && algorithm !== undefined ? { algorithm, ...keys } : undefined;
}

type Keys = Omit<SigningKeys, 'algorithm'>;

/** The algorithm belongs to the key, so it has to fit the kind of key that there is (RFC 8725 section 3.1). */
function readAlgorithm(jwt: WrittenKeys, hasPair: boolean, report: Report): JwtAlgorithm | undefined {
  const algorithm = jwt.algorithm ?? (hasPair ? undefined : 'HS256');
  if (algorithm === undefined) {
    report(
      'jwt.algorithm',
      'is missing beside a key pair',
      `choose one of ${KEY_PAIR_ALGORITHMS.join(', ')}`,
    );
  } else if (String(algorithm).trim().toLowerCase() === 'none') {
    report('jwt.algorithm', 'would leave tokens unsigned', CHOICE);
  } else if (!isAlgorithm(algorithm)) {
    report('jwt.algorithm', 'is no known algorithm', CHOICE);
  } else {
    if (hasPair && isSymmetric(algorithm)) {
      report('jwt.algorithm', 'takes a secret, not a key pair', 'name the algorithm of the key pair');
    } else if (!hasPair && !isSymmetric(algorithm)) {
      report('jwt.algorithm', 'takes a key pair, not a secret', 'give jwt.privateKey or jwt.publicKey');
    }
    return algorithm;
  }
  return undefined;
}

function loadSecret(secret: unknown, algorithm: JwtAlgorithm | undefined, report: Report): Keys | undefined {
  if (secret === undefined || secret === null) {
    if (algorithm === undefined || isSymmetric(algorithm)) {
      report('jwt.secret', 'is missing', 'make one with: openssl rand -base64 64');
    }
    return undefined;
  }
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    report('jwt.secret', 'is neither text nor a Buffer', 'give a string or a Buffer');
    return undefined;
  }
  const minimum =
    algorithm !== undefined && isSymmetric(algorithm) ? SECRET_BYTES[algorithm] : SECRET_BYTES.HS256;
  const problems = judgeSecret(secret, minimum);
  for (const { problem, remedy } of problems) report('jwt.secret', problem, remedy);
  if (problems.length > 0) return undefined;
  const key = createSecretKey(Buffer.from(secret as string));
  return { signingKey: key, verificationKey: key };
}

function loadPair(jwt: WrittenKeys, algorithm: JwtAlgorithm | undefined, report: Report): Keys | undefined {
  if (jwt.secret !== undefined) {
    report('jwt.secret', 'is given together with a key pair', 'remove the one that is not meant');
  }
  const usable = algorithm !== undefined && !isSymmetric(algorithm) ? algorithm : undefined;
  const signingKey =
    jwt.privateKey === undefined ? undefined : readKey('private', jwt.privateKey, usable, report);
  const given = jwt.publicKey === undefined ? undefined : readKey('public', jwt.publicKey, usable, report);
  const verificationKey = given ?? (signingKey && createPublicKey(signingKey));
  if (
    signingKey !== undefined &&
    verificationKey !== undefined &&
    !belongTogether(signingKey, verificationKey)
  ) {
    const other =
      given === undefined ? 'has parts that do not belong together' : 'does not belong to jwt.publicKey';
    report('jwt.privateKey', other, 'export the pair again, or give the private key alone');
  }
  return verificationKey && { signingKey, verificationKey };
}

/** Proved by a signature: comparing the public parts would not notice a private part that does not fit its own. */
function belongTogether(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const probe = Buffer.from('gatehouse');
  try {
    return verify('sha256', probe, publicKey, sign('sha256', probe, privateKey));
  } catch {
    return false;
  }
}

function isAlgorithm(value: unknown): value is JwtAlgorithm {
  return (
    typeof value === 'string' && (isSymmetric(value) || KEY_PAIR_ALGORITHMS.some((one) => one === value))
  );
}

function isSymmetric(algorithm: string): algorithm is keyof typeof SECRET_BYTES {
  return Object.hasOwn(SECRET_BYTES, algorithm);
}
