import type { ExecutionContext } from '@nestjs/common';

import type { UserIdentity } from '../identity/user-identity.js';
import { carrierOf, type Carrier } from './carrier.js';

/**
 * Some carriers are shared by handlers that have rules of their own: a GraphQL context by the fields of an operation, a
 * socket by its messages. What `user` is left on is one place, so each handler has its caller here as well.
 */
const callers = new WeakMap<object, WeakMap<object, unknown>>();

/** Leaves the caller on the carrier, for the handler that was just admitted. */
export function leaveCaller(
  { transport, host }: Carrier,
  context: ExecutionContext,
  caller: UserIdentity | undefined,
): true {
  host.user = caller;
  if (transport !== 'http') remember(host, context.getHandler(), caller);
  return true;
}

/** For a public handler: it sees no caller, whoever is on the carrier because of another handler. */
export function hideCaller(context: ExecutionContext): true {
  if (context.getType() !== 'http') remember(carrierOf(context).host, context.getHandler(), undefined);
  return true;
}

/** The caller of this handler. One that no guard stood in front of (a field resolver) sees the carrier's. */
export function callerOf(context: ExecutionContext): unknown {
  const { transport, host } = carrierOf(context);
  const ofHandlers = transport === 'http' ? undefined : callers.get(host);
  const handler = context.getHandler();
  return ofHandlers?.has(handler) ? ofHandlers.get(handler) : host.user;
}

function remember(host: object, handler: object, caller: unknown): void {
  let ofHandlers = callers.get(host);
  if (ofHandlers === undefined) callers.set(host, (ofHandlers = new WeakMap()));
  ofHandlers.set(handler, caller);
}
