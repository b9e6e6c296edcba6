import type { Refusal, TransportExceptions } from './auth-exception.js';

type ExceptionClass = new (error: object) => Error;

/**
 * `WsException` and `RpcException` of the packages that this application has. They are optional peers, so they are
 * imported at boot and only if they are there; without them no context of their kind exists.
 */
export async function loadTransportExceptions(): Promise<TransportExceptions> {
  const websockets = await optional(() => import('@nestjs/websockets'));
  const microservices = await optional(() => import('@nestjs/microservices'));
  const make = (exception: ExceptionClass | undefined, refusal: Refusal): Error =>
    exception === undefined ? Object.assign(new Error(refusal.message), refusal) : new exception(refusal);
  return {
    ws: (refusal) => make(websockets?.WsException, refusal),
    rpc: (refusal) => make(microservices?.RpcException, refusal),
  };
}

async function optional<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch {
    return undefined;
  }
}
