import { AuthError } from '../errors.js';
import type { AuthScheme, AuthStrategy, Credential } from './auth-strategy.js';
import type { Carrier } from './carrier.js';

/** RFC 6750 section 2.1 and RFC 9110 section 11.4: the scheme in any case, spaces, one token68. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const OTHER_SCHEME = /^(?!bearer(?: |$))[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*(?: +[\x21-\x7e][\x20-\x7e]*)?$/i;
/** A bearer token behind another credential, after a comma. */
const BEARER_TOO = /,[ \t]*bearer /i;
const API_KEY = /^[\x21-\x2b\x2d-\x7e]+$/;

/**
 * Reads the credentials of a carrier, in the order of the strategies.
 *
 * A header of another scheme (`Basic`, `DPoP`) is not ours and counts as none.
 *
 * @throws AuthError `request_malformed` for a header that was sent twice, holds two credentials, or is not of the form
 * that its scheme has.
 */
export function readCredentials(
  carrier: Carrier,
  strategies: readonly AuthStrategy[],
): readonly Credential[] {
  const credentials: Credential[] = [];
  for (const { scheme, header } of strategies) {
    const values = carrier.values(header);
    if (values.length === 0) continue;
    const [value] = values;
    if (values.length > 1) throw malformed('a credential header was sent twice');
    if (typeof value !== 'string') throw malformed('a credential header is not text');
    const found = scheme === 'jwt' ? bearerToken(value) : apiKey(value);
    if (found !== undefined) credentials.push({ scheme, value: found });
  }
  return credentials;
}

/**
 * @param schemes undefined: all of them.
 * @throws AuthError `credentials_invalid` when there are credentials, and none of them is of these schemes.
 */
export function ofSchemes(
  credentials: readonly Credential[],
  schemes: readonly AuthScheme[] | undefined,
): readonly Credential[] {
  if (schemes === undefined || credentials.length === 0) return credentials;
  const accepted = credentials.filter(({ scheme }) => schemes.includes(scheme));
  if (accepted.length === 0) throw new AuthError('credentials_invalid', 'scheme not accepted here');
  return accepted;
}

function bearerToken(value: string): string | undefined {
  const match = BEARER.exec(value);
  if (match !== null) return match[1]!;
  if (OTHER_SCHEME.test(value) && !BEARER_TOO.test(value)) return undefined;
  throw malformed('the Authorization header is malformed');
}

function apiKey(value: string): string {
  if (API_KEY.test(value)) return value;
  throw malformed('the API key header is malformed');
}

function malformed(reason: string): AuthError {
  return new AuthError('request_malformed', reason);
}
