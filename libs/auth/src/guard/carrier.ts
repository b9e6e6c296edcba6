import type { ExecutionContext } from '@nestjs/common';

import { grpcMetadataIn } from './grpc.js';
import { fieldValue, onlyOf, requestValue, type HttpRequest } from './header-values.js';
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
  /** Fastify's router decodes a path before it looks for a handler, Express's does not. */
  readonly routerDecodes?: boolean;
  /**
   * The value of a header (or of its counterpart in a handshake, in `connectionParams`, in a packet's metadata).
   * @param name lower case.
   * @returns undefined when it was not sent, `SENT_TWICE` when it was sent more than once.
   */
  value(name: string): unknown;
}

/** Finds the carrier of any context. */
export function carrierOf(context: ExecutionContext): Carrier {
  const args = context.getArgs<unknown[]>();
  switch (context.getType<string>()) {
    case 'http':
      return new RequestCarrier(args[0] as HttpRequest);
    case 'graphql':
      // A reference resolver (federation) has no arguments: its context comes second.
      return graphqlCarrier((args.length === 3 ? args[1] : args[2]) as GraphqlContext);
    case 'ws':
      return socketCarrier(args[0] as Socket);
    case 'rpc':
      return rpcCarrier(rpcContextIn(args));
    default:
      return { transport: 'http', host: (args[0] ?? {}) as object, path: undefined, value: () => undefined };
  }
}

/** A class, because there is one for each request: a literal with a getter and a closure takes several times as long. */
class RequestCarrier implements Carrier {
  readonly transport = 'http';

  constructor(readonly host: HttpRequest) {}

  get path(): string {
    const { baseUrl, raw, url } = this.host;
    const sent = (baseUrl ?? '') + (raw?.url ?? url ?? '');
    const query = sent.indexOf('?');
    return query === -1 ? sent : sent.slice(0, query);
  }

  get routerDecodes(): boolean {
    return this.host.raw !== undefined;
  }

  value(name: string): unknown {
    return requestValue(this.host, name);
  }
}

/** What graphql-ws knows of a connection. */
interface GraphqlConnection {
  readonly connectionParams?: Readonly<Record<string, unknown>>;
  readonly extra?: { readonly request?: HttpRequest };
}

interface GraphqlContext extends GraphqlConnection {
  /** The request; in a subscription with Apollo's driver, graphql-ws's own context. */
  readonly req?: HttpRequest | GraphqlConnection;
  /** Mercurius, in a subscription: the upgrade request, and the payload of `connection_init`. */
  readonly request?: HttpRequest;
  readonly _connectionInit?: Readonly<Record<string, unknown>>;
  readonly reply?: { readonly request?: HttpRequest };
  user?: unknown;
}

function graphqlCarrier(context: GraphqlContext = {}): Carrier {
  const { req } = context;
  const isRequest = req !== undefined && 'headers' in req;
  const connection = req === undefined || isRequest ? context : req;
  const params = connection.connectionParams ?? context._connectionInit;
  const request =
    (isRequest ? req : undefined) ?? context.request ?? context.reply?.request ?? connection.extra?.request;
  return {
    transport: 'graphql',
    host: context,
    path: undefined,
    value: (name) => {
      const value = fieldValue(params, name);
      return value !== undefined || request?.headers === undefined ? value : requestValue(request, name);
    },
  };
}

interface Socket {
  /** socket.io */
  readonly handshake?: {
    readonly auth?: Readonly<Record<string, unknown>>;
  };
  /** socket.io: the request of the handshake. */
  readonly request?: HttpRequest;
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
    value: (name) => {
      const value = fieldValue(socket.handshake?.auth, name);
      if (value !== undefined) return value;
      const request = upgradeRequests.get(socket) ?? socket.request;
      return request?.headers === undefined ? undefined : requestValue(request, name);
    },
  };
}

/** Nest hands the payload over first and the context second; with gRPC the context is the call's metadata. */
function rpcContextIn(args: readonly unknown[]): RpcContext {
  const context = grpcMetadataIn(args) ?? args[1];
  return typeof context === 'object' && context !== null ? context : {};
}

function rpcCarrier(context: RpcContext): Carrier {
  return {
    transport: 'rpc',
    host: context,
    path: undefined,
    value: (name) => onlyOf(rpcMetadata(context, name)),
  };
}
