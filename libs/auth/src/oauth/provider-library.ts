import { AuthOptionsError } from '../options/options-error.js';
import type { ProviderFetch } from './provider-fetch.js';

/** Metadata of a provider (RFC 8414), as far as it is read here. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly userinfo_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
}

/** A provider as the library knows it. */
export interface LibraryConfiguration {
  serverMetadata(): ServerMetadata;
  timeout: number;
}

/** Puts the client's secret into a request for a token. */
export type ClientAuth = (
  server: ServerMetadata,
  client: unknown,
  body: URLSearchParams,
  headers: Headers,
) => unknown;

/** What the token endpoint has answered, its ID token checked. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly id_token?: string;
  claims(): Readonly<Record<string, unknown>> | undefined;
}

/** What a callback is held against. */
export interface CallbackChecks {
  readonly expectedState: string;
  readonly pkceCodeVerifier: string;
  readonly expectedNonce?: string;
  readonly idTokenExpected?: boolean;
}

/** What is used of the optional peer `openid-client`. */
export interface OpenidClient {
  readonly Configuration: new (
    server: ServerMetadata,
    clientId: string,
    metadata: object,
    authentication: ClientAuth,
  ) => LibraryConfiguration;
  readonly customFetch: symbol;
  ClientSecretBasic(secret: string): ClientAuth;
  ClientSecretPost(secret: string): ClientAuth;
  readonly allowInsecureRequests: (configuration: LibraryConfiguration) => void;
  readonly enableNonRepudiationChecks: (configuration: LibraryConfiguration) => void;
  discovery(
    server: URL,
    clientId: string,
    metadata: object,
    authentication: ClientAuth,
    options: { execute: unknown[]; timeout: number; [customFetch: symbol]: ProviderFetch },
  ): Promise<LibraryConfiguration>;
  calculatePKCECodeChallenge(verifier: string): Promise<string>;
  buildEndSessionUrl(configuration: LibraryConfiguration, parameters: Record<string, string>): URL;
  buildAuthorizationUrl(configuration: LibraryConfiguration, parameters: Record<string, string>): URL;
  authorizationCodeGrant(
    configuration: LibraryConfiguration,
    callback: URL,
    checks: CallbackChecks,
  ): Promise<TokenAnswer>;
  fetchUserInfo(
    configuration: LibraryConfiguration,
    accessToken: string,
    subject: string,
  ): Promise<Readonly<Record<string, unknown>>>;
}

/** @throws AuthOptionsError (as a rejection) when `openid-client` cannot be loaded. */
export async function loadOpenidClient(): Promise<OpenidClient> {
  const library: unknown = await import('openid-client').catch(() => {
    throw new AuthOptionsError([
      'loginProviders needs openid-client, which cannot be loaded. Remedy: npm install openid-client.',
    ]);
  });
  return library as OpenidClient;
}
