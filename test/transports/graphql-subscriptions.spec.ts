import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { ApiKeyService, Clock } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';
import { WebSocket } from 'ws';

import { closeAll, type Booted } from '../support/platforms.js';
import { apiKey, bearer, revoke } from './credentials.js';
import { bootNotes, GRAPHQL_SETUPS, query } from './graphql.support.js';

const SUBSCRIPTION = 'subscription { noteAdded { text owner } }';
const ADDED = { noteAdded: { text: 'new', owner: 'ada' } };

type Params = Record<string, unknown>;

describe.each(GRAPHQL_SETUPS)('GraphQL subscriptions with $name', (setup) => {
  const clock = new ManualClock();
  let booted: Booted;
  let endpoint: string;
  let connections = 0;
  const clients: Client[] = [];
  beforeAll(async () => {
    booted = await bootNotes(setup, {
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    endpoint = `${booted.url.replace('http', 'ws')}/graphql`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });
  afterAll(closeAll);

  function connect(connectionParams?: Params, headers: Record<string, string> = {}): Client {
    class WithHeaders extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers });
      }
    }
    const client = createClient({
      url: endpoint,
      webSocketImpl: WithHeaders,
      connectionParams,
      retryAttempts: 0,
      // One connection for all operations of a client.
      lazy: false,
      on: { connected: () => (connections += 1) },
    });
    clients.push(client);
    return client;
  }

  /** The data of the first answer, or the code of the refusal. */
  async function first(client: Client, source = SUBSCRIPTION): Promise<unknown> {
    try {
      for await (const { data, errors } of client.iterate({ query: source })) {
        return errors?.[0]?.extensions?.code ?? data;
      }
      return 'nothing';
    } catch (errors) {
      return (errors as { extensions: Params }[])[0]!.extensions.code;
    }
  }

  it('refuses one without a credential', async () => {
    expect(await first(connect())).toBe('credentials_missing');
    expect(await first(connect({}))).toBe('credentials_missing');
    expect(await first(connect({ token: bearer(booted, 'memory:read') }))).toBe('credentials_missing');
  });

  it('accepts one with the credential in connectionParams, named like its header in any case', async () => {
    expect(await first(connect({ authorization: bearer(booted, 'memory:read') }))).toEqual(ADDED);
    expect(await first(connect({ Authorization: bearer(booted, 'memory:read') }))).toEqual(ADDED);
    expect(await first(connect({ 'X-API-Key': await apiKey(booted, 'memory:read') }))).toEqual({
      noteAdded: { text: 'new', owner: 'robby' },
    });
  });

  it('accepts one with the credential in the headers of the upgrade request', async () => {
    expect(await first(connect({}, { authorization: bearer(booted, 'memory:read') }))).toEqual(ADDED);
  });

  it('counts each operation of a connection against the limit of a key', async () => {
    const { key } = await booted.app.get(ApiKeyService).create({
      name: 'robot',
      userId: 'robby',
      permissions: ['memory:read'],
      rateLimit: { limit: 2, window: 60 },
    });
    const client = connect({ 'x-api-key': key });
    const answers = [await first(client), await first(client), await first(client)];
    expect(answers.map((answer) => typeof answer)).toEqual(['object', 'object', 'string']);
    expect(answers[2]).toBe('rate_limited');
  });

  it('says what is wrong with a credential', async () => {
    expect(await first(connect({ authorization: 'Bearer nonsense' }))).toBe('credentials_invalid');
    expect(await first(connect({ authorization: 'Bearer a b' }))).toBe('request_malformed');
    expect(await first(connect({ authorization: bearer(booted, 'memory:create') }))).toBe(
      'permission_denied',
    );
  });

  it('holds the fields of what is sent to their own rules', async () => {
    const source = 'subscription { noteAdded { secret } }';
    expect(await first(connect({ authorization: bearer(booted, 'memory:read') }), source)).toBe(
      'permission_denied',
    );
    expect(await first(connect({ authorization: bearer(booted, 'memory:*') }), source)).toEqual({
      noteAdded: { secret: 'new of ada' },
    });
  });

  it('refuses the next operation on a connection whose token was revoked meanwhile', async () => {
    const authorization = bearer(booted, 'memory:read');
    const client = connect({ authorization });
    expect(await first(client)).toEqual(ADDED);
    await revoke(booted, authorization);
    connections = 0;
    expect(await first(client)).toBe('credentials_invalid');
    expect(connections).toBe(0);
  });

  it('refuses the next operation on a connection whose token expired meanwhile', async () => {
    const client = connect({ authorization: bearer(booted, 'memory:read') });
    expect(await first(client)).toEqual(ADDED);
    clock.advance(3_601);
    connections = 0;
    expect(await first(client)).toBe('token_expired');
    expect(connections).toBe(0);
  });

  it.each<[string, (good: string) => unknown]>([
    ['text', (good) => good],
    ['a number', () => 1],
    ['null', () => null],
    ['a list', (good) => ['authorization', good]],
    ['a credential in a list', (good) => ({ authorization: [good] })],
    ['a credential that is an object', (good) => ({ authorization: { toString: good } })],
    ['a credential that is a number', () => ({ 'x-api-key': 42 })],
    ['a credential that is null', () => ({ authorization: null })],
    ['a credential twice', (good) => ({ authorization: good, Authorization: good })],
    ['headers that are text', (good) => ({ headers: good })],
    ['headers within', (good) => ({ headers: { authorization: { deep: [good] } } })],
    ['200 KB', (good) => ({ authorization: good + 'x'.repeat(200_000) })],
    ['10,000 fields', () => Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, i]))],
  ])('refuses, and lives on, when connectionParams are %s', async (_, payloadWith) => {
    const payload = payloadWith(bearer(booted, 'memory:read'));
    const socket = new WebSocket(endpoint, 'graphql-transport-ws');
    const answers: string[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject).on('close', () => resolve());
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
      socket.on('message', (data: Buffer) => {
        const answer = JSON.parse(data.toString()) as { type: string };
        if (answer.type === 'connection_ack')
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION } }));
        else answers.push(data.toString());
        if (answer.type === 'error' || answer.type === 'next') socket.close();
      });
    });
    expect(answers.join()).not.toContain('"owner"');
    if (answers.length > 0) {
      expect(answers[0]).toMatch(/"code":"(credentials_missing|credentials_invalid|request_malformed)"/);
    }
    const authorization = bearer(booted);
    expect((await query(booted, '{ me }', { authorization })).data).toEqual({ me: 'ada' });
  });
});
