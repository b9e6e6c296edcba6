import type { JsonWebKey, KeyObject } from 'node:crypto';

import type { AnyPermissionCatalogue, PermissionCatalogue } from '../identity/permission.js';
import type { Duration } from './duration.js';
import type { LoginOptions, ResolvedLoginOptions } from './login-provider-options.js';
import type {
  ResolvedServicesOptions,
  ResolvedTrustedIssuer,
  ServicesOptions,
  TrustedIssuerOptions,
} from './oauth-options.js';
import type { RateLimit } from './rate-limit.js';
import type {
  AuditOptions,
  ResolvedAuditOptions,
  ResolvedRole,
  ResolvedUsersOptions,
  RolesOptions,
  UsersOptions,
} from './user-options.js';

/** Signature algorithms of access tokens (RFC 7518 section 3.1). `none` does not exist here. */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512';

/** An asymmetric key: PEM text, a JWK (RFC 7517) or a `KeyObject`. */
export type KeyMaterial = string | JsonWebKey | KeyObject;

/** What a key of the ring is for: it will sign, it signs, it has signed. All of them verify. */
export type SigningKeyState = 'next' | 'active' | 'retired';

/** One key of the ring: a secret, or a key pair, or a public key alone; as it is, or in a file. */
export interface SigningKeyOptions {
  /** `kid` of its tokens. One key may be without: tokens without a `kid` are its. */
  keyId?: string;
  /** Bound to the key: a token that names another is refused. Default `HS256` for a secret; required with a key pair. */
  algorithm?: JwtAlgorithm;
  secret?: string | Buffer;
  /** Path of a file that holds the secret. A line break at its end is not part of it. */
  secretFile?: string;
  privateKey?: KeyMaterial;
  /** Path of a file with PEM text or a JWK. */
  privateKeyFile?: string;
  publicKey?: KeyMaterial;
  /** Path of a file with PEM text or a JWK. */
  publicKeyFile?: string;
  /** Exactly one key is `active`. Default `active`. */
  state?: SigningKeyState;
}

/** How access tokens are signed and what is demanded of them. */
export interface JwtOptions {
  /** Secret of the HS algorithms; 32, 48 or 64 bytes at least for HS256, HS384, HS512. Env `AUTH_JWT_SECRET_KEY`. */
  secret?: string | Buffer;
  /** Private key of the RS, PS and ES algorithms. Without it tokens are verified but not issued. */
  privateKey?: KeyMaterial;
  /** Public key; derived from `privateKey` when left out. */
  publicKey?: KeyMaterial;
  /** Bound to the key, never taken from a token. Default `HS256`; required with a key pair. Env `AUTH_JWT_ALGORITHM`. */
  algorithm?: JwtAlgorithm;
  /** `kid` of issued tokens. A token with any other `kid` is refused. Default: none. */
  keyId?: string;
  /**
   * Several keys, in the place of `secret`, `privateKey`, `publicKey`, `algorithm` and `keyId`. `'store'`: all of them are
   * in the store, where the first instance makes the first one (ES256).
   */
  keys?: SigningKeyOptions[] | 'store';
  /** 32 bytes, as they are or in base64, that encrypt private keys in the store. Needed to add keys to it. */
  keyEncryptionKey?: string | Buffer;
  /** `iss`, compared as a whole. Default `gatehouse`. Env `AUTH_JWT_ISSUER`. */
  issuer?: string;
  /** `aud`; a token must name one of them. `false` accepts tokens of any or no audience. Default: the issuer. Env `AUTH_JWT_AUDIENCE`. */
  audience?: string | string[] | false;
  /** Life of issued tokens. Default 60 minutes. Env `AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES` (minutes). */
  accessTokenTtl?: Duration;
  /** A token that would live longer from now on than this is refused. Default 365 days. */
  maxAccessTokenTtl?: Duration;
  /** Leeway for `exp`, `nbf` and `iat`. Default 0; at most 60 seconds. */
  clockTolerance?: Duration;
  /** `typ` headers that are accepted beside `at+jwt` (RFC 9068): `['JWT']` admits the predecessor's tokens. Default: none. */
  acceptedTypes?: string[];
}

/** How API keys look and where they are presented. */
export interface ApiKeysOptions {
  /** What keys begin with, before `_`: letters and digits, 1 to 16. Default `ck`. */
  prefix?: string;
  /** Request header that carries a key. Default `X-API-Key`. */
  header?: string;
  /** The most that a key made over HTTP may do, and what it may do when its maker says nothing. Default: no limit. */
  maxRateLimit?: RateLimit;
  /** The longest life of a key made over HTTP, and its life when its maker says nothing. Default: it need not end. */
  maxLifetime?: Duration;
  /** How many live keys one owner may have that are made over HTTP; twice as many while keys are replaced. Default 100. */
  maxKeysPerOwner?: number;
}

/** The cache of verified credentials. */
export interface IdentityCacheOptions {
  /** How many identities are remembered at most. Default 10,000. */
  maxEntries?: number;
  /** After how long a credential is verified again at the latest. Default 1 hour. */
  maxAge?: Duration;
}

/** The revocation feed. */
export interface RevocationOptions {
  /** How long the log may go unread before the feed is stale. Default 10 seconds. */
  maxStaleness?: Duration;
  /** `allow`: a stale feed lets credentials pass by what it knew last. Default `refuse`: 503 `auth_unavailable`. */
  onStale?: 'refuse' | 'allow';
}

