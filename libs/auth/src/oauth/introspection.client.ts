import type { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { OutageLog } from '../guard/outage-log.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedJwtOptions } from '../options/auth-options.js';
import type { Claims, ResolvedIntrospection, ResolvedTrustedIssuer } from '../options/oauth-options.js';
import { MAX_TOKEN_LENGTH } from '../tokens/compact-token.js';
import type { ExternalIdentities } from './external-identities.js';
import { checkExternalClaims, demandAccessToken } from './external-token.claims.js';
import { fetchDeadline, fetchJsonObject } from './issuer-fetch.js';
import type { IssuerMetadata } from './issuer-metadata.js';

/** Questions that wait for an answer at a time: opaque tokens cost nothing to make up. */
const MAX_QUESTIONS = 100;

/** Asks an issuer about its opaque tokens (RFC 7662). */
export class IntrospectionClient {
  readonly #log = new OutageLog(IntrospectionClient.name);
  readonly #authorization: string;
  #questions = 0;

  constructor(
    private readonly issuer: ResolvedTrustedIssuer,
    private readonly asked: ResolvedIntrospection,
    private readonly options: ResolvedJwtOptions,
    private readonly metadata: IssuerMetadata,
    private readonly identities: ExternalIdentities,
    private readonly clock: Clock,
  ) {
    // RFC 6749 section 2.3.1: encoded as in a form first, so that a colon in the id is not taken for the end of it.
    const pair = `${formEncoded(asked.clientId)}:${formEncoded(asked.clientSecret)}`;
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  /**
   * @throws AuthError (as a rejection) `credentials_invalid`, `token_expired`; `auth_unavailable` when the issuer does not
   * answer, or does not say whether the token is good.
   */
  async verify(token: string): Promise<UserIdentity> {
    if (token.length > MAX_TOKEN_LENGTH) throw new AuthError('credentials_invalid', 'the token is too long');
    const now = this.clock.now();
    const claims = await this.#ask(token);
    demandAccessToken(claims);
    // RFC 7662 section 2.2 leaves it out of what the server does not take for an access token: a refresh token.
    if (typeof claims.token_type !== 'string' || claims.token_type.toLowerCase() !== 'bearer')
      throw new AuthError('credentials_invalid', 'the token is no access token');
    const checked = checkExternalClaims(
      withDefaults(claims, this.issuer, now, this.options.maxAccessTokenTtl),
      this.issuer,
      this.options,
      now,
    );
    const rememberUntil = now + this.asked.cacheFor * 1_000;
    return this.identities.of({ issuer: this.issuer, claims, checked, substance: token, rememberUntil });
  }

  /** @returns what the issuer says of a token that is active. */
  async #ask(token: string): Promise<Claims> {
    if (this.#questions >= MAX_QUESTIONS) throw unavailable();
    this.#questions += 1;
    let answer: Claims;
    try {
      answer = await this.#fetch(token);
    } catch (cause) {
      this.metadata.forget();
      this.#log.error(`${this.issuer.issuer} does not answer about a token`);
      throw unavailable(cause);
    } finally {
      this.#questions -= 1;
    }
    if (answer.active === true) return answer;
    throw new AuthError('credentials_invalid', 'the issuer does not know the token');
  }

  async #fetch(token: string): Promise<Claims> {
    const signal = fetchDeadline();
    const address = this.asked.endpoint ?? (await this.metadata.address('introspection_endpoint', signal));
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const answer = await fetchJsonObject(address, signal, { body, authorization: this.#authorization });
    if (typeof answer?.active !== 'boolean') throw new Error('The answer of an issuer is no introspection');
    return answer;
  }
}

/**
 * The issuer was asked with the application's own credentials: what it leaves out, it says by its answer. A token without an
 * end has one all the same: nobody remembers for longer that it was revoked.
 */
function withDefaults(
  claims: Claims,
  { issuer, audience }: ResolvedTrustedIssuer,
  now: number,
  maxLife: number,
): Claims {
  const { iss, aud, sub, exp, iat, client_id: client, username } = claims;
  const since = typeof iat === 'number' ? iat : now / 1_000;
  return {
    ...claims,
    iss: iss ?? issuer,
    aud: aud ?? audience[0],
    // RFC 9068 section 2.2: the client, where nobody else is involved. Who has a name of a person is none.
    sub: sub ?? (username === undefined ? client : undefined),
    exp: exp ?? Math.floor(since) + maxLife,
  };
}

function formEncoded(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2);
}

function unavailable(cause?: unknown): AuthError {
  return new AuthError('auth_unavailable', 'an issuer does not answer about a token', {
    retryAfter: 1,
    cause,
  });
}
