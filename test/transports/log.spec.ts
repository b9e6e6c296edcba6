import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestMicroservice } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';

import { forgeToken } from '../support/forge.js';
import { closeAll, SECRET, type Booted } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { apiKey, bearer } from './credentials.js';
import { bootNotes, GRAPHQL_SETUPS, query } from './graphql.support.js';
import { OrdersController, pattern } from './orders.controller.js';
import { RoomGateway } from './room.gateway.js';
import { ask, closeClients, codeOf, TCP, tell } from './rpc.support.js';
import { closeSockets, openSocketIo } from './sockets.support.js';

/** Mercurius takes every upgrade of its server for itself, so that socket.io has no place beside it. */
const SETUPS = GRAPHQL_SETUPS.filter(({ name }) => name.startsWith('Apollo'));

describe.each(SETUPS)('One application with every transport, $name', (setup) => {
  const logger = new RecordingLogger();
  let booted: Booted;
  let service: INestMicroservice;
  beforeAll(async () => {
    booted = await bootNotes(setup, {
      nest: { logger },
      controllers: [OrdersController],
      providers: [RoomGateway],
      configure: (app) => {
        app.useWebSocketAdapter(new IoAdapter(app));
        service = app.connectMicroservice<MicroserviceOptions>(TCP.options, { inheritAppConfig: true });
      },
    });
    await booted.app.startAllMicroservices();
  });
  afterEach(async () => {
    closeSockets();
    await closeClients();
  });
  afterAll(closeAll);

  /** What each transport answers: the caller, or the code of the refusal. */
  async function askAll(headers: Record<string, string>): Promise<unknown[]> {
    const { data, errors } = await query(booted, '{ me }', headers);
    const socket = openSocketIo(booted.url, { headers });
    socket.send('whoami');
    const message = await socket.next();
    const client = TCP.client(service, headers);
    await tell(client, pattern('noted'));
    const answer = await ask(client, pattern('whoami')).then(
      (callers) => (callers as string[])[0],
      ({ code }: { code: string }) => code,
    );
    return [
      data?.me ?? errors[0]!.extensions!.code,
      (message.data as { code?: string }).code ?? message.data,
      answer,
    ];
  }

  it('answers alike on all of them, and logs no part of a credential', async () => {
    const good = bearer(booted);
    const key = await apiKey(booted);
    const forged = `Bearer ${forgeToken({ secret: SECRET.toLowerCase() })}`;
    const expired = `Bearer ${forgeToken({ claims: { exp: 1_000 } })}`;
    const unknown = `${key.slice(0, 10)}${'Q'.repeat(key.length - 10)}`;
    const all = async (headers: Record<string, string>, answer: string): Promise<void> =>
      expect(await askAll(headers)).toEqual([answer, answer, answer]);

    await all({ authorization: good }, 'ada');
    await all({ 'x-api-key': key }, 'robby');
    await all({}, 'credentials_missing');
    await all({ authorization: forged }, 'credentials_invalid');
    await all({ authorization: expired }, 'token_expired');
    await all({ authorization: `${good} again` }, 'request_malformed');
    await all({ 'x-api-key': unknown }, 'credentials_invalid');
    expect(await codeOf(TCP.client(service), pattern('whose'), forged)).toBe('credentials_invalid');

    expect(logger.messages('AuthGuard').length).toBeGreaterThanOrEqual(5 * 4);
    const everything = JSON.stringify(logger.lines);
    for (const credential of [good, forged, expired, key, unknown]) {
      for (const part of credential.split('.')) expect(everything).not.toContain(part.slice(-20));
    }
    expect(everything).not.toContain(SECRET);
  });
});
