import { constants, verify, type JsonWebKey } from 'node:crypto';

import { decodeCompactToken } from '../tokens/compact-token.js';
import { isAlgorithmOf, keyOfClient, type AssertionAlgorithm } from './client-keys.js';
import type { ClientRecord } from './client.store.js';

/** An assertion of a client (RFC 7523 section 3) that was read and not verified: believe nothing of it. */
export interface OpenedAssertion {
  readonly token: string;
  /** `sub` and `iss`. */
  readonly clientId: string;
  readonly alg: unknown;
  readonly kid: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An assertion that is good, but for having been used already. */
export interface GoodAssertion {
  readonly jti: string;
  readonly expiresAt: Date;
}

/** Seconds that the clocks of clients may be ahead. */
const SKEW = 30;
/** The longest that an assertion may be good for, in seconds: so long its use is remembered. */
const MAX_LIFE = 600;
const MAX_TEXT = 255;
/** `typ`, where there is one: what a client signs for others must not be good here. */
const TYPES = ['jwt', 'client-authentication+jwt'];

/** @returns undefined for what does not have the form of an assertion about one client, by itself. */
export function openAssertion(token: string): OpenedAssertion | undefined {
  let decoded;
  try {
    decoded = decodeCompactToken(token);
  } catch {
    return undefined;
  }
  const { header, claims } = decoded;
  const { iss, sub } = claims;
  if (!isText(sub) || iss !== sub) return undefined;
  const { typ, alg, kid } = header;
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.includes(typeWithoutPrefix(typ))))
    return undefined;
  return { token, clientId: sub, alg, kid, claims };
}

/**
 * Checks signature and claims.
 *
 * @param audiences what `aud` may name, and nothing else: the issuer, and the token endpoint.
 * @param now milliseconds since 1970.
 * @returns what has to be remembered of it; or why it is refused, in this package's own words.
 */
export function checkAssertion(
  { token, alg, kid, claims }: OpenedAssertion,
  { keys }: Pick<ClientRecord, 'keys'>,
  audiences: readonly string[],
  now: number,
): GoodAssertion | string {
  const candidates = keys.filter((key) => isNamedBy(key, kid) && isAlgorithmOf(key, alg));
  if (candidates.length === 0) return 'the assertion is of no key of the client';
  if (!candidates.some((key) => isSigned(token, key, alg as AssertionAlgorithm)))
    return 'the signature of the assertion is wrong';
  const seconds = now / 1_000;
  const { aud, exp, nbf, iat, jti } = claims;
  if (!isFor(aud, audiences)) return 'the assertion is for others';
  if (typeof exp !== 'number' || exp <= seconds) return 'the assertion has expired';
  if (exp > seconds + MAX_LIFE) return 'the assertion is good for too long';
  for (const date of [nbf, iat])
    if (date !== undefined && !(typeof date === 'number' && date <= seconds + SKEW))
      return 'the assertion is not good yet';
  if (!isText(jti)) return 'the assertion has no jti';
  return { jti, expiresAt: new Date(Math.ceil(exp * 1_000)) };
}

/** A key without a `kid` is the only one: it is meant whatever the assertion says. */
function isNamedBy(key: JsonWebKey, kid: unknown): boolean {
  const own = (key as { kid?: string }).kid;
  return own === undefined || kid === undefined || own === kid;
}

function isSigned(token: string, jwk: JsonWebKey, alg: AssertionAlgorithm): boolean {
  const end = token.lastIndexOf('.');
  const data = Buffer.from(token.slice(0, end));
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const key = keyOfClient(jwk);
  const digest = `sha${alg.slice(2)}`;
  switch (alg.slice(0, 2)) {
    case 'RS':
      return verify(digest, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'PS':
      return verify(digest, data, { key, ...PSS }, signature);
    case 'ES':
      return verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
    default:
      return verify(null, data, key, signature);
  }
}

/** RFC 7518 section 3.5: the salt is as long as the digest. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** Whoever else it is for could present it here, in the name of the client. */
function isFor(aud: unknown, audiences: readonly string[]): boolean {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.length > 0 && named.every((one) => isText(one) && audiences.includes(one));
}

function typeWithoutPrefix(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
}
