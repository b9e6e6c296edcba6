import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';

import type { SubjectDirectory } from './identity/subject-directory.js';
import type { AuthOptions } from './options/auth-options.js';
import type { EndpointsOptions } from './options/endpoints.js';
import { completeStores, type AuthStores } from './stores/auth-stores.js';
import type { AuthMailer } from './users/auth-mailer.js';

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
  /** Whether people log in with providers; which, is the factory's to say. Default false. */
  loginProviders?: boolean;
  /** Whether events are kept; how is the factory's to say. Default false. */
  audit?: boolean;
  /** Whether services get tokens here; how is the factory's to say. Default false. */
  services?: boolean;
  inject?: FactoryProvider['inject'];
  // oxlint-disable-next-line typescript/no-explicit-any -- Nest's own signature of factories
  useFactory: (...args: any[]) => AuthModuleOptions | Promise<AuthModuleOptions>;
}

/** The options as they were written, for the providers that read them. */
export class WrittenOptions {
  readonly stores: ReturnType<typeof completeStores>;
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

/** What decides which providers and controllers there are. */
export interface ModuleShape {
  readonly globalGuard: boolean;
  readonly endpoints: StaticOptions['endpoints'];
  readonly users: boolean;
  readonly loginProviders: boolean;
  readonly audit: boolean;
  readonly services: boolean;
}
