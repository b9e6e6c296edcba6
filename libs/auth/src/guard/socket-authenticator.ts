import { Injectable } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { errorBody } from './auth-exception.js';
import { AuthStrategies } from './auth-strategy.js';
import { Authenticator } from './authenticator.js';
import { rememberUpgradeRequest, socketCarrier } from './carrier.js';
import { readCredentials } from './credentials.js';

/** The request that a socket was opened with, as `handleConnection(client, request)` of a `ws` gateway gets it. */
export interface UpgradeRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Authenticates sockets where no guard runs: in a gateway's `handleConnection`. */
@Injectable()
export class SocketAuthenticator {
  constructor(
    private readonly strategies: AuthStrategies,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Finds out who opened a socket, from the credential of its handshake, and leaves the identity on it (`client.user`).
   * Catch its rejection, or use {@link authenticateOrClose}: Nest catches nothing that comes out of `handleConnection`,
   * and an unhandled rejection ends the process.
   *
   * @param request the second argument of `handleConnection` with `ws`, whose sockets do not know their handshake: call
   * this in `handleConnection` of every `ws` gateway, or its message handlers find no credential. Not needed with
   * socket.io.
   * @returns the identity.
   * @throws AuthError `credentials_missing`, `credentials_invalid`, `token_expired`, `request_malformed`,
   * `auth_unavailable` (as a rejection).
   */
  async authenticate(client: object, request?: UpgradeRequest): Promise<UserIdentity> {
    if (request !== undefined) rememberUpgradeRequest(client, request);
    const carrier = socketCarrier(client);
    const credentials = readCredentials(carrier, this.strategies.all);
    if (credentials.length === 0)
      throw new AuthError('credentials_missing', 'no credential in the handshake');
    const identity = await this.authenticator.authenticate(credentials);
    carrier.host.user = identity;
    return identity;
  }

  /**
   * The same for gateways that let nobody else in: a socket that does not authenticate gets the event `exception` with
   * the body of the refusal and is closed (`ws`: code 1008, policy violation; 1013, try again later, on an outage).
   *
   * @returns the identity, or undefined when the socket was closed.
   */
  async authenticateOrClose(client: object, request?: UpgradeRequest): Promise<UserIdentity | undefined> {
    try {
      return await this.authenticate(client, request);
    } catch (error) {
      const refusal =
        error instanceof AuthError ? error : new AuthError('auth_unavailable', 'verification threw');
      closeSocket(client, refusal);
      return undefined;
    }
  }
}

interface AnySocket {
  /** A number with `ws` (RFC 6455's ready state). */
  readonly readyState?: unknown;
  send(data: string): void;
  close(code: number, reason: string): void;
  emit(event: string, data: unknown): void;
  disconnect(close: boolean): void;
}

function closeSocket(client: object, error: AuthError): void {
  const socket = client as AnySocket;
  const data = { status: 'error', ...errorBody(error) };
  if (typeof socket.readyState === 'number') {
    socket.send(JSON.stringify({ event: 'exception', data }));
    socket.close(error.code === 'auth_unavailable' ? 1013 : 1008, error.code);
  } else {
    socket.emit('exception', data);
    socket.disconnect(true);
  }
}
