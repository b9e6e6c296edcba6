/** Error codes of the token endpoint (RFC 6749 section 5.2; the last is that of section 4.1.2.1). */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'temporarily_unavailable';

/** Why there is no token. */
export interface TokenRefusal {
  readonly error: TokenErrorCode;
  /** For people who write clients: a constant text of this package, never input. */
  readonly description: string;
}

/** How a client says who it is (RFC 6749 section 2.3.1, RFC 7523 section 2.2). */
export type PresentedClient =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | { readonly method: 'private_key_jwt'; readonly clientId: string | undefined; readonly assertion: string };

/** A request for a token that has the form of one. */
export interface TokenRequest {
  readonly client: PresentedClient;
  /** As it was sent. */
  readonly scope: string | undefined;
}

type Parameters = Readonly<Partial<Record<string, string>>>;

const FORM = /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_ID = 255;

/**
 * Reads a request for a token.
 *
 * @param contentType the header.
 * @param authorization the header; anything but text when it was sent twice.
 * @param body what the platform made of the form.
 */
export function readTokenRequest(
  contentType: unknown,
  authorization: unknown,
  body: unknown,
): TokenRequest | TokenRefusal {
  if (typeof contentType !== 'string' || !FORM.test(contentType))
    return malformed('the body is not application/x-www-form-urlencoded');
  const parameters = readParameters(body);
  if (parameters === undefined) return malformed('a parameter is there more than once');
  const { grant_type: grantType, scope } = parameters;
  if (grantType === undefined) return malformed('grant_type is missing');
  if (grantType !== 'client_credentials')
    return { error: 'unsupported_grant_type', description: 'grant_type is not client_credentials' };
  const client = readClient(authorization, parameters);
  return 'error' in client ? client : { client, scope };
}

/** RFC 6749 section 3.2: a parameter without a value was left out, and none is there twice. */
function readParameters(body: unknown): Parameters | undefined {
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {});
  // Platforms make a list or an object of what was sent twice, or with brackets in its name.
  if (entries.some(([, value]) => typeof value !== 'string')) return undefined;
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Parameters;
}

/** RFC 6749 section 2.3: one way to authenticate in a request, not two. */
function readClient(authorization: unknown, parameters: Parameters): PresentedClient | TokenRefusal {
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = parameters;
  const type = parameters.client_assertion_type;
  const ways = [authorization, secret, assertion ?? type].filter((way) => way !== undefined);
  if (ways.length > 1) return malformed('there is more than one client authentication');
  if (authorization !== undefined) return readBasic(authorization, clientId);
  if (assertion !== undefined || type !== undefined) {
    if (assertion === undefined || type === undefined)
      return malformed('client_assertion and client_assertion_type are needed together');
    if (type !== JWT_BEARER) return unknownClient('client_assertion_type is not jwt-bearer');
    return withShortId({ method: 'private_key_jwt', clientId, assertion });
  }
  if (clientId === undefined || secret === undefined) return unknownClient('no client authentication');
  return withShortId({ method: 'client_secret_post', clientId, secret });
}

function readBasic(authorization: unknown, clientId: string | undefined): PresentedClient | TokenRefusal {
  if (typeof authorization !== 'string') return malformed('the Authorization header is there more than once');
  const [, scheme, encoded] = /^([^ ]+) +([^ ]+)$/.exec(authorization) ?? [];
  if (scheme?.toLowerCase() !== 'basic') return unknownClient('the Authorization header is not Basic');
  const bytes = Buffer.from(encoded!, 'base64');
  const [, id, secret] = /^([^:]*):([^]*)$/.exec(bytes.toString('utf8')) ?? [];
  const decoded = [id, secret].map(formDecoded);
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === encoded!.replace(/=+$/, '');
  if (!isCanonical || decoded[0] === undefined || decoded[1] === undefined)
    return malformed('the Basic credentials are malformed');
  if (clientId !== undefined && clientId !== decoded[0])
    return malformed('client_id is not that of the Authorization header');
  return withShortId({ method: 'client_secret_basic', clientId: decoded[0], secret: decoded[1] });
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are put together. */
function formDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined || text === '' ? undefined : decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** No client has a longer id; there is no need to look for one. */
function withShortId(client: PresentedClient): PresentedClient | TokenRefusal {
  const isShort = (client.clientId ?? '').length <= MAX_ID;
  return isShort ? client : unknownClient('unknown client, or wrong credentials');
}

function malformed(description: string): TokenRefusal {
  return { error: 'invalid_request', description };
}

function unknownClient(description: string): TokenRefusal {
  return { error: 'invalid_client', description };
}
