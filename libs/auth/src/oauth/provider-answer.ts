import { hash } from 'node:crypto';

import { parseJsonObject } from '../tokens/json-object.js';
import { isUnavailable } from './provider-fetch.js';
import { ProviderRefusal, ProviderUnavailable } from './provider-profile.js';

/** The hash of each algorithm that an ID token may be signed with: none with a shared secret (RFC 7518, RFC 8037). */
const HASHES: Readonly<Record<string, string>> = {
  ...{ RS256: 'sha256', PS256: 'sha256', ES256: 'sha256' },
  ...{ RS384: 'sha384', PS384: 'sha384', ES384: 'sha384' },
  ...{ RS512: 'sha512', PS512: 'sha512', ES512: 'sha512' },
  ...{ EdDSA: 'sha512', Ed25519: 'sha512' },
};

/** Is the ID token signed with a key pair, and is the access token beside it the one that it speaks of? */
export function belongTogether(
  idToken: string,
  accessToken: string,
  { at_hash: expected }: Readonly<Record<string, unknown>>,
): boolean {
  const header = parseJsonObject(Buffer.from(idToken.split('.', 1)[0]!, 'base64url'));
  const algorithm = HASHES[String(header?.alg)];
  if (algorithm === undefined) return false;
  if (expected === undefined) return true;
  // OpenID Connect Core section 3.1.3.6: the left half of the hash.
  const digest = hash(algorithm, accessToken, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url') === expected;
}

/** What an error of the library means for a login. */
export function providerError(error: unknown): ProviderRefusal | ProviderUnavailable {
  if (error instanceof ProviderRefusal) return error;
  if (isUnavailable(error)) return new ProviderUnavailable('it does not answer', { cause: error });
  const { error: code, status } = error as { readonly error?: unknown; readonly status?: unknown };
  // `status`: an answer of the token endpoint, and nobody's decision.
  return new ProviderRefusal(code === 'access_denied' && status === undefined ? code : 'login_failed');
}

/** Text of a claim; undefined for everything else. */
export function textClaim(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
