import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';

import { StartError, type DemoEnvironment } from './environment.js';

/** Where somebody on this machine reaches a server that listens on every address. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * @returns the URL under which the application is reached from this machine.
 * @throws StartError when it cannot listen there.
 */
export async function listen(app: INestApplication, { port, host }: DemoEnvironment): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        throw new StartError(`PORT ${port} is in use. Remedy: choose another, or 0 for any that is free.`);
      case 'EACCES':
        throw new StartError(`PORT ${port} is not allowed. Remedy: choose one above 1023.`);
      case 'ENOTFOUND':
      case 'EADDRNOTAVAIL':
        throw new StartError(
          'LISTEN_HOST is no address of this machine. Remedy: write 127.0.0.1 or 0.0.0.0.',
        );
      default:
        throw error;
    }
  }
  const bound = (app.getHttpServer() as Server).address() as AddressInfo;
  const address = ANY_ADDRESS[bound.address] ?? bound.address;
  return `http://${address.includes(':') ? `[${address}]` : address}:${bound.port}`;
}
