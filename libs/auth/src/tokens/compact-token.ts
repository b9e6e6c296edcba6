import { AuthError } from '../errors.js';
import { parseJsonObject } from './json-object.js';

/** Bytes; longer tokens are refused before anything is read of them. */
export const MAX_TOKEN_LENGTH = 8_192;

const SEGMENTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** A last character with bits that stand for nothing could be written in several ways (RFC 4648 section 3.5). */
const CANONICAL_ENDS = [/(?:)/, /^$/, /[AQgw]$/, /[AEIMQUYcgkosw048]$/] as const;

/** Members that ask for something that is never done here: other keys, other encodings, nested tokens. */
const UNSUPPORTED = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'cty', 'zip', 'enc'] as const;

/** A JWT that was taken apart and not verified. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Takes a compact JWS apart (RFC 7515 section 7.1) and refuses whatever is not exactly one of ours in form: everything
 * that can be refused before the signature costs anything.
 *
 * @throws AuthError `credentials_invalid`
 */
export function decodeCompactToken(token: string): DecodedToken {
  if (token.length > MAX_TOKEN_LENGTH) throw malformed('the token is too long');
  const segments = SEGMENTS.exec(token);
  if (segments === null) throw malformed('the token is not three base64url segments');
  const [, headerSegment, claimsSegment, signature] = segments as unknown as [string, string, string, string];
  for (const segment of [headerSegment, claimsSegment, signature]) {
    if (!CANONICAL_ENDS[segment.length % 4]!.test(segment)) throw malformed('a segment is not canonical');
  }
  const header = parseJsonObject(Buffer.from(headerSegment, 'base64url'));
  if (header === undefined) throw malformed('the header is not a plain JSON object');
  for (const member of UNSUPPORTED) {
    if (Object.hasOwn(header, member)) throw malformed(`the header has the member ${member}`);
  }
  const claims = parseJsonObject(Buffer.from(claimsSegment, 'base64url'));
  if (claims === undefined) throw malformed('the claims are not a plain JSON object');
  return { header, claims };
}

function malformed(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
