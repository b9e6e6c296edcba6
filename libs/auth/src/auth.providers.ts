import type { Provider, Type } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

import { AuditLog } from './audit/audit-log.js';
import { AuditStore } from './audit/audit.store.js';
import { WrittenOptions, type ModuleShape } from './auth-module.options.js';
import { ApiKeyManagement } from './api-keys/api-key.management.js';
import { ApiKeyService } from './api-keys/api-key.service.js';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { ApiKeyStrategy } from './api-keys/api-key.strategy.js';
import { ApiKeyTerms } from './api-keys/api-key.terms.js';
import { ApiKeyVerifier } from './api-keys/api-key.verifier.js';
import { LastUsed } from './api-keys/last-used.js';
import { RateLimitCounter } from './api-keys/rate-limit.counter.js';
import { FallbackCounter, RateLimits } from './api-keys/rate-limits.js';
import { Clock } from './clock.js';
import { AuthEvents } from './events/auth-events.js';
import { CredentialTerms } from './guard/call-terms.js';
import { AuthStrategies } from './guard/auth-strategy.js';
import { GUARD_EXPORTS } from './guard/guard.providers.js';
import { AnySubject, SubjectDirectory, SubjectsByKind } from './identity/subject-directory.js';
import { ClientStore } from './oauth/client.store.js';
import { ClientSubjects } from './oauth/client.subjects.js';
import { BearerTokens, ISSUER_PROVIDERS } from './oauth/issuer.providers.js';
import { LinkedAccountStore } from './oauth/linked-account.store.js';
import { LoginStateStore } from './oauth/login-state.store.js';
import { LOGIN_PROVIDERS } from './oauth/login.providers.js';
import { SERVICE_EXPORTS, SERVICE_PROVIDERS } from './oauth/service.providers.js';
import { ResolvedAuthOptions } from './options/auth-options.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationNotifications, RevocationStore } from './revocation/revocation.store.js';
import { PermissionService } from './roles/permission.service.js';
import { ROLE_EXPORTS, ROLE_PROVIDERS } from './roles/role.providers.js';
import { RoleStore } from './roles/role.store.js';
import { StoredSubjects } from './roles/stored-subjects.js';
import { IssuedTokenService } from './sessions/issued-token.service.js';
import { RefreshExchange } from './sessions/refresh-exchange.js';
import { RefreshTokenStore } from './sessions/refresh-token.store.js';
import { SessionSubjects } from './sessions/session-subjects.js';
import { SessionService } from './sessions/session.service.js';
import { MemoryRateLimitCounter } from './stores/memory/memory-rate-limit.counter.js';
import { AccessTokenVerifier } from './tokens/access-token.verifier.js';
import { JwtStrategy } from './tokens/jwt.strategy.js';
import { KeyRingJwtService } from './tokens/key-ring-jwt.service.js';
import { SigningKeyRing } from './tokens/signing-key-ring.js';
import { SigningKeyService } from './tokens/signing-key.service.js';
import { SigningKeyStore } from './tokens/signing-key.store.js';
import { StoredSigningKeys } from './tokens/stored-signing-keys.js';
import { SubjectChanges } from './tokens/subject-changes.js';
import { TokenService } from './tokens/token.service.js';
import { AuthMailer } from './users/auth-mailer.js';
import { OneTimeTokenStore } from './users/one-time-token.store.js';
import { USER_EXPORTS, USER_PROVIDERS } from './users/user.providers.js';
import { UserStore } from './users/user.store.js';

/** What applications may inject, and what the guard needs to be made in any of their modules. */
export const EXPORTED = [
  TokenService,
  SessionService,
  ApiKeyService,
  SigningKeyService,
  PermissionService,
  JwtService,
  AuthEvents,
  ResolvedAuthOptions,
  Clock,
  ApiKeyStore,
  RefreshTokenStore,
  RevocationFeed,
  SubjectChanges,
  AuthStrategies,
  CredentialTerms,
  ...GUARD_EXPORTS,
];

/** Where things last, and what tells of changes. */
export const STORES: readonly Provider[] = [
  fromWritten(RevocationStore, ({ stores }) => stores.revocations),
  fromWritten(RevocationNotifications, ({ stores }) => stores.notifications),
  fromWritten(RateLimitCounter, ({ stores }) => stores.rateLimits),
  fromWritten(ApiKeyStore, ({ stores }) => stores.apiKeys),
  fromWritten(RefreshTokenStore, ({ stores }) => stores.refreshTokens),
  fromWritten(SigningKeyStore, ({ stores }) => stores.signingKeys),
  {
    provide: RevocationFeed,
    inject: [ResolvedAuthOptions, RevocationStore, RevocationNotifications, Clock, AuthEvents],
    useFactory: (
      { revocation }: ResolvedAuthOptions,
      store: RevocationStore,
      notifications: RevocationNotifications,
      clock: Clock,
      events: AuthEvents,
    ) => new RevocationFeed(revocation, store, notifications, clock, events),
  },
];

