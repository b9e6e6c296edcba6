import type { Duration } from './duration.js';

/** Signature algorithms of other issuers (RFC 7518 section 3.1, RFC 8037). No shared secrets. */
export type ExternalAlgorithm =
  'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** The claims of a token that was verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** What a token of another issuer says of its subject. */
export interface MappedClaims {
  /** Grants; those that the catalogue does not know are left out. Default: none. */
  readonly permissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly orgId?: string;
  readonly email?: string;
  readonly name?: string;
  readonly metadata?: Claims;
  /**
   * A subject of this application that it stands for: looked at through the `SubjectDirectory`, as for the application's
   * own tokens. Default: none; the identity's `userId` is made of issuer and subject.
   */
  readonly userId?: string;
  /** Whether it is a program that acts for itself. Default: it is when the token's client is its subject. */
  readonly provider?: 'jwt' | 'service';
}

/**
 * Where an issuer writes permissions: `scope` (RFC 8693 section 4.2), `permissions` (a list), `roles` (a list, RFC 9068
 * section 2.2.3.1), `keycloak` (`realm_access.roles`, and `resource_access` of the audience). None of them gives `*`, or a
 * permission of this package's own endpoints: those come from a function alone.
 */
export type ClaimsPreset = 'scope' | 'permissions' | 'roles' | 'keycloak';

/** An authorization server whose access tokens are accepted beside the application's own. */
export interface TrustedIssuerOptions {
  /** `iss`, compared as a whole. `https`, except on loopback. */
  issuer: string;
  /** `aud`; a token must name one of them. */
  audience: string | string[];
  /** Where its keys are. Default: as its metadata says (RFC 8414, OpenID Connect Discovery). */
  jwksUri?: string;
  /** Default `RS256`, `PS256`, `ES256` and `EdDSA`. */
  algorithms?: ExternalAlgorithm[];
  /**
   * `typ` headers that are accepted beside `at+jwt` (RFC 9068): `['JWT']` where the issuer has no type of its own; it admits
   * tokens without a `typ`, too.
   */
  acceptedTypes?: string[];
  /**
   * Default `scope`. A function may return undefined to refuse a token; one that throws, or returns something else, is an
   * outage (503).
   */
  mapClaims?: ClaimsPreset | ((claims: Claims) => MappedClaims | undefined);
  /** Asks the issuer about tokens that are no JWTs (RFC 7662). Of all issuers one at most. */
  introspection?: IntrospectionOptions;
}

/** How an issuer is asked about opaque tokens. */
export interface IntrospectionOptions {
  /** Default: as its metadata says. */
  endpoint?: string;
  clientId: string;
  clientSecret: string;
  /** How long an answer is good. At most 5 minutes. Default 30 seconds. */
  cacheFor?: Duration;
}

/** Services get access tokens here. */
export interface ServicesOptions {
  /** Life of their tokens. Default: `jwt.accessTokenTtl`. */
  tokenTtl?: Duration;
  /** Address of this application as its clients write it, for metadata and assertions. Default: `jwt.issuer` when it is an address. */
  baseUrl?: string;
}

/** {@link TrustedIssuerOptions} after validation. */
export interface ResolvedTrustedIssuer {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly jwksUri: string | undefined;
  readonly algorithms: readonly ExternalAlgorithm[];
  /** Lower case, without `application/`. */
  readonly acceptedTypes: readonly string[];
  readonly mapClaims: ClaimsPreset | ((claims: Claims) => MappedClaims | undefined);
  readonly introspection: ResolvedIntrospection | undefined;
}

/** {@link IntrospectionOptions} after validation. */
export interface ResolvedIntrospection {
  readonly endpoint: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Seconds. */
  readonly cacheFor: number;
}

/** {@link ServicesOptions} after validation. */
export interface ResolvedServicesOptions {
  /** Seconds. */
  readonly tokenTtl: number;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}
