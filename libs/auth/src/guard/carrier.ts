import type { ExecutionContext } from '@nestjs/common';

import { rpcMetadata, type RpcContext } from './rpc-metadata.js';

/** Nest's context types that the gate knows; any other is treated as a carrier without credentials. */
export type Transport = 'http' | 'graphql' | 'ws' | 'rpc';

/** The transport's envelope: credentials arrive in it, and the identity is left on it. */
export interface Carrier {
  readonly transport: Transport;
  /** What `user` is left on: request, GraphQL context, socket or RPC context. */
  readonly host: { user?: unknown };
  /** The path that was routed, as sent (without the query); HTTP only. */
  readonly path: string | undefined;
  /**
   * The values of a header (or of its counterpart in a handshake, in `connectionParams`, in a packet's metadata).
   * @param name lower case.
   * @returns one value for each time that it was sent.
   */
  values(name: string): readonly unknown[];
}

/** Finds the carrier of any context. */
export function carrierOf(context: ExecutionContext): Carrier {
  const args = context.getArgs<unknown[]>();
  switch (context.getType<string>()) {
    case 'http':
      return requestCarrier('http', args[0] as HttpRequest);
    case 'graphql':
      return graphqlCarrier(args[2] as GraphqlContext);
    case 'ws':
      return socketCarrier(args[0] as Socket);
    case 'rpc':
      return rpcCarrier(args[1] as RpcContext);
    default:
      return { transport: 'http', host: (args[0] ?? {}) as object, path: undefined, values: () => NONE };
  }
}

const NONE: readonly unknown[] = [];

interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  /** Fastify's request wraps Node's. */
  readonly raw?: { readonly rawHeaders?: readonly string[]; readonly url?: string };
  readonly url?: string;
  /** Express: where a mounted application sits. */
  readonly baseUrl?: string;
  user?: unknown;
}

function requestCarrier(transport: Transport, request: HttpRequest): Carrier {
  return {
    transport,
    host: request,
    get path() {
      const url = (request.baseUrl ?? '') + (request.raw?.url ?? request.url ?? '');
      const query = url.indexOf('?');
      return query === -1 ? url : url.slice(0, query);
    },
    values: (name) => requestValues(request, name),
  };
}

/**
 * Node keeps the first of two Authorization headers and joins two others with a comma, so `headers` alone hides that
 * something was sent twice.
 */
function requestValues(request: HttpRequest, name: string): readonly unknown[] {
  const value = request.headers[name];
  if (value === undefined) return NONE;
  const raw = request.rawHeaders ?? request.raw?.rawHeaders ?? NONE;
  const values: unknown[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const candidate = raw[i] as string;
    if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(raw[i + 1]);
  }
  return values.length > 1 ? values : [value].flat();
}

interface GraphqlContext {
  readonly req?: HttpRequest;
  readonly request?: HttpRequest;
  readonly reply?: { readonly request?: HttpRequest };
  readonly connectionParams?: Readonly<Record<string, unknown>>;
  readonly extra?: { readonly request?: HttpRequest };
  user?: unknown;
}

function graphqlCarrier(context: GraphqlContext = {}): Carrier {
  const request = context.req ?? context.request ?? context.reply?.request ?? context.extra?.request;
  return {
    transport: 'graphql',
    host: context,
    path: undefined,
    values: (name) => {
      const values = fieldValues(context.connectionParams, name);
      return values.length > 0 || request?.headers === undefined ? values : requestValues(request, name);
    },
  };
}

interface Socket {
  /** socket.io */
  readonly handshake?: {
    readonly auth?: Readonly<Record<string, unknown>>;
    readonly headers?: HttpRequest['headers'];
  };
  user?: unknown;
}

const upgradeRequests = new WeakMap<object, HttpRequest>();

/** Keeps the request that a `ws` socket was opened with: the socket itself does not know it. */
export function rememberUpgradeRequest(socket: object, request: HttpRequest): void {
  upgradeRequests.set(socket, request);
}

export function socketCarrier(socket: Socket = {}): Carrier {
  return {
    transport: 'ws',
    host: socket,
    path: undefined,
    values: (name) => {
      const values = fieldValues(socket.handshake?.auth, name);
      if (values.length > 0) return values;
      const request = upgradeRequests.get(socket) ?? (socket.handshake as HttpRequest | undefined);
      return request?.headers === undefined ? NONE : requestValues(request, name);
    },
  };
}

function rpcCarrier(context: RpcContext = {}): Carrier {
  return { transport: 'rpc', host: context, path: undefined, values: (name) => rpcMetadata(context, name) };
}

/** Fields of an object that clients fill in, named like headers in any case. */
function fieldValues(
  fields: Readonly<Record<string, unknown>> | undefined,
  name: string,
): readonly unknown[] {
  if (typeof fields !== 'object' || fields === null) return NONE;
  return Object.keys(fields)
    .filter((key) => key.toLowerCase() === name)
    .map((key) => fields[key]);
}
