import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it } from '@jest/globals';
import type { ClientTCP } from '@nestjs/microservices';
import { createClient } from 'graphql-ws';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';

import { call } from '../support/call.js';
import { PLATFORMS } from '../support/platforms.js';
import { closeSockets, openSocketIo } from '../transports/sockets.support.js';
import type { Project } from './project.js';
import { startStage, token } from './stage.js';

/** The application of the section on transports: one process, and each transport of it with and without a credential. */
export function describeTransports(project: () => Project): void {
  describe.each(PLATFORMS)('the transports of the README, on %s', (platform) => {
    afterEach(closeSockets);

    it('are behind one gate', async () => {
      const tcpPort = await freePort();
      const { url } = await startStage(project(), 'transports', platform, { TCP_PORT: String(tcpPort) });

      expect((await call(`${url}/sessions`)).status).toBe(401);
      expect((await call(`${url}/sessions`, { token: token(['session:read']) })).status).toBe(200);

      expect(await query(url)).toMatchObject({ errors: [{ extensions: { code: 'credentials_missing' } }] });
      expect(await query(url, token([]))).toMatchObject({
        errors: [{ extensions: { code: 'permission_denied' } }],
      });
      expect(await query(url, token(['session:read']))).toEqual({ data: { owner: 'ada' } });

      expect(await subscribe(url, {})).toBe('credentials_missing');
      expect(await subscribe(url, { authorization: `Bearer ${token(['session:read'])}` })).toEqual({
        events: 'hello ada',
      });

      const stranger = openSocketIo(url);
      expect(await stranger.next()).toMatchObject({
        event: 'exception',
        data: { code: 'credentials_missing' },
      });
      await stranger.closed;
      expect(await say(url, token(['session:read']))).toMatchObject({
        event: 'exception',
        data: { code: 'permission_denied' },
      });
      expect(await say(url, token(['session:update']))).toEqual({ event: 'said', data: 'ada: hello' });

      expect(await place(project(), tcpPort, 'bad')).toMatchObject({ code: 'credentials_invalid' });
      expect(await place(project(), tcpPort, token([]))).toMatchObject({ code: 'permission_denied' });
      expect(await place(project(), tcpPort, token(['session:create']))).toEqual({
        item: 'tea',
        placedBy: 'ada',
      });
    });
  });
}

async function query(url: string, bearer?: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify({ query: '{ owner }' }),
  });
  return response.json();
}

/** The data of the first event, or the code of the refusal. */
async function subscribe(url: string, connectionParams: Record<string, unknown>): Promise<unknown> {
  const endpoint = `${url.replace('http', 'ws')}/graphql`;
  const client = createClient({
    url: endpoint,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  try {
    for await (const { data, errors } of client.iterate({ query: 'subscription { events }' }))
      return errors?.[0]?.extensions?.code ?? data;
    return 'nothing';
  } catch (errors) {
    return (errors as { extensions: { code: unknown } }[])[0]!.extensions.code;
  } finally {
    await client.dispose();
  }
}

function say(url: string, bearer: string): Promise<unknown> {
  const socket = openSocketIo(url, { auth: { authorization: `Bearer ${bearer}` } });
  socket.send('say', 'hello');
  return socket.next();
}

/** The answer, or what the call was refused with. */
async function place({ dist }: Project, port: number, bearer: string): Promise<unknown> {
  const file = pathToFileURL(join(dist, 'transports/orders.client.js')).href;
  const { ordersClient } = (await import(file)) as {
    ordersClient: (port: number, token: string) => ClientTCP;
  };
  const client = ordersClient(port, bearer);
  try {
    return await firstValueFrom(client.send('orders.place', { item: 'tea' }));
  } catch (refusal) {
    return refusal;
  } finally {
    client.close();
  }
}

/** Nothing tells which port a microservice beside HTTP has taken, so it is given one. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
