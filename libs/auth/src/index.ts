export { AuthModule } from './auth.module.js';
export {
  type AuthModuleAsyncOptions,
  type AuthModuleOptions,
  type StaticOptions,
} from './auth-module.options.js';
export { memoryStores, type AuthStores } from './stores/auth-stores.js';
export { type PeopleStores } from './stores/people-stores.js';
export { MemoryApiKeyStore } from './stores/memory/memory-api-key.store.js';
export { MemoryAuditStore } from './stores/memory/memory-audit.store.js';
export { MemoryClientStore } from './stores/memory/memory-client.store.js';
export { MemoryOneTimeTokenStore } from './stores/memory/memory-one-time-token.store.js';
export { MemoryRefreshTokenStore } from './stores/memory/memory-refresh-token.store.js';
export { MemorySigningKeyStore } from './stores/memory/memory-signing-key.store.js';
export { MemoryRevocationStore } from './stores/memory/memory-revocation.store.js';
export { MemoryRoleStore } from './stores/memory/memory-role.store.js';
export { MemorySubjects } from './stores/memory/memory-subjects.js';
export { MemoryUserStore } from './stores/memory/memory-user.store.js';

export { AuthGuard } from './guard/auth.guard.js';
export {
  AuthSchemes,
  CheckPolicy,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequireAnyRole,
  RequireAuth,
  RequirePermissions,
  RequireRoles,
  RequireService,
} from './guard/access.decorators.js';
export { AccessPolicy, type AccessPolicyType } from './guard/access-policy.js';
export { CurrentUser, type IdentityPath } from './guard/current-user.decorator.js';
export { SocketAuthenticator, type UpgradeRequest } from './guard/socket-authenticator.js';
export { RouteAudit, RouteAuditError, type AuditedRoute } from './guard/route-audit.js';
export { type AccessRule } from './guard/access-rule.js';
export { type AuthScheme } from './guard/auth-strategy.js';
export { type AuthErrorBody } from './guard/auth-exception.js';
export { type Transport } from './guard/carrier.js';

export { UserIdentity, type IdentityProvider, type UserIdentityData } from './identity/user-identity.js';
export {
  definePermissions,
  type AnyPermissionCatalogue,
  type PermissionCatalogue,
  type PermissionDefinition,
  type PermissionGrant,
  type PermissionName,
  type Register,
} from './identity/permission.js';
export { SubjectDirectory, type Subject, type SubjectKind } from './identity/subject-directory.js';
export { PermissionSet } from './identity/permission-set.js';

export { SubjectChanges } from './tokens/subject-changes.js';
export { TokenService } from './tokens/token.service.js';
export { type AccessTokenInput, type ServiceTokenInput } from './tokens/token.input.js';
export { SigningKeyService, type SigningKey } from './tokens/signing-key.service.js';
export { type SigningKeyInput } from './tokens/signing-key.input.js';
export { SigningKeyStore, type SigningKeyRecord } from './tokens/signing-key.store.js';
export { type DecodedToken } from './tokens/compact-token.js';
export { ApiKeyService, type NewApiKey } from './api-keys/api-key.service.js';
export {
  type ApiKey,
  type ApiKeyInput,
  type ApiKeyRotation,
  type ApiKeyUpdate,
  type RegisteredApiKeyInput,
} from './api-keys/api-key.input.js';
export {
  ApiKeyStore,
  type ApiKeyChanges,
  type ApiKeyQuery,
  type ApiKeyRecord,
  type KeyRotationResult,
} from './api-keys/api-key.store.js';
export { SessionService, type SessionTokens } from './sessions/session.service.js';
export { type SessionInput } from './sessions/session.input.js';
export {
  RefreshTokenStore,
  type FoundSession,
  type Rotation,
  type RotationResult,
  type Session,
} from './sessions/refresh-token.store.js';
export { type LoggedRevocation, type Revocation, type RevocationKind } from './revocation/revocation.js';
export { RateLimitCounter, type RateLimitWindow } from './api-keys/rate-limit.counter.js';
export { RevocationFeed, type FeedOptions } from './revocation/revocation-feed.js';
export { type Verdict } from './revocation/revocation-mirror.js';
export { RevocationNotifications, RevocationStore } from './revocation/revocation.store.js';
export { AuthEvents, type Actor, type AuthEvent, type AuthFact, type Origin } from './events/auth-events.js';