/** Sessions and their refresh tokens. */
export interface SessionsOptions {
  /** How long a session lasts, however often it is refreshed. Default 30 days. */
  lifetime?: Duration;
  /** How long the token before the current one still gets the current one. At most 60 seconds. Default 5 seconds. */
  rotationGrace?: Duration;
}

/** What `AuthModule.forRoot()` takes, beside `stores`. What is left out comes from `AUTH_*` variables, then from defaults. */
export interface AuthOptions extends LoginOptions {
  jwt?: JwtOptions;
  /** `false` switches API keys off. Env `AUTH_API_KEY_ENABLED`. */
  apiKeys?: ApiKeysOptions | false;
  /** The catalogue of `definePermissions`. With it, an unknown permission in a decorator or a grant is an error. */
  permissions?: AnyPermissionCatalogue | PermissionCatalogue;
  /** `false`: handlers without decorators take callers with and without a credential. Default true. Env `AUTH_REQUIRE_AUTH`. */
  requireAuth?: boolean;
  /** Paths that need no credential: exact (`/health`) or subtrees (`/docs/*`). Env `AUTH_REQUIRE_AUTH_EXCEPTIONS`. */
  requireAuthExceptions?: string[];
  /** `realm` of the challenges (RFC 9110 section 11.5). Default `api`. */
  realm?: string;
  /** The cache of verified credentials; `false` switches it off. */
  identityCache?: IdentityCacheOptions | false;
  revocation?: RevocationOptions;
  sessions?: SessionsOptions;
  /** People, their roles and grants are kept here; `true`: with the defaults. Default false. */
  users?: UsersOptions | boolean;
  /** Roles given in code, with `users`. */
  roles?: RolesOptions;
  /** Events are kept; `true`: with the defaults. Default false. */
  audit?: AuditOptions | boolean;
  /** Authorization servers whose access tokens are accepted beside the application's own. Needs `jose`. */
  trustedIssuers?: TrustedIssuerOptions[];
  /** Services get access tokens for themselves here; `true`: with the defaults. Default false. */
  services?: ServicesOptions | boolean;
}

/** The options after validation: complete, frozen, durations in seconds. Also the token to inject them by. */
export abstract class ResolvedAuthOptions {
  abstract readonly jwt: ResolvedJwtOptions;
  /** `undefined`: API keys are switched off. */
  abstract readonly apiKeys: ResolvedApiKeysOptions | undefined;
  abstract readonly permissions: AnyPermissionCatalogue | undefined;
  abstract readonly requireAuth: boolean;
  abstract readonly requireAuthExceptions: readonly string[];
  abstract readonly realm: string;
  /** `undefined`: nothing is remembered. */
  abstract readonly identityCache: ResolvedIdentityCacheOptions | undefined;
  abstract readonly revocation: ResolvedRevocationOptions;
  abstract readonly sessions: ResolvedSessionsOptions;
  /** `undefined`: people are kept elsewhere. */
  abstract readonly users: ResolvedUsersOptions | undefined;
  abstract readonly roles: readonly ResolvedRole[];
  /** `undefined`: events are not kept. */
  abstract readonly audit: ResolvedAuditOptions | undefined;
  /** `undefined`: nobody logs in with a provider. */
  abstract readonly logins: ResolvedLoginOptions | undefined;
  abstract readonly trustedIssuers: readonly ResolvedTrustedIssuer[];
  /** `undefined`: services get no tokens here. */
  abstract readonly services: ResolvedServicesOptions | undefined;
}

/** {@link IdentityCacheOptions} after validation. */
export interface ResolvedIdentityCacheOptions {
  readonly maxEntries: number;
  /** Seconds. */
  readonly maxAge: number;
}

/** {@link RevocationOptions} after validation. */
export interface ResolvedRevocationOptions {
  /** Seconds. */
  readonly maxStaleness: number;
  readonly onStale: 'refuse' | 'allow';
}

/** {@link SessionsOptions} after validation. */
export interface ResolvedSessionsOptions {
  /** Seconds. */
  readonly lifetime: number;
  /** Seconds. */
  readonly rotationGrace: number;
}

/** A key of the ring, made once. */
export interface ResolvedSigningKey {
  /** `''`: its tokens have no `kid`. */
  readonly keyId: string;
  /** The only key of an application takes tokens without `kid`, too. */
  readonly takesTokensWithoutKeyId: boolean;
  readonly algorithm: JwtAlgorithm;
  /** Absent when the application only verifies. For HS algorithms the same object as `verificationKey`. */
  readonly signingKey: KeyObject | undefined;
  readonly verificationKey: KeyObject;
  readonly state: SigningKeyState;
}

/** {@link JwtOptions} after validation: the keys made, the defaults filled in. */
export interface ResolvedJwtOptions {
  /** One or more, of which one is active; none when all are in the store. */
  readonly keys: readonly ResolvedSigningKey[];
  /** 32 bytes for AES-256. */
  readonly keyEncryptionKey: KeyObject | undefined;
  readonly issuer: string;
  /** `undefined`: not checked. */
  readonly audience: readonly string[] | undefined;
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** Seconds. */
  readonly maxAccessTokenTtl: number;
  /** Seconds. */
  readonly clockTolerance: number;
  /** Lower case, without `application/`. */
  readonly acceptedTypes: readonly string[];
}

/** {@link ApiKeysOptions} after validation. */
export interface ResolvedApiKeysOptions {
  readonly prefix: string;
  readonly header: string;
  readonly maxRateLimit: RateLimit | undefined;
  /** Seconds. */
  readonly maxLifetime: number | undefined;
  readonly maxKeysPerOwner: number;
}
