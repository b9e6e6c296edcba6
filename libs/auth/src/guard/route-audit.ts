import 'reflect-metadata';

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { isKnownGrant, isPermission } from '../identity/permission.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { AccessPolicies } from './access-policies.js';
import { AccessRules, type AccessRule } from './access-rule.js';
import { AuthStrategies } from './auth-strategy.js';
import { GuardPlacement } from './guard-placement.js';
import { PathExceptions } from './path-exceptions.js';
import { RouteTable, type FoundHandler } from './route-table.js';

/** One row of the table of {@link RouteAudit.routes}. */
export interface AuditedRoute extends Pick<FoundHandler, 'transport' | 'method' | 'path'> {
  /** `Class.method` */
  readonly handler: string;
  readonly rule: AccessRule;
  /** What a caller without a credential meets: decorators, options, and whether a guard stands there at all. */
  readonly access: AccessRule['access'];
}

/** Thrown at boot when handlers contradict themselves or are not guarded: all of them, each with class and method. */
export class RouteAuditError extends Error {
  override readonly name = 'RouteAuditError';
  readonly #problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `Gatehouse stops the boot. Problems with handlers:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.#problems = problems;
    // The frames are Nest's own, whatever the handler; they would bury what there is to read.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** One line each. No property of its own: the console would print it a second time below the message. */
  get problems(): readonly string[] {
    return this.#problems;
  }
}

/**
 * Reads every handler's rule when the application boots: says in the log what is public and which roles and policies there are, and
 * stops the boot on a contradiction, an unknown permission, a policy that nobody provides, or a handler that nothing
 * guards.
 */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  readonly #logger = new Logger(RouteAudit.name);

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly table: RouteTable,
    private readonly rules: AccessRules,
    private readonly policies: AccessPolicies,
    private readonly paths: PathExceptions,
    private readonly strategies: AuthStrategies,
    private readonly placement: GuardPlacement,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Every way to call a handler of this application, with its rule; complete once the application is initialised. */
  routes(): readonly AuditedRoute[] {
    return this.table.find().map((found) => this.#audited(found));
  }

  onApplicationBootstrap(): void {
    const found = this.table.find();
    const problems = new Set(found.flatMap((handler) => this.#problems(handler)));
    if (problems.size > 0) throw new RouteAuditError([...problems]);
    this.#report(found);
  }

  #audited(found: FoundHandler): AuditedRoute {
    const { transport, method, path, target, name, handler } = found;
    const rule = this.rules.of(target, handler);
    const access = this.#access(rule, found);
    return { transport, method, path, handler: `${target.name}.${name}`, rule, access };
  }

  #access(rule: AccessRule, found: FoundHandler): AccessRule['access'] {
    const { transport, path } = found;
    if (!this.placement.guards(found)) return 'public';
    if (rule.isDecorated) return rule.access;
    if (transport === 'http' && this.paths.matches(path)) return 'public';
    return this.options.requireAuth ? 'required' : 'optional';
  }

  #problems(found: FoundHandler): string[] {
    const { target, name, handler } = found;
    const rule = this.rules.of(target, handler);
    const problems = [...rule.contradictions];
    for (const permission of new Set([...rule.allOf, ...rule.anyOf.flat()])) {
      if (!isPermission(permission))
        problems.push(`${JSON.stringify(permission)} is not of the form resource:action`);
      else if (this.options.permissions !== undefined && !isKnownGrant(permission, this.options.permissions))
        problems.push(`the permission ${JSON.stringify(permission)} is in no catalogue`);
    }
    for (const scheme of rule.schemes ?? []) {
      if (!this.strategies.all.some((strategy) => strategy.scheme === scheme))
        problems.push(`the scheme ${JSON.stringify(scheme)} is unknown or switched off`);
    }
    for (const role of new Set([...rule.allRoles, ...rule.anyRoles.flat()])) {
      if (typeof role !== 'string' || role.trim() === '')
        problems.push(`${JSON.stringify(role)} is not the name of a role`);
    }
    for (const policy of rule.policies) {
      const unusable = this.policies.whyUnusable(policy);
      if (unusable !== undefined) problems.push(unusable);
    }
    const unguarded = this.placement.whyUnguarded(found, rule);
    if (unguarded !== undefined) problems.push(unguarded);
    return problems.map((problem) => `${target.name}.${name}: ${problem}`);
  }

  #report(found: readonly FoundHandler[]): void {
    const routes = found.map((handler) => this.#audited(handler));
    const count = (access: AccessRule['access']): number =>
      routes.filter((route) => route.access === access).length;
    const open = routes
      .filter(({ access }) => access === 'public')
      .map(({ method, path }) => `${method} ${path}`);
    this.#logger.log(
      `${routes.length} handlers: ${count('required')} need a credential, ${count('optional')} take one, ` +
        `${count('public')} are public${open.length === 0 ? '' : `: ${open.join(', ')}`}`,
    );
    this.#reportNames('Roles', routes, ({ allRoles, anyRoles }) => [...allRoles, ...anyRoles.flat()]);
    const ofServices = routes.filter(({ rule }) => rule.isForServices).map(({ handler }) => handler);
    if (ofServices.length > 0) this.#logger.log(`Handlers for services alone: ${ofServices.join(', ')}`);
    this.#reportNames('Policies', routes, ({ policies }) => policies.map(({ name }) => name));
    const hooks = this.table.gatewaysWithConnectionHook();
    if (hooks.length > 0) {
      this.#logger.warn(
        `Nest guards no handleConnection. Authenticate there with SocketAuthenticator: ${hooks.join(', ')}`,
      );
    }
    const hybrid = this.adapterHost.httpAdapter
      ? routes.filter(
          ({ transport, access }, i) =>
            transport === 'rpc' && access !== 'public' && !this.placement.hasOwnGuard(found[i]!),
        )
      : [];
    if (hybrid.length > 0) {
      this.#logger.warn(
        'Message handlers beside HTTP are guarded only if connectMicroservice() is called with ' +
          `{ inheritAppConfig: true } or they have @UseGuards(AuthGuard): ${hybrid.map(({ handler }) => handler).join(', ')}`,
      );
    }
  }
  /** In how many handlers each name is asked for: one that stands alone may be a slip. */
  #reportNames(
    what: string,
    routes: readonly AuditedRoute[],
    namesOf: (rule: AccessRule) => readonly string[],
  ): void {
    const counts = new Map<string, number>();
    for (const name of routes.flatMap(({ rule }) => [...new Set(namesOf(rule))]))
      counts.set(name, (counts.get(name) ?? 0) + 1);
    if (counts.size === 0) return;
    const listed = [...counts].map(([name, count]) => `${name} (${count})`);
    this.#logger.log(`${what} that handlers ask for: ${listed.join(', ')}`);
  }
}
