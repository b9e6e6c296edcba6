import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, Clock } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { forgeToken } from '../support/forge.js';
import { boot, closeAll, type Booted } from '../support/platforms.js';
import { apiKey, bearer, revoke } from './credentials.js';
import { RoomGateway } from './room.gateway.js';
import { closeSockets, SOCKET_SETUPS, type Message, type TestSocket } from './sockets.support.js';

const UNAUTHORIZED = { status: 'error', statusCode: 401, error: 'Unauthorized' };
const CLOSED = ['whoami', 'write', 'stats', 'machine'];

describe.each(SOCKET_SETUPS)('A gateway with $name', ({ platform, configure, open }) => {
  const clock = new ManualClock();
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {
      providers: [RoomGateway],
      configure,
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
  });
  afterEach(closeSockets);
  afterAll(closeAll);

  const connect = (headers: Record<string, string> = {}): TestSocket => open(booted.url, { headers });

  function ask(socket: TestSocket, event: string, data?: unknown): Promise<Message> {
    socket.send(event, data);
    return socket.next();
  }

  /** The code of the refusal. */
  async function codeOf(socket: TestSocket, event: string): Promise<unknown> {
    const answer = await ask(socket, event);
    expect(answer.event).toBe('exception');
    return (answer.data as { code?: unknown }).code;
  }

  it.each(CLOSED)('refuses %s without a credential', async (event) => {
    expect(await ask(connect(), event)).toEqual({
      event: 'exception',
      data: { ...UNAUTHORIZED, message: 'Authentication is required', code: 'credentials_missing' },
    });
  });

  it('accepts messages with one, and hands the caller over', async () => {
    const socket = connect({ authorization: bearer(booted, 'memory:create', 'admin:write') });
    expect(await ask(socket, 'whoami')).toEqual({ event: 'you', data: 'ada' });
    expect(await ask(socket, 'write', 'a line')).toEqual({ event: 'written', data: 'a line by ada' });
    expect(await ask(socket, 'stats')).toEqual({ event: 'stats', data: 1 });
    const robot = connect({ 'x-api-key': await apiKey(booted) });
    expect(await ask(robot, 'machine')).toEqual({ event: 'machine', data: 'api_key' });
    expect(await ask(robot, 'whoami')).toEqual({ event: 'you', data: 'robby' });
  });

  it('counts each message against the limit of a key', async () => {
    const { key } = await booted.app
      .get(ApiKeyService)
      .create({ name: 'robot', userId: 'robby', rateLimit: { limit: 3, window: 60 } });
    const socket = connect({ 'x-api-key': key });
    for (let i = 0; i < 3; i += 1) {
      expect(await ask(socket, 'whoami', { i })).toEqual({ event: 'you', data: 'robby' });
    }
    expect([await codeOf(socket, 'whoami'), await codeOf(socket, 'greet')]).toEqual([
      'rate_limited',
      'rate_limited',
    ]);
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
    const answer = await ask(connect({ authorization: header() }), 'write', 'x');
    expect(answer.event).toBe('exception');
    expect(answer.data).toEqual({ status: 'error', statusCode, error, code, message: expect.any(String) });
  });

  it('asks each message for its own permissions', async () => {
    const socket = connect({ authorization: bearer(booted, 'memory:create') });
    expect(await codeOf(socket, 'stats')).toBe('permission_denied');
    expect((await ask(socket, 'write', 'x')).event).toBe('written');
    expect(await codeOf(socket, 'machine')).toBe('credentials_invalid');
  });

  it('shows a public message no caller, whoever the socket belongs to', async () => {
    expect((await ask(connect(), 'ping')).data).toBe('for anyone');
    expect((await ask(connect({ authorization: 'Bearer a b' }), 'ping')).data).toBe('for anyone');
    const socket = connect({ authorization: bearer(booted) });
    expect((await ask(socket, 'whoami')).data).toBe('ada');
    expect((await ask(socket, 'ping')).data).toBe('for anyone');
  });

  it('takes an optional credential, and refuses a bad one', async () => {
    expect((await ask(connect(), 'greet')).data).toBe('hello stranger');
    expect((await ask(connect({ authorization: bearer(booted) }), 'greet')).data).toBe('hello ada');
    expect(await codeOf(connect({ authorization: 'Bearer nonsense' }), 'greet')).toBe('credentials_invalid');
  });

  it('refuses the next message of a socket whose token was revoked', async () => {
    const authorization = bearer(booted);
    const socket = connect({ authorization });
    expect((await ask(socket, 'whoami')).data).toBe('ada');
    await revoke(booted, authorization);
    expect(await codeOf(socket, 'whoami')).toBe('credentials_invalid');
    expect(await codeOf(socket, 'greet')).toBe('credentials_invalid');
    expect((await ask(socket, 'ping')).data).toBe('for anyone');
  });

  it('refuses the next message of a socket whose token expired', async () => {
    const socket = connect({ authorization: bearer(booted) });
    expect((await ask(socket, 'whoami')).data).toBe('ada');
    clock.advance(3_601);
    expect(await codeOf(socket, 'whoami')).toBe('token_expired');
  });

  it('takes no credential from a message or the address', async () => {
    const authorization = bearer(booted, 'memory:create');
    const socket = open(`${booted.url}/?authorization=${encodeURIComponent(authorization)}`);
    for (const data of [
      authorization,
      { authorization },
      { auth: { authorization }, headers: { authorization } },
    ]) {
      socket.send('write', data);
      expect((await socket.next()).data).toMatchObject({ code: 'credentials_missing' });
    }
  });
});
