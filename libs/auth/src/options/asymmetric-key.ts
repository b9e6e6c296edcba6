import { createPrivateKey, createPublicKey, KeyObject, type JsonWebKey } from 'node:crypto';

import type { JwtAlgorithm, KeyMaterial } from './auth-options.js';
import type { Report } from './options-error.js';
import { hasRocaFingerprint } from './roca.js';

type Role = 'private' | 'public';
type Complain = (problem: string, remedy: string) => void;

const CURVES: Readonly<Record<string, { readonly name: string; readonly openssl: string }>> = {
  ES256: { name: 'P-256', openssl: 'prime256v1' },
  ES384: { name: 'P-384', openssl: 'secp384r1' },
  ES512: { name: 'P-521', openssl: 'secp521r1' },
};

/**
 * Makes one half of a key pair, and refuses what is no such key, is too weak, or is meant for something else
 * (RFC 7517 sections 4.2 to 4.4, RFC 7518 sections 3.3 to 3.5, RFC 8725 section 3.4).
 *
 * @param algorithm undefined when it is not known: then the key is judged by itself.
 * @param report told of every problem, in words that hold no part of the key.
 * @returns the key; undefined when it cannot be used.
 */
export function readKey(
  role: Role,
  material: KeyMaterial,
  algorithm: JwtAlgorithm | undefined,
  report: Report,
): KeyObject | undefined {
  let sound = true;
  const complain: Complain = (problem, remedy) => {
    sound = false;
    report(`jwt.${role}Key`, problem, remedy);
  };
  if (isJwk(material)) judgeIntent(role, material, algorithm, complain);
  const key = parse(role, material, complain);
  if (key?.asymmetricKeyType === 'rsa') judgeRsa(key, algorithm, complain);
  else if (key?.asymmetricKeyType === 'ec') judgeEc(key, algorithm, complain);
  else if (key?.asymmetricKeyType === 'rsa-pss') {
    complain('is restricted to RSA-PSS parameters', 'give a plain RSA key; it serves RS and PS algorithms');
  } else if (key !== undefined) {
    complain('is neither an RSA nor an EC key', 'give a key of the kind that jwt.algorithm takes');
  }
  return sound ? key : undefined;
}

function parse(role: Role, material: KeyMaterial, complain: Complain): KeyObject | undefined {
  if (typeof material === 'string' && material.includes('ENCRYPTED')) {
    complain('is encrypted', 'give the KeyObject of createPrivateKey({ key, passphrase })');
  } else if (role === 'public' && attempt('private', material) !== undefined) {
    complain('is a private key', 'give its public part, and keep the private one from who only verifies');
  } else {
    const key = attempt(role, material);
    if (key !== undefined) return key;
    if (role === 'private' && attempt('public', material) !== undefined) {
      complain('is a public key', 'give it as jwt.publicKey, or give its private key');
    } else if (typeof material === 'string' && material.includes('\\n')) {
      complain('has \\n written as two characters', 'put line breaks in their place');
    } else {
      complain('is no key that can be read', 'give PEM text, a JWK or a KeyObject, whole and of one key');
    }
  }
  return undefined;
}

function attempt(role: Role, material: KeyMaterial): KeyObject | undefined {
  if (material instanceof KeyObject) return material.type === role ? material : undefined;
  if (role === 'public' && isJwk(material) && material.d !== undefined) return undefined;
  const create = role === 'private' ? createPrivateKey : createPublicKey;
  try {
    return isJwk(material) ? create({ key: material, format: 'jwk' }) : create(material);
  } catch {
    return undefined;
  }
}

/** What a JWK says that it is for. */
function judgeIntent(
  role: Role,
  jwk: JsonWebKey,
  algorithm: JwtAlgorithm | undefined,
  complain: Complain,
): void {
  const operation = role === 'private' ? 'sign' : 'verify';
  if (jwk.kty === 'oct') complain('is a secret, not half of a key pair', 'give it as jwt.secret');
  if (jwk.use !== undefined && jwk.use !== 'sig')
    complain('has a "use" other than sig', 'give a key for signatures');
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes(operation))) {
    complain(`has "key_ops" without ${operation}`, 'give a key for signatures');
  }
  if (algorithm !== undefined && jwk.alg !== undefined && jwk.alg !== algorithm) {
    complain('has an "alg" other than jwt.algorithm', 'make the two agree');
  }
}

function judgeRsa(key: KeyObject, algorithm: JwtAlgorithm | undefined, complain: Complain): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (algorithm?.startsWith('ES')) complain('is an RSA key', `give the EC key that ${algorithm} takes`);
  if (modulusLength < 2_048) complain('is shorter than 2048 bits', 'make a longer key');
  if (publicExponent < 3n || publicExponent % 2n === 0n) {
    complain('has a public exponent that does not protect', 'make a key with the exponent 65537');
  }
  const { n } = key.export({ format: 'jwk' });
  if (hasRocaFingerprint(BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`))) {
    complain('can be factored (ROCA, CVE-2017-15361)', 'make a key with other software');
  }
}

function judgeEc(key: KeyObject, algorithm: JwtAlgorithm | undefined, complain: Complain): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (algorithm === undefined) return;
  const wanted = CURVES[algorithm];
  if (wanted === undefined) complain('is an EC key', `give the RSA key that ${algorithm} takes`);
  else if (curve !== wanted.openssl)
    complain('is on another curve', `give a key on ${wanted.name} for ${algorithm}`);
}

function isJwk(material: KeyMaterial): material is JsonWebKey {
  return typeof material === 'object' && material !== null && !(material instanceof KeyObject);
}
