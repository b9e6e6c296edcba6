import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { forgeToken } from '../support/forge.js';
import { describeIfServer, NATS } from '../support/servers.js';
import { apiKey, bearer, revoke } from './credentials.js';
import { OrdersController, pattern } from './orders.controller.js';
import {
  ask,
  bootService,
  closeClients,
  closeServices,
  codeOf,
  natsSetup,
  refusalOf,
  TCP,
  tell,
  type BootedService,
  type Metadata,
  type RpcClient,
  type RpcSetup,
} from './rpc.support.js';

describe('Message handlers by TCP', () => messageHandlers(TCP));
await describeIfServer(NATS, 'Message handlers by NATS', (url) => messageHandlers(natsSetup(url)));

function messageHandlers(setup: RpcSetup): void {
  const clock = new ManualClock();
  let booted: BootedService;
  beforeAll(async () => {
    booted = await bootService(setup, undefined, (builder) =>
      builder.overrideProvider(Clock).useValue(clock),
    );
  });
  afterEach(closeClients);
  afterAll(closeServices);

  const connect = (metadata?: Metadata): RpcClient => setup.client(booted.app, metadata);

  it.each(['whoami', 'place', 'stats', 'machine'])('refuses %s without a credential', async (name) => {
    expect(await refusalOf(connect(), pattern(name))).toEqual({
      status: 'error',
      statusCode: 401,
      error: 'Unauthorized',
      message: 'Authentication is required',
      code: 'credentials_missing',
    });
  });

  it('accepts messages with one in the metadata, and hands the caller over', async () => {
    const client = connect({ authorization: bearer(booted, 'memory:create', 'admin:write') });
    expect(await ask(client, pattern('whoami'))).toEqual(['ada', 'ada']);
    expect(await ask(client, pattern('place'), { of: 2 })).toBe('{"of":2} for ada');
    expect(await ask(client, pattern('stats'))).toBe(1);
    const robot = connect({ 'x-api-key': await apiKey(booted) });
    expect(await ask(robot, pattern('machine'))).toBe('api_key');
    expect(await ask(robot, pattern('whoami'))).toEqual(['robby', 'robby']);
  });

  it('finds the metadata field in any case', async () => {
    expect(await ask(connect({ Authorization: bearer(booted) }), pattern('whoami'))).toEqual(['ada', 'ada']);
    expect(await ask(connect({ 'X-API-Key': await apiKey(booted) }), pattern('machine'))).toBe('api_key');
  });

  it.each([
    ['unknown', () => 'Bearer nonsense', 'credentials_invalid', 401, 'Unauthorized'],
    [
      'forged',
      () => `Bearer ${forgeToken({ secret: 'another' })}`,
      'credentials_invalid',
      401,
      'Unauthorized',
    ],
    ['expired', () => `Bearer ${forgeToken({ now: 1e9 })}`, 'token_expired', 401, 'Unauthorized'],
    ['malformed', () => 'Bearer a b', 'request_malformed', 400, 'Bad Request'],
    ['without the permission', () => bearer(booted, 'memory:read'), 'permission_denied', 403, 'Forbidden'],
  ])('says of a credential that is %s what is wrong with it', async (_, header, code, statusCode, error) => {
    const client = connect({ authorization: header() });
    expect(await refusalOf(client, pattern('place'))).toEqual({
      status: 'error',
      statusCode,
      error,
      code,
      message: expect.any(String),
    });
  });

  it('refuses a credential that comes twice', async () => {
    const good = bearer(booted);
    const key = await apiKey(booted);
    for (const metadata of [
      { authorization: [good, good] },
      { authorization: good, Authorization: good },
      { 'x-api-key': [key, key] },
      { authorization: `${good}, ${good}` },
    ]) {
      expect(await codeOf(connect(metadata), pattern('whoami'))).toBe('request_malformed');
    }
  });

  it('asks each message for its own permissions and schemes', async () => {
    const client = connect({ authorization: bearer(booted, 'memory:create') });
    expect(await codeOf(client, pattern('stats'))).toBe('permission_denied');
    expect(await codeOf(client, pattern('machine'))).toBe('credentials_invalid');
    expect(await ask(client, pattern('place'), 1)).toBe('1 for ada');
  });

  it('shows a public message no caller, and looks at no credential', async () => {
    expect(await ask(connect(), pattern('ping'))).toBe('for anyone');
    expect(await ask(connect({ authorization: bearer(booted) }), pattern('ping'))).toBe('for anyone');
    expect(await ask(connect({ authorization: 'Bearer a b' }), pattern('ping'))).toBe('for anyone');
  });

  it('takes an optional credential, and refuses a bad one', async () => {
    expect(await ask(connect(), pattern('greet'))).toBe('hello stranger');
    expect(await ask(connect({ authorization: bearer(booted) }), pattern('greet'))).toBe('hello ada');
    expect(await codeOf(connect({ authorization: 'Bearer nonsense' }), pattern('greet'))).toBe(
      'credentials_invalid',
    );
  });

  it('refuses the next message of a caller whose token was revoked, or expired', async () => {
    const authorization = bearer(booted);
    const client = connect({ authorization });
    expect(await ask(client, pattern('whoami'))).toEqual(['ada', 'ada']);
    await revoke(booted, authorization);
    expect(await codeOf(client, pattern('whoami'))).toBe('credentials_invalid');
    const other = connect({ authorization: bearer(booted) });
    expect(await ask(other, pattern('whoami'))).toEqual(['ada', 'ada']);
    clock.advance(3_601);
    expect(await codeOf(other, pattern('whoami'))).toBe('token_expired');
  });

  it('answers for an AuthError that a handler let through', async () => {
    expect(await codeOf(connect(), pattern('whose'), 'nonsense')).toBe('credentials_invalid');
    expect(await codeOf(connect(), pattern('whose'), forgeToken({ now: 1e9 }))).toBe('token_expired');
  });

  it('takes no credential from the payload', async () => {
    const authorization = bearer(booted, 'memory:create');
    const client = connect();
    for (const data of [
      authorization,
      { authorization },
      { headers: { authorization }, metadata: { authorization } },
      { metadata: { getMap: { authorization }, get: authorization } },
    ]) {
      expect(await codeOf(client, pattern('place'), data)).toBe('credentials_missing');
    }
  });

  it('keeps events without a good credential from their handlers, and lives on', async () => {
    const { noticed, events } = booted.app.get(OrdersController);
    for (const metadata of [
      undefined,
      { authorization: 'Bearer nonsense' },
      { authorization: 'Bearer a b' },
    ]) {
      const client = connect(metadata);
      await tell(client, pattern('noted'));
      expect(await ask(client, pattern('ping'))).toBe('for anyone');
    }
    const client = connect({ authorization: bearer(booted) });
    for (const [name, from] of [
      ['heard', 'anyone'],
      ['noted', 'ada'],
    ] as const) {
      const arrival = once(events, 'noticed');
      await tell(client, pattern(name));
      await arrival;
      expect(noticed.splice(0)).toEqual([from]);
    }
  });
}
