import 'reflect-metadata';

import { RequestMethod, VERSION_NEUTRAL, VersioningType, type Type } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';

import type { Transport } from './carrier.js';

/** One way to call one handler. */
export interface FoundHandler {
  readonly transport: Transport;
  /** HTTP method; `QUERY`, `MUTATION`, `SUBSCRIPTION`, `FIELD`; `MESSAGE` or `EVENT`. */
  readonly method: string;
  /** Path, field name, message name or pattern. */
  readonly path: string;
  readonly target: Type;
  readonly name: string;
  readonly handler: object;
}

/** Nest's metadata keys; they are the same in Nest 11 and 12. */
const KEY = {
  path: 'path',
  method: 'method',
  version: '__version__',
  modulePath: '__module_path__',
  pattern: 'microservices:pattern',
  patternHandler: 'microservices:handler_type',
  resolver: 'graphql:resolver_type',
  resolverName: 'graphql:resolver_name',
  fieldResolver: 'graphql:resolve_property',
  gateway: 'websockets:is_gateway',
  messageMapping: 'websockets:message_mapping',
  message: 'message',
} as const;

const EVENT_HANDLER = 2;

/** Finds every handler of an application, on every transport, by the metadata that Nest's decorators leave. */
export class RouteTable {
  readonly #scanner = new MetadataScanner();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {}

  find(): readonly FoundHandler[] {
    const found: FoundHandler[] = [];
    for (const { metatype, host } of this.discovery.getControllers()) {
      const target = metatype as Type;
      for (const name of this.#methods(target)) {
        found.push(...this.#routes(target, name, host?.metatype), ...this.#messagePatterns(target, name));
      }
    }
    for (const { metatype } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function' || metatype.prototype === undefined) continue;
      const target = metatype as Type;
      for (const name of this.#methods(target)) {
        found.push(...this.#resolvers(target, name), ...this.#socketMessages(target, name));
      }
    }
    return found;
  }

  /** Gateways with a `handleConnection`, which Nest guards on no version. */
  gatewaysWithConnectionHook(): readonly string[] {
    return this.discovery
      .getProviders()
      .map(({ metatype }) => metatype as Type | undefined)
      .filter((target) => target?.prototype !== undefined && Reflect.hasMetadata(KEY.gateway, target))
      .filter((target) => 'handleConnection' in (target!.prototype as object))
      .map((target) => target!.name);
  }

  #methods(target: Type): string[] {
    return this.#scanner.getAllMethodNames(target.prototype as object);
  }

  #routes(target: Type, name: string, module: unknown): FoundHandler[] {
    const handler = handlerOf(target, name);
    const paths = Reflect.getMetadata(KEY.path, handler) as string | string[] | undefined;
    const method = Reflect.getMetadata(KEY.method, handler) as RequestMethod | undefined;
    if (paths === undefined || method === undefined) return [];
    const controllerPaths = [Reflect.getMetadata(KEY.path, target) as string | string[]].flat();
    const modulePath =
      (module && Reflect.getMetadata(KEY.modulePath + this.modules.applicationId, module as Type)) ?? '';
    return this.#versions(target, handler).flatMap((version) =>
      controllerPaths.flatMap((controllerPath) =>
        [paths].flat().map((path) => ({
          transport: 'http' as const,
          method: RequestMethod[method],
          path: this.#withGlobalPrefix(version, join(modulePath as string, controllerPath, path), method),
          target,
          name,
          handler,
        })),
      ),
    );
  }

  /** The version prefixes of a route: `['/v1']`, or `['']` without URI versioning. */
  #versions(target: Type, handler: object): string[] {
    const versioning = this.config.getVersioning();
    if (versioning?.type !== VersioningType.URI) return [''];
    const version = (Reflect.getMetadata(KEY.version, handler) ??
      Reflect.getMetadata(KEY.version, target) ??
      versioning.defaultVersion ??
      VERSION_NEUTRAL) as string | symbol | (string | symbol)[];
    const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
    return [version].flat().map((one) => (one === VERSION_NEUTRAL ? '' : `/${prefix}${String(one)}`));
  }

  #withGlobalPrefix(version: string, path: string, method: RequestMethod): string {
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    const isExcluded = exclude.some(
      ({ requestMethod, pathRegex }) =>
        (requestMethod === RequestMethod.ALL || requestMethod === method) &&
        (pathRegex.test(path) || pathRegex.test(version + path)),
    );
    return join(isExcluded ? '' : this.config.getGlobalPrefix(), version, path);
  }

  #messagePatterns(target: Type, name: string): FoundHandler[] {
    const handler = handlerOf(target, name);
    const patterns = Reflect.getMetadata(KEY.pattern, handler) as unknown[] | undefined;
    const method = Reflect.getMetadata(KEY.patternHandler, handler) === EVENT_HANDLER ? 'EVENT' : 'MESSAGE';
    return [patterns ?? []].flat().map((pattern) => ({
      transport: 'rpc',
      method,
      path: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
      target,
      name,
      handler,
    }));
  }

  #resolvers(target: Type, name: string): FoundHandler[] {
    const handler = handlerOf(target, name);
    const type = Reflect.getMetadata(KEY.resolver, handler) as string | undefined;
    const isField = Reflect.getMetadata(KEY.fieldResolver, handler) === true;
    if (type === undefined && !isField) return [];
    const path = (Reflect.getMetadata(KEY.resolverName, handler) as string | undefined) ?? name;
    return [
      { transport: 'graphql', method: isField ? 'FIELD' : type!.toUpperCase(), path, target, name, handler },
    ];
  }

  #socketMessages(target: Type, name: string): FoundHandler[] {
    const handler = handlerOf(target, name);
    if (
      !Reflect.hasMetadata(KEY.gateway, target) ||
      Reflect.getMetadata(KEY.messageMapping, handler) !== true
    )
      return [];
    const message = Reflect.getMetadata(KEY.message, handler) as unknown;
    const path = typeof message === 'string' ? message : JSON.stringify(message);
    return [{ transport: 'ws', method: 'MESSAGE', path, target, name, handler }];
  }
}

function handlerOf(target: Type, name: string): object {
  return (target.prototype as Record<string, object>)[name]!;
}

function join(...parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}