/** Who the subjects are, where the application says so or says nothing. */
const SUBJECTS: readonly Provider[] = [
  fromWritten(SubjectDirectory, ({ subjects }) => subjects ?? new AnySubject()),
];

/** People, their roles and grants: they are the subjects. */
const USERS: readonly Provider[] = [
  fromWritten(UserStore, ({ stores }) => stores.users),
  fromWritten(OneTimeTokenStore, ({ stores }) => stores.oneTimeTokens),
  fromWritten(RoleStore, ({ stores }) => stores.roles),
  fromWritten(AuthMailer, ({ mailer }) => mailer),
  ...ROLE_PROVIDERS,
  ...USER_PROVIDERS,
  { provide: SubjectDirectory, useExisting: StoredSubjects },
];

/** Services, which are subjects beside whoever the others are. */
function servicesBeside(users: boolean): readonly Provider[] {
  return [
    fromWritten(ClientStore, ({ stores }) => stores.clients),
    ...SERVICE_PROVIDERS,
    {
      provide: SubjectDirectory,
      inject: [ClientStore, users ? StoredSubjects : WrittenOptions],
      useFactory: (clients: ClientStore, others: StoredSubjects | WrittenOptions) =>
        new SubjectsByKind(
          others instanceof WrittenOptions ? (others.subjects ?? new AnySubject()) : others,
          new ClientSubjects(clients),
        ),
    },
  ];
}

/** Login with a provider, for people. */
const LOGINS: readonly Provider[] = [
  fromWritten(LinkedAccountStore, ({ stores }) => stores.linkedAccounts),
  fromWritten(LoginStateStore, ({ stores }) => stores.loginStates),
  ...LOGIN_PROVIDERS,
];

const AUDIT: readonly Provider[] = [fromWritten(AuditStore, ({ stores }) => stores.audit), AuditLog];

/** What there is beside credentials, by what is switched on. */
export function optionalProviders({
  users,
  audit,
  services,
  loginProviders,
}: ModuleShape): readonly Provider[] {
  return [
    ...(users ? USERS : SUBJECTS),
    ...(users && loginProviders ? LOGINS : []),
    ...(audit ? AUDIT : []),
    // Behind the others: it takes the place of their directory.
    ...(services ? servicesBeside(users) : []),
  ];
}

/** What applications may inject of {@link optionalProviders}. */
export function optionalExports({ users, audit, services }: ModuleShape): readonly Type[] {
  return [
    ...(users ? [...ROLE_EXPORTS, ...USER_EXPORTS] : []),
    ...(audit ? [AuditLog] : []),
    ...(services ? SERVICE_EXPORTS : []),
  ];
}

/** What makes and verifies credentials. */
export const CREDENTIALS: readonly Provider[] = [
  {
    provide: SigningKeyRing,
    inject: [ResolvedAuthOptions, SigningKeyStore, Clock],
    useFactory: async (options: ResolvedAuthOptions, store: SigningKeyStore, clock: Clock) => {
      const ring = new SigningKeyRing(options.jwt.keys);
      // Before anything can sign: the active key may be one of the store.
      await new StoredSigningKeys(options, store, ring).begin(clock);
      return ring;
    },
  },
  {
    provide: JwtService,
    inject: [ResolvedAuthOptions, SigningKeyRing],
    useFactory: (options: ResolvedAuthOptions, ring: SigningKeyRing) => new KeyRingJwtService(options, ring),
  },
  SubjectChanges,
  AccessTokenVerifier,
  SigningKeyService,
  TokenService,
  JwtStrategy,
  ...ISSUER_PROVIDERS,
  RefreshExchange,
  SessionSubjects,
  SessionService,
  IssuedTokenService,
  PermissionService,
  ApiKeyVerifier,
  ApiKeyService,
  ApiKeyManagement,
  LastUsed,
  RateLimits,
  { provide: FallbackCounter, useClass: MemoryRateLimitCounter },
  { provide: CredentialTerms, useClass: ApiKeyTerms },
  {
    provide: AuthStrategies,
    inject: [ResolvedAuthOptions, BearerTokens, ApiKeyService],
    useFactory: (
      { apiKeys: keys }: ResolvedAuthOptions,
      { strategy }: BearerTokens,
      apiKeys: ApiKeyService,
    ): AuthStrategies => ({
      all: keys === undefined ? [strategy] : [strategy, new ApiKeyStrategy(keys, apiKeys)],
    }),
  },
];

function fromWritten<T>(
  port: abstract new (...args: never[]) => T,
  choose: (written: WrittenOptions) => T | undefined,
): Provider {
  return { provide: port, inject: [WrittenOptions], useFactory: choose };
}
