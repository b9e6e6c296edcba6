/** What a provider knows of the application, and what the application believes of the provider. */
export interface ProviderTrust {
  /**
   * Whether an address that the provider calls verified is one: whoever logs in with it is linked to the user who has
   * verified the same address here. Default false, with `googleProvider` true.
   */
  trustsEmail?: boolean;
  /** Whether somebody who is unknown here becomes a user, who holds nothing. Default true. */
  createsUsers?: boolean;
}

/** What the application is called at a provider. */
export interface ProviderClient extends ProviderTrust {
  clientId: string;
  clientSecret: string;
}

/** A provider that speaks OpenID Connect. */
export interface OidcProviderInput extends ProviderClient {
  /** `iss`, compared as a whole. `https`, except on loopback. */
  issuer: string;
  /** Default `openid email profile`. */
  scope?: string;
}

/** Microsoft Entra ID. */
export interface MicrosoftProviderInput extends Omit<ProviderClient, 'trustsEmail'> {
  /** The tenant's id (a UUID); `organizations`, `consumers` or `common` for several. */
  tenant: string;
}

/** GitHub, or a GitHub Enterprise Server. */
export interface GithubProviderInput extends ProviderClient {
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** Default `https://api.github.com`. */
  apiUrl?: string;
}

/** A login provider, as the functions of this file make it. */
export type LoginProviderOptions =
  | (OidcProviderInput & { readonly kind: 'oidc' | 'google' | 'microsoft' })
  | (GithubProviderInput & { readonly kind: 'github' });

/** Login with providers, beside `users`. */
export interface LoginOptions {
  /** Where people may log in, by the name that stands in paths. */
  loginProviders?: Readonly<Record<string, LoginProviderOptions>>;
  /** Where logins end: exact addresses of the application's pages, `https` (on loopback `http`) or a scheme of its own. */
  loginRedirects?: string[];
  /** Address of this application as browsers write it; the path of its endpoints follows. Default: `jwt.issuer` when it is an address. */
  loginBaseUrl?: string;
}

/** One of `loginProviders` after validation. */
export interface ResolvedLoginProvider {
  readonly name: string;
  readonly kind: LoginProviderOptions['kind'];
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly trustsEmail: boolean;
  readonly createsUsers: boolean;
  /** Of GitHub, without a slash at its end. */
  readonly apiUrl: string | undefined;
  /** `redirect_uri`. */
  readonly callback: string;
}

/** {@link LoginOptions} after validation. */
export interface ResolvedLoginOptions {
  readonly providers: readonly ResolvedLoginProvider[];
  readonly redirects: readonly string[];
  /** False on plain `http`, which there is on loopback alone. */
  readonly isSecure: boolean;
}

/** Any provider with OpenID Connect and its metadata at the usual place. */
export function oidcProvider(input: OidcProviderInput): LoginProviderOptions {
  return { kind: 'oidc', ...input };
}

/**
 * Google. An address counts as verified when Google is the one who gives it: of gmail.com, or of a Workspace (`hd`).
 */
export function googleProvider(input: ProviderClient & { scope?: string }): LoginProviderOptions {
  return { kind: 'google', issuer: 'https://accounts.google.com', trustsEmail: true, ...input };
}

/** Microsoft. Its addresses are whatever a tenant says, so nobody is ever linked by one. */
export function microsoftProvider({ tenant, ...input }: MicrosoftProviderInput): LoginProviderOptions {
  return { kind: 'microsoft', issuer: `https://login.microsoftonline.com/${tenant}/v2.0`, ...input };
}

/** GitHub: OAuth 2 with its user endpoint, and the primary address if it is verified. */
export function githubProvider(input: GithubProviderInput): LoginProviderOptions {
  return { kind: 'github', ...input };
}
