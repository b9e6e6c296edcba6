import type { JsonWebKey } from 'node:crypto';

import type { ResolvedSigningKey } from '../options/auth-options.js';

/** A key of the ring at this moment. */
export interface RingKey extends ResolvedSigningKey {
  /** When it was added to the store; undefined for a key of the options. */
  readonly createdAt?: Date | undefined;
}

/**
 * The keys of access tokens as they are at this moment. A `kid` is looked up in a Map and nowhere else, so that nothing
 * that a token says leads to a file, a query or a prototype (RFC 8725 section 3.10).
 */
export class SigningKeyRing {
  #keys: readonly RingKey[] = [];
  #byKeyId = new Map<string, RingKey>();
  #active!: RingKey;
  #publicKeys: readonly JsonWebKey[] = [];

  /** @param keys with exactly one that is active; an empty ring has to be filled before it is used. */
  constructor(keys: readonly RingKey[]) {
    if (keys.length > 0) this.replace(keys);
  }

  /** The key that signs. */
  get active(): RingKey {
    return this.#active;
  }

  /** All keys; each of them verifies. */
  get keys(): readonly RingKey[] {
    return this.#keys;
  }

  /** The public parts of the key pairs (RFC 7517 section 4): nothing private, and no secret. */
  get publicKeys(): readonly JsonWebKey[] {
    return this.#publicKeys;
  }

  /** @param kid as a token's header has it, of whatever type; undefined when it has none. */
  find(kid: unknown): RingKey | undefined {
    if (kid === undefined) return this.#byKeyId.get('');
    return typeof kid === 'string' && kid !== '' ? this.#byKeyId.get(kid) : undefined;
  }

  /** In one step: no token is ever verified with a part of the old keys and a part of the new. */
  replace(keys: readonly RingKey[]): void {
    const active = keys.filter(({ state }) => state === 'active');
    if (active.length !== 1) throw new Error('a ring has exactly one active key');
    this.#keys = [...keys];
    this.#active = active[0]!;
    this.#publicKeys = keys
      .filter(({ verificationKey }) => verificationKey.type === 'public')
      .map(publicKeyOf);
    this.#byKeyId = new Map([
      ...keys.filter((key) => key.takesTokensWithoutKeyId).map((key) => ['', key] as const),
      ...keys.map((key) => [key.keyId, key] as const),
    ]);
  }
}

/** Member by member, so that none is shown that nobody thought of. */
function publicKeyOf({ keyId, algorithm, verificationKey }: RingKey): JsonWebKey {
  const { kty, n, e, crv, x, y } = verificationKey.export({ format: 'jwk' });
  const members = kty === 'RSA' ? { n, e } : { crv, x, y };
  return { kty, ...members, ...(keyId !== '' && { kid: keyId }), alg: algorithm, use: 'sig' };
}
