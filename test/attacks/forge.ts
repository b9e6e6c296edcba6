import { constants, createHmac, sign, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Tokens and keys made by hand from RFC 7515 and the published key format, with nothing of the package: what it accepts
 * or refuses is judged by somebody else.
 */
export type Signer = (input: string) => Buffer;

export const ISSUER = 'https://issuer.attacks.test';
export const AUDIENCE = 'attacks';
/** Stands in every forged token. Whoever was let in, or quoted, shows it. */
export const FORGER = 'mallory-canary';
/** The header of a genuine token. */
export const HEADER = { alg: 'HS256', typ: 'at+jwt' } as const;

export type Claims = Record<string, unknown>;

/** One moment for all of them, so that equal attacks are equal requests. */
export const NOW = Math.floor(Date.now() / 1_000);

/** Claims of a genuine token, apart from what is changed; `undefined` leaves a claim out. */
export function claims(changes: Claims = {}): Claims {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: FORGER,
    iat: NOW,
    exp: NOW + 3_000,
    jti: 'forged-token',
    org_id: 'org_mallory',
    permissions: ['*'],
    ...changes,
  };
}

export function hmac(key: string | Buffer, hash = 'sha256'): Signer {
  return (input) => createHmac(hash, key).update(input).digest();
}

export function rsa(key: KeyObject, hash = 'sha256'): Signer {
  return (input) => sign(hash, Buffer.from(input), key);
}

/** RSASSA-PSS, with a salt as long as the hash (RFC 7518 section 3.5). */
export function rsaPss(key: KeyObject, hash = 'sha256'): Signer {
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return (input) => sign(hash, Buffer.from(input), { key, ...options });
}

/** JWS takes the two numbers of the signature one after the other (RFC 7518 section 3.4), OpenSSL's own form is DER. */
export function ecdsa(
  key: KeyObject,
  hash = 'sha256',
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): Signer {
  return (input) => sign(hash, Buffer.from(input), { key, dsaEncoding });
}

export const fixed =
  (signature: Buffer): Signer =>
  () =>
    signature;

/** For texts of ASCII. */
export function backwards(text: string): string {
  return text.split('').reverse().join('');
}

/** Text and bytes as they are, everything else as JSON. */
export function segment(part: unknown): string {
  const bytes = Buffer.isBuffer(part)
    ? part
    : Buffer.from(typeof part === 'string' ? part : JSON.stringify(part));
  return bytes.toString('base64url');
}

/** A compact JWS. */
export function compact(header: unknown, payload: unknown, signer: Signer): string {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

/** Characters: how long a token may be. */
export const MAX_TOKEN_LENGTH = 8_192;

/** The shortest genuine token that is longer, as far as base64url can make it. */
export function tokenLongerThan(length: number, secret: string): string {
  for (let filling = Math.floor(length / 2); ; filling += 1) {
    const token = compact(HEADER, claims({ metadata: { filling: 'n'.repeat(filling) } }), hmac(secret));
    if (token.length > length) return token;
  }
}

/** An API key that is well-formed: 43 characters and their checksum. */
export function forgedKey(secret: string, prefix = 'ck'): string {
  const body = `${prefix}_${secret}`;
  return body + base62(crc32(body)).padStart(6, '0');
}

function base62(value: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return value < 62 ? digits[value]! : base62(Math.floor(value / 62)) + digits[value % 62]!;
}
