import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';

import { ApiKeyController } from './api-keys/api-key.controller.js';
import { ApiKeyManagement } from './api-keys/api-key.management.js';
import { ApiKeyService } from './api-keys/api-key.service.js';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { ApiKeyStrategy } from './api-keys/api-key.strategy.js';
import { ApiKeyTerms } from './api-keys/api-key.terms.js';
import { ApiKeyVerifier } from './api-keys/api-key.verifier.js';
import { LastUsed } from './api-keys/last-used.js';
import { RateLimitCounter } from './api-keys/rate-limit.counter.js';
import { FallbackCounter, RateLimits } from './api-keys/rate-limits.js';
import { Clock, SystemClock } from './clock.js';
import { AuthEvents } from './events/auth-events.js';
import { CredentialTerms } from './guard/call-terms.js';
import { AuthStrategies } from './guard/auth-strategy.js';
import { GUARD_EXPORTS, guardProviders } from './guard/guard.providers.js';
import { mountedController } from './guard/mounted-controller.js';
import { PermissionSets } from './identity/permission-set.js';
import { AnySubject, SubjectDirectory } from './identity/subject-directory.js';
import { ResolvedAuthOptions, type AuthOptions, type EndpointsOptions } from './options/auth-options.js';
import { resolveEndpoints } from './options/endpoints.js';
import { resolveOptions } from './options/resolve-options.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationNotifications, RevocationStore } from './revocation/revocation.store.js';
import { IssuedTokenService } from './sessions/issued-token.service.js';
import { RefreshExchange } from './sessions/refresh-exchange.js';
import { RefreshTokenStore } from './sessions/refresh-token.store.js';
import { SessionController } from './sessions/session.controller.js';
import { SessionService } from './sessions/session.service.js';
import { TokenController } from './sessions/token.controller.js';
import { completeStores, type AuthStores } from './stores/auth-stores.js';
import type { AuthMailer } from './users/auth-mailer.js';
import { MemoryRateLimitCounter } from './stores/memory/memory-rate-limit.counter.js';
import { AccessTokenVerifier } from './tokens/access-token.verifier.js';
import { JwtStrategy } from './tokens/jwt.strategy.js';
import { KeyRingJwtService } from './tokens/key-ring-jwt.service.js';
import { KeySetController } from './tokens/key-set.controller.js';
import { SigningKeyRing } from './tokens/signing-key-ring.js';
import { SigningKeyService } from './tokens/signing-key.service.js';
import { SigningKeyStore } from './tokens/signing-key.store.js';
import { StoredSigningKeys } from './tokens/stored-signing-keys.js';
import { TokenService } from './tokens/token.service.js';

/** Everything that can be set. What is left out comes from the `AUTH_*` variables, then from the defaults. */
export interface AuthModuleOptions extends AuthOptions {
  /** Default: everything in the memory of the process. */
  stores?: AuthStores;
  /** Asked about owners of sessions and API keys. Default: all of them are active. */
  subjects?: SubjectDirectory;
  /** Sends the messages of accounts. Needed with `users`. */
  mailer?: AuthMailer;
}

/** What has to be known before any factory has run. */
export interface StaticOptions {
  /** `false`: no global guard; put `@UseGuards(AuthGuard)` where it is wanted. Default true. */
  globalGuard?: boolean;
  /** The HTTP endpoints of this package; `false`: none. Default: all, under `auth`. */
  endpoints?: EndpointsOptions | false;
}

/** For `forRootAsync`. */
export interface AuthModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'>, StaticOptions {
  /** Whether people are kept here; how is the factory's to say. Default false. */
  users?: boolean;
  /** Whether events are kept; how is the factory's to say. Default false. */
  audit?: boolean;
  inject?: FactoryProvider['inject'];
  // oxlint-disable-next-line typescript/no-explicit-any -- Nest's own signature of factories
  useFactory: (...args: any[]) => AuthModuleOptions | Promise<AuthModuleOptions>;
}

/** The options as they were written, for the providers that read them. */
class WrittenOptions {
  readonly stores: Required<AuthStores>;
  readonly subjects: SubjectDirectory | undefined;
  readonly mailer: AuthMailer | undefined;
  readonly rest: AuthOptions;

  constructor({ stores, subjects, mailer, ...rest }: AuthModuleOptions = {}) {
    this.stores = completeStores(stores);
    this.subjects = subjects;
    this.mailer = mailer;
    this.rest = rest;
  }
}

/** One gate in front of every handler of the application. Import it once, in the root module; it is global. */
@Module({})
export class AuthModule {
  /**
   * @param options everything from `AUTH_*` variables when left out.
   * @throws AuthOptionsError when the application boots, with every problem of the options at once.
   */
  static forRoot(options: AuthModuleOptions & StaticOptions = {}): DynamicModule {
    const { globalGuard, endpoints, ...written } = options;
    const [users, audit] = [isOn(written.users), isOn(written.audit)];
    return assemble({ globalGuard, endpoints, users, audit }, [], {
      provide: WrittenOptions,
      useFactory: () => new WrittenOptions(written),
    });
  }

