import 'reflect-metadata';

import { createRequire } from 'node:module';

import type { Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';

import type { AccessRule } from './access-rule.js';
import { AuthGuard } from './auth.guard.js';
import type { FoundHandler } from './route-table.js';

const GUARDS_KEY = '__guards__';
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** Knows where the guard stands, and so which handlers it does not stand in front of. */
export class GuardPlacement {
  /** @param nestMajor the major version of the Nest that runs. */
  constructor(
    private readonly globalGuard: boolean,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly nestMajor: () => number = installedMajor,
  ) {}

  /** Does the guard stand in front of this handler? A field resolver is reached through a query that has its own. */
  guards(found: FoundHandler): boolean {
    return found.method === 'FIELD' || this.#isGlobal() || this.hasOwnGuard(found);
  }

  /** Is the guard on the handler or on its class, so that it needs no global one? */
  hasOwnGuard({ target, handler }: FoundHandler): boolean {
    return hasGuard(target) || hasGuard(handler);
  }

  /**
   * @returns why nothing guards this handler although its rule wants it, or undefined when something does. With a
   * manual guard, handlers without decorators are the application's own business.
   */
  whyUnguarded(found: FoundHandler, rule: AccessRule): string | undefined {
    const { transport, method } = found;
    if (rule.access === 'public' || this.hasOwnGuard(found)) return undefined;
    if (method === 'FIELD') {
      if (!rule.isDecorated || this.#guardsFields()) return undefined;
      return "Nest guards no field resolver: add fieldResolverEnhancers: ['guards'] to the GraphQL options, or move the decorator to the query";
    }
    const isGlobal = this.#isGlobal();
    if (transport === 'ws' && isGlobal && this.nestMajor() < 12) {
      return 'on Nest 11 global guards do not reach gateways: add @UseGuards(AuthGuard), or @Public() if anyone may send it';
    }
    if (!isGlobal && rule.isDecorated) {
      return 'it has access decorators, but no guard: add @UseGuards(AuthGuard), or leave globalGuard on';
    }
    return undefined;
  }

  #isGlobal(): boolean {
    return this.globalGuard || this.config.getGlobalGuards().some((guard) => guard instanceof AuthGuard);
  }

  #guardsFields(): boolean {
    for (const module of this.modules.values()) {
      const options = module.providers.get(GRAPHQL_OPTIONS)?.instance as
        { fieldResolverEnhancers?: string[] } | undefined;
      if (options?.fieldResolverEnhancers?.includes('guards') === true) return true;
    }
    return false;
  }
}

function hasGuard(host: object): boolean {
  const guards = (Reflect.getMetadata(GUARDS_KEY, host) as unknown[] | undefined) ?? [];
  return guards.some((guard) => guard === AuthGuard || guard instanceof AuthGuard || isSubclass(guard));
}

function isSubclass(guard: unknown): boolean {
  return typeof guard === 'function' && (guard as Type).prototype instanceof AuthGuard;
}

function installedMajor(): number {
  const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };
  return Number.parseInt(version, 10);
}
