import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  ApplicationConfig,
  DiscoveryModule,
  DiscoveryService,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';

import { ApiKeyService } from './api-keys/api-key.service.js';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { ApiKeyStrategy } from './api-keys/api-key.strategy.js';
import { Clock, SystemClock } from './clock.js';
import { AccessRules } from './guard/access-rule.js';
import { AuthErrorFilter } from './guard/auth-error.filter.js';
import { AuthExceptions, TransportExceptions } from './guard/auth-exception.js';
import { AuthGuard } from './guard/auth.guard.js';
import { AuthStrategies } from './guard/auth-strategy.js';
import { Authenticator } from './guard/authenticator.js';
import { GuardPlacement } from './guard/guard-placement.js';
import { IdentityCache } from './guard/identity-cache.js';
import { PathExceptions } from './guard/path-exceptions.js';
import { RouteAudit } from './guard/route-audit.js';
import { RouteTable } from './guard/route-table.js';
import { SocketAuthenticator } from './guard/socket-authenticator.js';
import { loadTransportExceptions } from './guard/transport-exceptions.js';
import { PermissionSets } from './identity/permission-set.js';
import { ResolvedAuthOptions, type AuthOptions } from './options/auth-options.js';
import { AuthOptionsError } from './options/options-error.js';
import { resolveOptions } from './options/resolve-options.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { MemoryApiKeyStore } from './stores/memory/memory-api-key.store.js';
import { MemoryRevocationFeed } from './stores/memory/memory-revocation-feed.js';
import { AccessTokenVerifier } from './tokens/access-token.verifier.js';
import { jwtModuleOptions } from './tokens/jwt-options.js';
import { JwtStrategy } from './tokens/jwt.strategy.js';
import { TokenService } from './tokens/token.service.js';

/** Where things last. What is left out is kept in the memory of the process. */
export interface AuthStores {
  readonly apiKeys?: ApiKeyStore;
}

/** Everything that can be set. What is left out comes from the `AUTH_*` variables, then from the defaults. */
export interface AuthModuleOptions extends AuthOptions {
  stores?: AuthStores;
}

/** What has to be known before any factory has run. */
export interface GuardOptions {
  /** `false`: no global guard; put `@UseGuards(AuthGuard)` where it is wanted. Default true. */
  globalGuard?: boolean;
}

/** For `forRootAsync`. */
export interface AuthModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'>, GuardOptions {
  inject?: FactoryProvider['inject'];
  // oxlint-disable-next-line typescript/no-explicit-any -- Nest's own signature of factories
  useFactory: (...args: any[]) => AuthModuleOptions | Promise<AuthModuleOptions>;
}

/** The options as they were written, for the providers that read them. */
class WrittenOptions {
  readonly stores: AuthStores;
  readonly rest: AuthOptions;

  constructor({ stores = {}, ...rest }: AuthModuleOptions = {}) {
    for (const name of Object.keys(stores)) {
      if (name !== 'apiKeys')
        throw new AuthOptionsError([`stores.${name} is no option. Remedy: remove it or correct its name.`]);
    }
    this.stores = stores;
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
  static forRoot(options: AuthModuleOptions & GuardOptions = {}): DynamicModule {
    const { globalGuard, ...written } = options;
    return assemble(globalGuard, [], {
      provide: WrittenOptions,
      useFactory: () => new WrittenOptions(written),
    });
  }

  /** The same, with options that a factory makes from other providers. */
  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
    globalGuard,
  }: AuthModuleAsyncOptions): DynamicModule {
    return assemble(globalGuard, imports, {
      provide: WrittenOptions,
      inject,
      useFactory: async (...args: unknown[]) => new WrittenOptions(await useFactory(...args)),
    });
  }
}

