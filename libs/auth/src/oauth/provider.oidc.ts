import type { Clock } from '../clock.js';
import type { ResolvedLoginProvider } from '../options/login-provider-options.js';
import { belongTogether, providerError, textClaim } from './provider-answer.js';
import { inTime, providerFetch } from './provider-fetch.js';
import type { ClientAuth, LibraryConfiguration, OpenidClient, TokenAnswer } from './provider-library.js';
import {
  ProviderRefusal,
  ProviderUnavailable,
  type LoginProvider,
  type LoginSecrets,
  type ProviderProfile,
} from './provider-profile.js';

/** Milliseconds after which the metadata is read again. */
const MAX_AGE = 3_600_000;
/** Seconds for one request, as {@link providerFetch} has it. */
const TIMEOUT = 2;

type Claims = Readonly<Record<string, unknown>>;

/** A provider that speaks OpenID Connect, Google and Microsoft included. */
export class OidcProvider implements LoginProvider {
  #known: { readonly configuration: LibraryConfiguration; readonly readAt: number } | undefined;
  #reading: Promise<LibraryConfiguration> | undefined;

  constructor(
    private readonly options: ResolvedLoginProvider,
    private readonly library: OpenidClient,
    private readonly clock: Clock,
  ) {}

  async authorizationUrl({ state, nonce, verifier }: LoginSecrets): Promise<string> {
    const configuration = await inTime(this.#configuration());
    return this.library.buildAuthorizationUrl(configuration, {
      redirect_uri: this.options.callback,
      scope: this.options.scope,
      code_challenge: await this.library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...{ state, nonce },
    }).href;
  }

  async identify(query: string, secrets: LoginSecrets): Promise<ProviderProfile> {
    try {
      return await inTime(this.#identify(query, secrets));
    } catch (error) {
      throw providerError(error);
    }
  }

  async logoutUrl(redirectTo: string | undefined): Promise<string | undefined> {
    const configuration = await inTime(this.#configuration());
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const back = redirectTo === undefined ? undefined : { post_logout_redirect_uri: redirectTo };
    return this.library.buildEndSessionUrl(configuration, { ...back }).href;
  }

  async #identify(query: string, { state, nonce, verifier }: LoginSecrets): Promise<ProviderProfile> {
    const configuration = await this.#configuration();
    const callback = new URL(`${this.options.callback}?${query}`);
    const answer = await this.library.authorizationCodeGrant(configuration, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = this.#claimsOf(answer);
    const subject = textClaim(claims.sub);
    const issuer = textClaim(claims.iss);
    if (subject === undefined || issuer === undefined) throw new ProviderRefusal('login_failed');
    const person = await this.#withAddress(configuration, answer, claims, subject);
    const email = textClaim(person.email);
    return {
      ...{ issuer, subject, email },
      isEmailVerified: person.email_verified === true && this.#speaksFor(email, claims),
      name: textClaim(person.name),
    };
  }

  /** What the library leaves open: whom the token was issued to, its algorithm, and the access token beside it. */
  #claimsOf(answer: TokenAnswer): Claims {
    const { id_token: idToken, access_token: accessToken } = answer;
    const claims = answer.claims();
    if (idToken === undefined || claims === undefined) throw new ProviderRefusal('login_failed');
    const isOurs = claims.azp === undefined || claims.azp === this.options.clientId;
    if (!isOurs || !belongTogether(idToken, accessToken, claims)) throw new ProviderRefusal('login_failed');
    return claims;
  }

  /** Some providers tell the address at their user endpoint alone. */
  async #withAddress(
    configuration: LibraryConfiguration,
    { access_token: accessToken }: TokenAnswer,
    claims: Claims,
    subject: string,
  ): Promise<Claims> {
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    if (claims.email !== undefined || !hasMore) return claims;
    return this.library.fetchUserInfo(configuration, accessToken, subject);
  }

  /** Google vouches for its own addresses; of others it knows that they were somebody's once. */
  #speaksFor(email: string | undefined, { hd }: Claims): boolean {
    return (
      this.options.kind !== 'google' ||
      email?.toLowerCase().endsWith('@gmail.com') === true ||
      textClaim(hd) !== undefined
    );
  }

  /** The metadata, read once an hour by one reader; what was known goes on being used when it cannot be read again. */
  async #configuration(): Promise<LibraryConfiguration> {
    const now = this.clock.now();
    const age = now - (this.#known?.readAt ?? 0);
    if (this.#known !== undefined && age >= 0 && age < MAX_AGE) return this.#known.configuration;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    try {
      const configuration = await this.#reading;
      this.#known = { configuration, readAt: now };
      return configuration;
    } catch (cause) {
      if (this.#known !== undefined) return this.#known.configuration;
      throw new ProviderUnavailable('its metadata cannot be read', { cause });
    }
  }

  async #read(): Promise<LibraryConfiguration> {
    const { issuer, clientId, clientSecret, kind } = this.options;
    const { library } = this;
    const [basic, post] = [library.ClientSecretBasic(clientSecret), library.ClientSecretPost(clientSecret)];
    const authentication: ClientAuth = (server, ...rest) => {
      const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
    };
    const configuration = await library.discovery(new URL(issuer), clientId, {}, authentication, {
      // The signature is checked although the token comes over TLS: OpenID Connect Core section 3.1.3.7 leaves it open.
      execute: [
        library.enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [library.allowInsecureRequests] : []),
      ],
      timeout: TIMEOUT,
      [library.customFetch]: providerFetch(issuer),
    });
    // Microsoft writes one document for all tenants; the library holds the token's issuer against it.
    if (kind !== 'microsoft' && configuration.serverMetadata().issuer !== issuer)
      throw new ProviderUnavailable('its metadata is of another issuer');
    return configuration;
  }
}
