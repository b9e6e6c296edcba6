import type { ResolvedLoginProvider } from '../options/login-provider-options.js';
import { providerError, textClaim } from './provider-answer.js';
import { inTime, providerFetch, type ProviderFetch } from './provider-fetch.js';
import type { LibraryConfiguration, OpenidClient } from './provider-library.js';
import {
  ProviderRefusal,
  type LoginProvider,
  type LoginSecrets,
  type ProviderProfile,
} from './provider-profile.js';

/** An entry of `/user/emails`. */
interface Address {
  readonly email?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

/** GitHub: no OpenID Connect, but its user endpoint, asked with the token that the code was exchanged for. */
export class GithubProvider implements LoginProvider {
  readonly #configuration: LibraryConfiguration;
  readonly #fetch: ProviderFetch;

  constructor(
    private readonly options: ResolvedLoginProvider,
    private readonly library: OpenidClient,
  ) {
    const { issuer, clientId, clientSecret } = options;
    this.#fetch = providerFetch(issuer);
    this.#configuration = new library.Configuration(
      {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/access_token`,
      },
      clientId,
      {},
      library.ClientSecretPost(clientSecret),
    );
    Object.assign(this.#configuration, { [library.customFetch]: this.#fetch });
    if (issuer.startsWith('http:')) library.allowInsecureRequests(this.#configuration);
  }

  async authorizationUrl({ state, verifier }: LoginSecrets): Promise<string> {
    return this.library.buildAuthorizationUrl(this.#configuration, {
      redirect_uri: this.options.callback,
      scope: this.options.scope,
      code_challenge: await this.library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    }).href;
  }

  async identify(query: string, secrets: LoginSecrets): Promise<ProviderProfile> {
    try {
      return await inTime(this.#identify(query, secrets));
    } catch (error) {
      throw providerError(error);
    }
  }

  /** GitHub has none. */
  async logoutUrl(): Promise<undefined> {
    return undefined;
  }

  async #identify(query: string, { state, verifier }: LoginSecrets): Promise<ProviderProfile> {
    const { access_token: token } = await this.library.authorizationCodeGrant(
      this.#configuration,
      new URL(`${this.options.callback}?${query}`),
      { expectedState: state, pkceCodeVerifier: verifier },
    );
    const [user, addresses] = await Promise.all([
      this.#ask('/user', token),
      this.#ask('/user/emails', token),
    ]);
    const { id, name, login } = (user ?? {}) as Readonly<Record<string, unknown>>;
    // Names of accounts change hands, their numbers do not.
    if (!Number.isSafeInteger(id)) throw new ProviderRefusal('login_failed');
    const primary = (Array.isArray(addresses) ? (addresses as readonly Address[]) : []).find(
      (one) => one?.primary === true && one.verified === true,
    );
    return {
      issuer: this.options.issuer,
      subject: String(id),
      email: textClaim(primary?.email),
      isEmailVerified: primary !== undefined,
      name: textClaim(name) ?? textClaim(login),
    };
  }

  async #ask(path: string, token: string): Promise<unknown> {
    const response = await this.#fetch(`${this.options.apiUrl}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'user-agent': 'nestjs-gatehouse',
      },
    });
    if (response.status !== 200) throw new ProviderRefusal('login_failed');
    return response.json();
  }
}