  /** The same, with options that a factory makes from other providers. */
  static forRootAsync(options: AuthModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, ...rest } = options;
    return assemble(rest, imports, {
      provide: WrittenOptions,
      inject,
      useFactory: async (...args: unknown[]) => new WrittenOptions(await useFactory(...args)),
    });
  }
}

/** What applications may inject, and what the guard needs to be made in any of their modules. */
const EXPORTED = [
  TokenService,
  SessionService,
  ApiKeyService,
  SigningKeyService,
  JwtService,
  AuthEvents,
  ResolvedAuthOptions,
  Clock,
  ApiKeyStore,
  RefreshTokenStore,
  RevocationFeed,
  AuthStrategies,
  CredentialTerms,
  ...GUARD_EXPORTS,
];

/** `false` and nothing are off; what is wrong is judged with the other options. */
function isOn(written: unknown): boolean {
  return written !== undefined && written !== false;
}

/** What decides which providers and controllers there are. */
type Shape = StaticOptions & Pick<AuthModuleAsyncOptions, 'users' | 'audit'>;

function assemble(
  { globalGuard = true, endpoints, users = false, audit = false }: Shape,
  imports: NonNullable<ModuleMetadata['imports']>,
  written: Provider,
): DynamicModule {
  return {
    module: AuthModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    controllers: controllersOf(endpoints, globalGuard),
    providers: [
      written,
      {
        provide: ResolvedAuthOptions,
        inject: [WrittenOptions],
        useFactory: ({ rest, subjects, mailer }: WrittenOptions) =>
          resolveOptions(rest, {
            endpoints,
            hasUsers: users,
            hasAudit: audit,
            hasMailer: mailer !== undefined,
            hasSubjects: subjects !== undefined,
          }),
      },
      { provide: Clock, useClass: SystemClock },
      { provide: AuthEvents, inject: [Clock], useFactory: (clock: Clock) => new AuthEvents(clock) },
      PermissionSets,
      ...STORES,
      ...CREDENTIALS,
      ...guardProviders(globalGuard),
    ],
    exports: EXPORTED,
  };
}

function controllersOf(
  written: StaticOptions['endpoints'],
  globalGuard: boolean,
): NonNullable<ModuleMetadata['controllers']> {
  const endpoints = resolveEndpoints(written);
  if (endpoints === undefined) return [];
  const { prefix, sessions, tokens, apiKeys, keySet } = endpoints;
  return [
    ...(sessions ? [mountedController(SessionController, prefix, globalGuard)] : []),
    ...(tokens ? [mountedController(TokenController, prefix, globalGuard)] : []),
    ...(keySet ? [KeySetController] : []),
    ...(apiKeys ? [mountedController(ApiKeyController, `${prefix}/api-keys`, globalGuard)] : []),
  ];
}

const STORES: readonly Provider[] = [
  fromWritten(RevocationStore, ({ stores }) => stores.revocations),
  fromWritten(RevocationNotifications, ({ stores }) => stores.notifications),
  fromWritten(RateLimitCounter, ({ stores }) => stores.rateLimits),
  fromWritten(ApiKeyStore, ({ stores }) => stores.apiKeys),
  fromWritten(RefreshTokenStore, ({ stores }) => stores.refreshTokens),
  fromWritten(SigningKeyStore, ({ stores }) => stores.signingKeys),
  fromWritten(SubjectDirectory, ({ subjects }) => subjects ?? new AnySubject()),
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

const CREDENTIALS: readonly Provider[] = [
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
  AccessTokenVerifier,
  SigningKeyService,
  TokenService,
  JwtStrategy,
  RefreshExchange,
  SessionService,
  IssuedTokenService,
  ApiKeyVerifier,
  ApiKeyService,
  ApiKeyManagement,
  LastUsed,
  RateLimits,
  { provide: FallbackCounter, useClass: MemoryRateLimitCounter },
  { provide: CredentialTerms, useClass: ApiKeyTerms },
  {
    provide: AuthStrategies,
    inject: [ResolvedAuthOptions, JwtStrategy, ApiKeyService],
    useFactory: (options: ResolvedAuthOptions, jwt: JwtStrategy, apiKeys: ApiKeyService): AuthStrategies => ({
      all: options.apiKeys === undefined ? [jwt] : [jwt, new ApiKeyStrategy(options.apiKeys, apiKeys)],
    }),
  },
];

function fromWritten<T>(
  port: abstract new (...args: never[]) => T,
  choose: (written: WrittenOptions) => T,
): Provider {
  return { provide: port, inject: [WrittenOptions], useFactory: choose };
}
