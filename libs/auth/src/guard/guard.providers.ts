import type { Provider, Type } from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  ApplicationConfig,
  DiscoveryService,
  HttpAdapterHost,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';

import { Clock } from '../clock.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { AccessPolicies } from './access-policies.js';
import { AccessRules } from './access-rule.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { AuthExceptions, TransportExceptions } from './auth-exception.js';
import { AuthGuard } from './auth.guard.js';
import { AuthStrategies } from './auth-strategy.js';
import { Authenticator } from './authenticator.js';
import { GuardPlacement } from './guard-placement.js';
import { IdentityCache } from './identity-cache.js';
import { PathExceptions } from './path-exceptions.js';
import { RefusalReport } from './refusal-report.js';
import { ResourceMetadataAddress } from './resource-metadata-address.js';
import { RouteAudit } from './route-audit.js';
import { RouteTable } from './route-table.js';
import { SocketAuthenticator } from './socket-authenticator.js';
import { loadTransportExceptions } from './transport-exceptions.js';

/**
 * What the guard is made of.
 *
 * @param isGlobal whether it stands in front of every handler.
 */
export function guardProviders(isGlobal: boolean): Provider[] {
  return [
    {
      provide: Authenticator,
      inject: [ResolvedAuthOptions, AuthStrategies, RevocationFeed, Clock],
      useFactory: (
        { identityCache }: ResolvedAuthOptions,
        strategies: AuthStrategies,
        feed: RevocationFeed,
        clock: Clock,
      ) => new Authenticator(strategies, feed, identityCache && new IdentityCache(identityCache, clock)),
    },
    AccessRules,
    {
      provide: AccessPolicies,
      inject: [ModuleRef],
      useFactory: (modules: ModuleRef) => new AccessPolicies(modules),
    },
    {
      provide: PathExceptions,
      inject: [ResolvedAuthOptions],
      useFactory: (options: ResolvedAuthOptions) => new PathExceptions(options.requireAuthExceptions),
    },
    { provide: TransportExceptions, useFactory: loadTransportExceptions },
    {
      provide: AuthExceptions,
      inject: [ResolvedAuthOptions, HttpAdapterHost, TransportExceptions, RouteTable],
      useFactory: (
        options: ResolvedAuthOptions,
        host: HttpAdapterHost,
        transports: TransportExceptions,
        routes: RouteTable,
      ) => new AuthExceptions(options, host, transports, new ResourceMetadataAddress(options, routes)),
    },
    RefusalReport,
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
        new GuardPlacement(isGlobal, config, modules),
    },
    RouteAudit,
    // useExisting: `overrideProvider(AuthGuard)` in a user's test reaches it, which useClass would not allow.
    ...(isGlobal ? [{ provide: APP_GUARD, useExisting: AuthGuard }] : []),
    {
      provide: APP_FILTER,
      inject: [AuthExceptions, RefusalReport, HttpAdapterHost],
      useFactory: (exceptions: AuthExceptions, report: RefusalReport, host: HttpAdapterHost) =>
        new AuthErrorFilter(exceptions, report, host),
    },
  ];
}

/** What applications may inject, and what the guard needs to be made in any of their modules. */
export const GUARD_EXPORTS: Type[] = [
  AuthGuard,
  SocketAuthenticator,
  RouteAudit,
  AccessRules,
  AccessPolicies as Type,
  Authenticator,
  AuthExceptions as Type,
  PathExceptions,
  RefusalReport,
];