/** What applications may inject, and what the guard needs to be made in any of their modules. */
const EXPORTED = [
  TokenService,
  ApiKeyService,
  JwtService,
  AuthGuard,
  SocketAuthenticator,
  RouteAudit,
  ResolvedAuthOptions,
  Clock,
  ApiKeyStore,
  RevocationFeed,
  AccessRules,
  AuthStrategies,
  Authenticator,
  AuthExceptions,
  PathExceptions,
];

function assemble(
  globalGuard = true,
  imports: NonNullable<ModuleMetadata['imports']>,
  written: Provider,
): DynamicModule {
  const providers: Provider[] = [
    written,
    {
      provide: ResolvedAuthOptions,
      inject: [WrittenOptions],
      useFactory: ({ rest }: WrittenOptions) => resolveOptions(rest),
    },
    { provide: Clock, useClass: SystemClock },
    PermissionSets,
    {
      provide: ApiKeyStore,
      inject: [WrittenOptions],
      useFactory: ({ stores }: WrittenOptions) => stores.apiKeys ?? new MemoryApiKeyStore(),
    },
    { provide: RevocationFeed, useClass: MemoryRevocationFeed },
    {
      provide: JwtService,
      inject: [ResolvedAuthOptions],
      useFactory: (options: ResolvedAuthOptions) => new JwtService(jwtModuleOptions(options)),
    },
    AccessTokenVerifier,
    TokenService,
    JwtStrategy,
    ApiKeyService,
    {
      provide: AuthStrategies,
      inject: [ResolvedAuthOptions, JwtStrategy, ApiKeyService],
      useFactory: (
        options: ResolvedAuthOptions,
        jwt: JwtStrategy,
        apiKeys: ApiKeyService,
      ): AuthStrategies => ({
        all: options.apiKeys === undefined ? [jwt] : [jwt, new ApiKeyStrategy(options.apiKeys, apiKeys)],
      }),
    },
    {
      provide: Authenticator,
      inject: [ResolvedAuthOptions, AuthStrategies, RevocationFeed, Clock],
      useFactory: (
        { identityCache }: ResolvedAuthOptions,
        strategies: AuthStrategies,
        feed: RevocationFeed,
        clock: Clock,
      ) =>
        new Authenticator(
          strategies,
          feed,
          identityCache && new IdentityCache(identityCache.maxEntries, clock),
        ),
    },
    AccessRules,
    {
      provide: PathExceptions,
      inject: [ResolvedAuthOptions],
      useFactory: (options: ResolvedAuthOptions) => new PathExceptions(options.requireAuthExceptions),
    },
    { provide: TransportExceptions, useFactory: loadTransportExceptions },
    {
      provide: AuthExceptions,
      inject: [ResolvedAuthOptions, HttpAdapterHost, TransportExceptions],
      useFactory: (options: ResolvedAuthOptions, host: HttpAdapterHost, transports: TransportExceptions) =>
        new AuthExceptions(options, host, transports),
    },
    AuthGuard,
    SocketAuthenticator,
    {
      provide: RouteTable,
      inject: [DiscoveryService, ModulesContainer, ApplicationConfig],
      useFactory: (discovery: DiscoveryService, modules: ModulesContainer, config: ApplicationConfig) =>
        new RouteTable(discovery, modules, config),
    },
    {
      provide: GuardPlacement,
      inject: [ApplicationConfig, ModulesContainer],
      useFactory: (config: ApplicationConfig, modules: ModulesContainer) =>
        new GuardPlacement(globalGuard, config, modules),
    },
    RouteAudit,
    // useExisting: `overrideProvider(AuthGuard)` in a user's test reaches it, which useClass would not allow.
    ...(globalGuard ? [{ provide: APP_GUARD, useExisting: AuthGuard }] : []),
    {
      provide: APP_FILTER,
      inject: [AuthExceptions, HttpAdapterHost],
      useFactory: (exceptions: AuthExceptions, host: HttpAdapterHost) =>
        new AuthErrorFilter(exceptions, host),
    },
  ];
  return {
    module: AuthModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    providers,
    exports: EXPORTED,
  };
}
