import { AuthError } from '../errors.js';
import { EXTERNAL_ALGORITHMS } from '../options/oauth-options.schema.js';
import type { Claims, ExternalAlgorithm, ResolvedTrustedIssuer } from '../options/oauth-options.js';
import type { ResolvedJwtOptions } from '../options/auth-options.js';
import { checkClaims, type AccessTokenClaims } from '../tokens/access-token.claims.js';

/** Only ID tokens have them (OpenID Connect Core sections 2 and 3.3.2.11), logout tokens and other events (RFC 8417). */
const OF_OTHER_KINDS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];

/** What a token of another issuer was checked for. */
export interface CheckedClaims extends AccessTokenClaims {
  readonly azp: string | undefined;
}

/**
 * Checks a header whose signature may still be wrong.
 *
 * @returns which key it names, and how it says that it was signed: with an algorithm of this issuer.
 * @throws AuthError `credentials_invalid`
 */
export function checkExternalHeader(
  { typ, kid, alg }: Claims,
  { acceptedTypes, algorithms }: ResolvedTrustedIssuer,
): { readonly keyId: string | undefined; readonly algorithm: ExternalAlgorithm } {
  // RFC 7519 section 5.1: what has no type is a plain JWT.
  const type = typ === undefined ? 'jwt' : typ;
  if (typeof type !== 'string' || !acceptedTypes.includes(type.toLowerCase().replace(/^application\//, '')))
    throw invalid('the typ is not accepted');
  if (kid !== undefined && typeof kid !== 'string') throw invalid('the kid is not text');
  const algorithm = EXTERNAL_ALGORITHMS.find((one) => one === alg);
  if (algorithm === undefined || !algorithms.includes(algorithm)) throw invalid('the alg is not accepted');
  return { keyId: kid, algorithm };
}

/**
 * Checks the claims of a token whose signature is right, or of an answer to an introspection.
 *
 * @param now milliseconds since 1970.
 * @throws AuthError `credentials_invalid`, `token_expired`
 */
export function checkExternalClaims(
  claims: Claims,
  { issuer, audience }: ResolvedTrustedIssuer,
  options: ResolvedJwtOptions,
  now: number,
): CheckedClaims {
  const { iss, aud, sub, exp, nbf, iat, jti, sid, client_id, azp } = claims;
  // What else is in there has the meaning that its issuer gives it.
  const standard = { iss, aud, sub, exp, nbf, iat, jti, sid, client_id };
  const checked = checkClaims(standard, { ...options, issuer, audience }, now);
  for (const name of [sub, sid])
    if (!isClean(name)) throw invalid('the sub or the sid has characters of no name');
  if (azp !== undefined && typeof azp !== 'string') throw invalid('the azp is not text');
  return { ...checked, azp };
}

/**
 * Refuses what the issuer made for another purpose, as far as it shows.
 *
 * @throws AuthError `credentials_invalid`
 */
export function demandAccessToken(claims: Claims): void {
  for (const name of OF_OTHER_KINDS)
    if (Object.hasOwn(claims, name)) throw invalid('the token is no access token');
  // Keycloak and Amazon Cognito say the kind in a claim.
  const { typ, token_use: use, cnf } = claims;
  if (typ !== undefined && !(typeof typ === 'string' && typ.toLowerCase() === 'bearer'))
    throw invalid('the token is no access token');
  if (use !== undefined && use !== 'access' && use !== 'access_token')
    throw invalid('the token is no access token');
  // RFC 9449 section 7.1, RFC 8705 section 3: it is worth nothing without the proof of a key.
  if (cnf !== undefined && cnf !== null) throw invalid('the token is bound to a key');
}

/**
 * An ID token is for the client that got it and nobody else (OpenID Connect Core section 2), and says nothing that an access
 * token alone would say.
 *
 * @throws AuthError `credentials_invalid`
 */
export function refuseIdToken({ aud, azp, client_id: client, ...claims }: Claims): void {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForItsClient = named.length === 1 && named[0] === (azp ?? client);
  const saysAccess = [claims.scope, claims.typ, claims.token_use].some((one) => one !== undefined);
  if (isForItsClient && !saysAccess) throw invalid('the token is an ID token');
}

/**
 * RFC 9068 section 2.2. Without it nobody could tell whether a token is from before its subject was revoked.
 *
 * @throws AuthError `credentials_invalid`
 */
export function demandIssuedAt({ iat }: Claims): void {
  if (iat === undefined || iat === null) throw invalid('the iat is missing');
}

/** Text that databases keep as it is: two names must not become one. */
function isClean(name: unknown): boolean {
  return typeof name !== 'string' || !/[\p{Cc}\p{Cs}]/u.test(name);
}

function invalid(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
