import { Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import {
  WrittenOptions,
  type AuthModuleAsyncOptions,
  type AuthModuleOptions,
  type ModuleShape,
  type StaticOptions,
} from './auth-module.options.js';
import { controllersOf } from './auth.controllers.js';
import { CREDENTIALS, EXPORTED, optionalExports, optionalProviders, STORES } from './auth.providers.js';
import { Clock, SystemClock } from './clock.js';
import { AuthEvents } from './events/auth-events.js';
import { guardProviders } from './guard/guard.providers.js';
import { PermissionSets } from './identity/permission-set.js';
import { ResolvedAuthOptions } from './options/auth-options.js';
import { resolveOptions } from './options/resolve-options.js';

/** One gate in front of every handler of the application. Import it once, in the root module; it is global. */
@Module({})
export class AuthModule {
  /**
   * @param options everything from `AUTH_*` variables when left out.
   * @throws AuthOptionsError when the application boots, with every problem of the options at once.
   */
  static forRoot(options: AuthModuleOptions & StaticOptions = {}): DynamicModule {
    const { globalGuard = true, endpoints, ...written } = options;
    const shape = {
      globalGuard,
      endpoints,
      users: isOn(written.users),
      loginProviders: isOn(written.loginProviders),
      audit: isOn(written.audit),
      services: isOn(written.services),
    };
    return assemble(shape, [], {
      provide: WrittenOptions,
      useFactory: () => new WrittenOptions(written),
    });
  }

  /** The same, with options that a factory makes from other providers. */
  static forRootAsync(options: AuthModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, ...rest } = options;
    const { globalGuard = true, endpoints, users = false, audit = false, services = false } = rest;
    const shape = { globalGuard, endpoints, users, audit, services };
    return assemble({ ...shape, loginProviders: rest.loginProviders ?? false }, imports, {
      provide: WrittenOptions,
      inject,
      useFactory: async (...args: unknown[]) => new WrittenOptions(await useFactory(...args)),
    });
  }
}

/** `false` and nothing are off; what is wrong is judged with the other options. */
function isOn(written: unknown): boolean {
  return written !== undefined && written !== false;
}

function assemble(
  shape: ModuleShape,
  imports: NonNullable<ModuleMetadata['imports']>,
  written: Provider,
): DynamicModule {
  const { globalGuard, endpoints, users, audit, services } = shape;
  return {
    module: AuthModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    controllers: controllersOf(shape),
    providers: [
      written,
      {
        provide: ResolvedAuthOptions,
        inject: [WrittenOptions],
        useFactory: ({ rest, stores, subjects, mailer }: WrittenOptions) =>
          resolveOptions(rest, {
            endpoints,
            hasUsers: users,
            hasAudit: audit,
            hasUserStores: stores.users !== undefined,
            hasMailer: mailer !== undefined,
            hasSubjects: subjects !== undefined,
            hasServices: services,
            hasLoginProviders: shape.loginProviders,
            hasLoginStores: stores.linkedAccounts !== undefined,
            hasClientStore: stores.clients !== undefined,
          }),
      },
      { provide: Clock, useClass: SystemClock },
      { provide: AuthEvents, inject: [Clock], useFactory: (clock: Clock) => new AuthEvents(clock) },
      PermissionSets,
      ...STORES,
      ...CREDENTIALS,
      ...optionalProviders(shape),
      ...guardProviders(globalGuard),
    ],
    exports: [...EXPORTED, ...optionalExports(shape)],
  };
}
