import { AuthError } from '../errors.js';
import { isTooDeep } from '../identity/depth.js';
import type { ResolvedJwtOptions, ResolvedSigningKey } from '../options/auth-options.js';
import type { SigningKeyRing } from './signing-key-ring.js';

/** Seconds since 1970 after which no date can be made of a NumericDate. */
const LAST_DATE = 8_640_000_000_000;
const MAX_SUBJECT_LENGTH = 255;

type Json = Readonly<Record<string, unknown>>;

/** The claims of an access token (RFC 7519 section 4.1, RFC 9068 section 2.2) whose types were checked. */
export interface AccessTokenClaims {
  readonly sub: string;
  readonly exp: number;
  readonly iat?: number | null;
  readonly jti?: string | null;
  readonly org_id?: string | null;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly permissions?: readonly string[] | null;
  readonly roles?: readonly string[] | null;
  readonly sid?: string | null;
  readonly client_id?: string | null;
  readonly metadata?: Json | null;
}

/**
 * Checks a header whose signature may still be wrong: is it of an accepted type, and of a key of ours?
 *
 * @returns the key.
 * @throws AuthError `credentials_invalid`
 */
export function checkHeader(
  { typ, kid, alg }: Json,
  { acceptedTypes }: ResolvedJwtOptions,
  ring: SigningKeyRing,
): ResolvedSigningKey {
  // RFC 7515 section 4.1.9: a media type, in any case, with or without application/.
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  if (!acceptedTypes.includes(type)) throw invalid('the typ is not accepted');
  const key = ring.find(kid);
  if (key === undefined) throw invalid('the kid is unknown');
  // RFC 8725 section 3.1: the algorithm is the key's, whatever a token would like.
  if (alg !== key.algorithm) throw invalid("the alg is not the key's");
  return key;
}

/**
 * Checks the claims of a token whose signature is right. `exp` comes last, so that `token_expired` is said of genuine
 * tokens only.
 *
 * @param now milliseconds since 1970.
 * @throws AuthError `credentials_invalid`, `token_expired`
 */
export function checkClaims(claims: Json, options: ResolvedJwtOptions, now: number): AccessTokenClaims {
  const seconds = now / 1_000;
  const { clockTolerance } = options;
  if (claims.iss !== options.issuer) throw invalid('the iss is another');
  if (options.audience !== undefined && !hasAudience(claims.aud, options.audience)) {
    throw invalid('the aud names others');
  }
  if (!isText(claims.sub) || claims.sub.length > MAX_SUBJECT_LENGTH) throw invalid('the sub is no subject');
  checkTypes(claims);
  const { exp, nbf, iat } = claims;
  if (!isDate(exp)) throw invalid('the exp is no date');
  if (exp > seconds + options.maxAccessTokenTtl + clockTolerance) throw invalid('the exp is too far off');
  if (isPresent(nbf) && !(isDate(nbf) && nbf <= seconds + clockTolerance)) throw invalid('not valid yet');
  if (isPresent(iat) && !(isDate(iat) && Math.floor(iat) <= seconds + clockTolerance))
    throw invalid('issued in the future');
  if (exp + clockTolerance <= seconds) throw new AuthError('token_expired', 'expired');
  return claims as unknown as AccessTokenClaims;
}

/** RFC 7519 section 4.1.3: one string, or a list of strings of which one is ours. */
function hasAudience(aud: unknown, accepted: readonly string[]): boolean {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.every(isText) && named.some((one) => accepted.includes(one));
}

/** Claims that may be absent or null, as the predecessor wrote them, but of no other type. */
function checkTypes(claims: Json): void {
  for (const name of ['jti', 'org_id', 'email', 'name', 'sid', 'client_id']) {
    if (isPresent(claims[name]) && !isText(claims[name])) throw invalid(`the ${name} is not text`);
  }
  for (const name of ['permissions', 'roles']) {
    const list = claims[name];
    if (isPresent(list) && !(Array.isArray(list) && list.every(isText)))
      throw invalid(`the ${name} are not a list of text`);
  }
  const { metadata } = claims;
  if (isPresent(metadata) && (typeof metadata !== 'object' || Array.isArray(metadata))) {
    throw invalid('the metadata is no object');
  }
  if (isTooDeep(metadata)) throw invalid('the metadata is too deep');
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isDate(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= LAST_DATE;
}

function invalid(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