export {
  ResolvedAuthOptions,
  type ApiKeysOptions,
  type AuthOptions,
  type IdentityCacheOptions,
  type JwtAlgorithm,
  type JwtOptions,
  type KeyMaterial,
  type ResolvedApiKeysOptions,
  type ResolvedIdentityCacheOptions,
  type ResolvedJwtOptions,
  type ResolvedRevocationOptions,
  type ResolvedSigningKey,
  type ResolvedSessionsOptions,
  type RevocationOptions,
  type SessionsOptions,
  type SigningKeyOptions,
  type SigningKeyState,
} from './options/auth-options.js';
export { type EndpointsOptions } from './options/endpoints.js';
export { type Duration } from './options/duration.js';
export { type RateLimit } from './options/rate-limit.js';
export {
  type AuditOptions,
  type LoginLimitsOptions,
  type ResolvedAuditOptions,
  type ResolvedRole,
  type ResolvedUsersOptions,
  type RoleOptions,
  type RolesOptions,
  type UsersOptions,
} from './options/user-options.js';
export {
  type Claims,
  type ClaimsPreset,
  type ExternalAlgorithm,
  type IntrospectionOptions,
  type MappedClaims,
  type ResolvedIntrospection,
  type ResolvedServicesOptions,
  type ResolvedTrustedIssuer,
  type ServicesOptions,
  type TrustedIssuerOptions,
} from './options/oauth-options.js';
export {
  githubProvider,
  googleProvider,
  microsoftProvider,
  oidcProvider,
  type GithubProviderInput,
  type LoginOptions,
  type LoginProviderOptions,
  type MicrosoftProviderInput,
  type OidcProviderInput,
  type ProviderClient,
  type ProviderTrust,
  type ResolvedLoginOptions,
  type ResolvedLoginProvider,
} from './options/login-provider-options.js';
export { LinkedAccountStore, type LinkedAccount, type UnlinkResult } from './oauth/linked-account.store.js';
export { LoginStateStore, type LoginState, type LoginStep } from './oauth/login-state.store.js';
export { MemoryLinkedAccountStore } from './stores/memory/memory-linked-account.store.js';
export { MemoryLoginStateStore } from './stores/memory/memory-login-state.store.js';
export { AuthOptionsError } from './options/options-error.js';
export { AuthError, type AuthErrorCode, type AuthErrorDetails } from './errors.js';
export { Clock, SystemClock } from './clock.js';

export { AuthMailer, type AuthMail } from './users/auth-mailer.js';
export {
  UserStore,
  type UserChangeResult,
  type UserChanges,
  type UserChangeTerms,
  type UserQuery,
  type UserRecord,
} from './users/user.store.js';
export { UserService, type UserOutcome } from './users/user.service.js';
export { type UserInput, type UserUpdate } from './users/user.input.js';
export { type User } from './users/user.view.js';
export { LoginService, type LoginInput } from './users/login.service.js';
export { SetupService, type SetupInput, type SetupResult } from './users/setup.service.js';
export {
  OneTimeTokenStore,
  type OneTimePurpose,
  type OneTimeTokenRecord,
} from './users/one-time-token.store.js';
export {
  ADMINISTRATOR,
  RoleStore,
  type RoleChangeResult,
  type RoleChanges,
  type RoleInsertResult,
  type RoleQuery,
  type RoleRecord,
  type SubjectHoldings,
} from './roles/role.store.js';
export { RoleService, type RoleOutcome } from './roles/role.service.js';
export { type RoleInput, type RoleUpdate } from './roles/role.input.js';
export { type Role, type RolePage, type RolePageQuery } from './roles/role.finder.js';
export { type GrantSource } from './roles/effective.js';
export {
  PermissionService,
  type EffectivePermissions,
  type Explanation,
  type ExplanationRequest,
  type Obstacle,
  type SubjectPlace,
} from './roles/permission.service.js';
export { ClientService, type ClientOutcome, type NewClient } from './oauth/client.service.js';
export { type ClientInput, type ClientUpdate, type SecretRotation } from './oauth/client.input.js';
export { type Client } from './oauth/client.view.js';
export {
  ClientStore,
  type ClientChanges,
  type ClientQuery,
  type ClientRecord,
  type ClientSecretRecord,
} from './oauth/client.store.js';
export { AuditLog } from './audit/audit-log.js';
export { AuditStore, type AuditEntry, type AuditQuery } from './audit/audit.store.js';
