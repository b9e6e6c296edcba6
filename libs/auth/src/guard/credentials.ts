import { AuthError } from '../errors.js';
import type { AuthScheme, AuthStrategy, Credential } from './auth-strategy.js';
import type { Carrier } from './carrier.js';
import { SENT_TWICE } from './header-values.js';

/** RFC 6750 section 2.1 and RFC 9110 section 11.4: the scheme in any case, spaces, one token68. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** As nearly everybody writes it. */
const USUAL_PREFIX = 'Bearer ';
const OTHER_SCHEME = /^(?!bearer(?: |$))[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*(?: +[\x21-\x7e][\x20-\x7e]*)?$/i;
/** A bearer token behind another credential, after a comma. */
const BEARER_TOO = /,[ \t]*bearer /i;
const API_KEY = /^[\x21-\x2b\x2d-\x7e]+$/;

/**
 * What the only credential of a carrier is if it is written as usual, found without a look at each character: good for
 * asking whether exactly this was verified before, and for nothing else.
 *
 * @param accepted the schemes that count; undefined: all.
 * @returns undefined as well when there is anything that {@link readCredentials} has to judge.
 */
export function presumedCredential(
  carrier: Carrier,
  strategies: readonly AuthStrategy[],
  accepted: readonly AuthScheme[] | undefined,
): Credential | undefined {
  let only: Credential | undefined;
  for (const { scheme, header } of strategies) {
    const text = carrier.value(header);
    if (text === undefined) continue;
    if (only !== undefined || typeof text !== 'string') return undefined;
    if (accepted !== undefined && !accepted.includes(scheme)) return undefined;
    if (scheme === 'api-key') only = { scheme, value: text, digest: undefined };
    else if (text.startsWith(USUAL_PREFIX))
      only = { scheme, value: text.slice(USUAL_PREFIX.length), digest: undefined };
    else return undefined;
  }
  return only;
}

/**
 * Reads the credentials of a carrier, in the order of the strategies.
 *
 * A header of another scheme (`Basic`, `DPoP`) is not ours and counts as none.
 *
 * @param presumed what {@link presumedCredential} said; given back if it was right.
 * @throws AuthError `request_malformed` for a header that was sent twice, that holds two credentials, or that is not of
 * the form that its scheme has.
 */
export function readCredentials(
  carrier: Carrier,
  strategies: readonly AuthStrategy[],
  presumed?: Credential,
): readonly Credential[] {
  const credentials: Credential[] = [];
  for (const { scheme, header } of strategies) {
    const text = carrier.value(header);
    if (text === undefined) continue;
    if (text === SENT_TWICE) throw malformed('a credential header was sent twice');
    if (typeof text !== 'string') throw malformed('a credential header is not text');
    const value = scheme === 'jwt' ? bearerToken(text) : apiKey(text);
    if (value === undefined) continue;
    const isPresumed = presumed?.scheme === scheme && presumed.value === value;
    credentials.push(isPresumed ? presumed : { scheme, value, digest: undefined });
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
