import { AuthError } from '../errors.js';
import { parseJsonObject } from './json-object.js';

/** Bytes; longer tokens are refused before anything is read of them. */
export const MAX_TOKEN_LENGTH = 8_192;

const BASE64URL = /^[A-Za-z0-9_-]+$/;

const NOT_THREE_SEGMENTS = 'the token is not three base64url segments';

/** Members that ask for something that is never done here: other keys, other encodings, nested tokens. */
const UNSUPPORTED = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'cty', 'zip', 'enc'] as const;

/** A JWT that was taken apart and not verified. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Header and claims of a compact JWS as they were sent. */
interface Segments {
  readonly header: string;
  readonly claims: string;
}

/**
 * Takes a compact JWS apart (RFC 7515 section 7.1) and refuses whatever is not exactly one of ours in form: everything
 * that can be refused before the signature costs anything.
 *
 * @throws AuthError `credentials_invalid`
 */
export function decodeCompactToken(token: string): DecodedToken {
  const { header, claims } = splitCompactToken(token);
  return { header: decodeHeader(header), claims: decodeClaims(claims) };
}

/**
 * The first step of {@link decodeCompactToken}: the segments, and nothing read of them.
 *
 * @throws AuthError `credentials_invalid`
 */
export function splitCompactToken(token: string): Segments {
  if (token.length > MAX_TOKEN_LENGTH) throw malformed('the token is too long');
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const isInThree = first > 0 && second > first + 1 && second < token.length - 1;
  if (!isInThree || token.includes('.', second + 1)) throw malformed(NOT_THREE_SEGMENTS);
  decodeSegment(token.slice(second + 1));
  return { header: token.slice(0, first), claims: token.slice(first + 1, second) };
}

/**
 * The second step: an object without members that are never understood here.
 *
 * @throws AuthError `credentials_invalid`
 */
export function decodeHeader(segment: string): DecodedToken['header'] {
  const header = parseJsonObject(decodeSegment(segment));
  if (header === undefined) throw malformed('the header is not a plain JSON object');
  for (const member of UNSUPPORTED) {
    if (Object.hasOwn(header, member)) throw malformed(`the header has the member ${member}`);
  }
  return header;
}

/**
 * The third step: an object.
 *
 * @throws AuthError `credentials_invalid`
 */
export function decodeClaims(segment: string): DecodedToken['claims'] {
  const claims = parseJsonObject(decodeSegment(segment));
  if (claims === undefined) throw malformed('the claims are not a plain JSON object');
  return claims;
}

/** Of all spellings that a reader may take for the same bytes there is one that encoding gives (RFC 4648 section 3.5). */
function decodeSegment(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') === segment) return bytes;
  throw malformed(BASE64URL.test(segment) ? 'a segment is not canonical' : NOT_THREE_SEGMENTS);
}

function malformed(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
