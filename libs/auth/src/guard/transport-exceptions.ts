import type { AuthErrorBody } from './auth-exception.js';
import { TransportExceptions } from './auth-exception.js';

type ExceptionClass = new (error: object) => Error;

/**
 * `WsException` and `RpcException` of the packages that this application has. They are optional peers, so they are
 * imported at boot and only if they are there; without them no context of their kind exists.
 */
export async function loadTransportExceptions(): Promise<TransportExceptions> {
  const websockets = await optional(() => import('@nestjs/websockets'));
  const microservices = await optional(() => import('@nestjs/microservices'));
  const make = (exception: ExceptionClass | undefined, body: AuthErrorBody): Error => {
    const error = { status: 'error', ...body };
    return exception === undefined ? Object.assign(new Error(body.message), error) : new exception(error);
  };
  return {
    ws: (body) => make(websockets?.WsException, body),
    rpc: (body) => make(microservices?.RpcException, body),
  };
}

async function optional<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch {
    return undefined;
  }
}
