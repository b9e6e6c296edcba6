import type { ExternalAlgorithm } from '../options/oauth-options.js';
import type { ImportedKey, Jose } from './jose.loader.js';

type Jwk = Readonly<Record<string, unknown>>;

interface Shape {
  readonly kty: string;
  readonly crv?: string;
  /** What makes the key, beside `kty`. */
  readonly members: readonly string[];
}

const RSA: Shape = { kty: 'RSA', members: ['n', 'e'] };
const ec = (crv: string): Shape => ({ kty: 'EC', crv, members: ['crv', 'x', 'y'] });

/** RFC 7518 sections 3 and 6, RFC 8037. */
const SHAPES: Readonly<Record<ExternalAlgorithm, Shape>> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['crv', 'x'] },
};

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** Bits of a modulus: RFC 7518 section 3.3; and an end to what a signature can cost. */
const MODULUS = { min: 2_048, max: 8_192 };
/** More than any issuer has; the others of a set are not kept. */
const MAX_KEYS = 100;

/** A public key of an issuer, held to the algorithms that it may be used with. */
export class RemoteKey {
  readonly #imported = new Map<ExternalAlgorithm, Promise<ImportedKey>>();

  /**
   * @param keyId `kid`; undefined when it has none.
   * @param material what makes it, and nothing else of the JWK.
   */
  constructor(
    readonly keyId: string | undefined,
    readonly algorithms: readonly ExternalAlgorithm[],
    readonly material: Readonly<Record<string, string>>,
  ) {}

  /** Rejects when there is no such key, as with a point that is not on its curve. */
  importFor(algorithm: ExternalAlgorithm, jose: Jose): Promise<ImportedKey> {
    const known = this.#imported.get(algorithm);
    if (known !== undefined) return known;
    const imported = jose.importJWK(this.material, algorithm);
    this.#imported.set(algorithm, imported);
    return imported;
  }

  isSameAs({ material }: Pick<RemoteKey, 'material'>): boolean {
    const names = Object.keys(this.material);
    return names.every((name) => this.material[name] === material[name]);
  }
}

/** What a key set holds. */
export interface ReadKeySet {
  /** Those that signatures may be checked with, 100 at most. */
  readonly keys: readonly RemoteKey[];
  /** Public parts of private keys that stand in the set: everybody can sign with them. */
  readonly leaked: readonly Pick<RemoteKey, 'material'>[];
}

/**
 * Reads a key set (RFC 7517 section 5). What is no public key for signatures of these algorithms is left out: symmetric and
 * private keys, keys for encryption, keys whose `alg` is another's, keys that are too small, and all keys of a `kid` that
 * stands there twice.
 *
 * @throws Error when it is no key set.
 */
export function readKeySet(
  document: Readonly<Record<string, unknown>>,
  allowed: readonly ExternalAlgorithm[],
): ReadKeySet {
  const { keys: list } = document;
  if (!Array.isArray(list)) throw new Error('The answer of an issuer is no key set');
  const jwks = list.filter(isObject);
  const times = new Map<unknown, number>();
  for (const { kid } of jwks) times.set(kid, (times.get(kid) ?? 0) + 1);
  const keys: RemoteKey[] = [];
  const leaked: Pick<RemoteKey, 'material'>[] = [];
  for (const jwk of jwks) {
    if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) {
      const material = materialOf(jwk);
      if (material !== undefined) leaked.push({ material });
    } else if (keys.length < MAX_KEYS && (jwk.kid === undefined || times.get(jwk.kid) === 1)) {
      const key = readKey(jwk, allowed);
      if (key !== undefined) keys.push(key);
    }
  }
  return { keys: keys.filter((key) => !leaked.some((one) => key.isSameAs(one))), leaked };
}

function readKey(jwk: Jwk, allowed: readonly ExternalAlgorithm[]): RemoteKey | undefined {
  const { kid, use, key_ops: operations, alg } = jwk;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return undefined;
  const fitting = allowed.filter((one) => fits(jwk, SHAPES[one]));
  // RFC 8725 section 3.1: the algorithm is the key's. A key that names none is held to what the options allow.
  const algorithms = alg === undefined ? fitting : fitting.filter((one) => one === alg);
  const material = materialOf(jwk);
  if (algorithms.length === 0 || material === undefined) return undefined;
  return new RemoteKey(kid, algorithms, material);
}

function fits(jwk: Jwk, { kty, crv }: Shape): boolean {
  return jwk.kty === kty && (crv === undefined || jwk.crv === crv);
}

function materialOf(jwk: Jwk): Record<string, string> | undefined {
  const shape = Object.values(SHAPES).find((one) => fits(jwk, one));
  if (shape === undefined) return undefined;
  const material: Record<string, string> = { kty: shape.kty };
  for (const member of shape.members) {
    const value = jwk[member];
    if (typeof value !== 'string') return undefined;
    material[member] = value;
  }
  return shape === RSA && !isSoundRsa(material) ? undefined : material;
}

function isSoundRsa({ n = '', e = '' }: Readonly<Record<string, string>>): boolean {
  const modulus = Buffer.from(n, 'base64url');
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  const exponent = Buffer.from(e, 'base64url');
  const isExponent =
    exponent.length <= 4 && exponent.length > 0 && exponent.readUIntBE(0, exponent.length) > 2;
  return bits >= MODULUS.min && bits <= MODULUS.max && isExponent;
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
