import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyStore } from 'nestjs-gatehouse';
import { WebSocket } from 'ws';

import { forgeToken } from '../support/forge.js';
import { boot, closeAll, type Booted } from '../support/platforms.js';
import { apiKey, bearer } from './credentials.js';
import { MembersGateway, RoomGateway } from './room.gateway.js';
import { closeSockets, openSocketIo, SOCKET_SETUPS, type Handshake } from './sockets.support.js';

afterEach(closeSockets);

describe.each(SOCKET_SETUPS)('authenticateOrClose with $name', ({ platform, library, configure, open }) => {
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, { providers: [MembersGateway], configure });
  });
  afterAll(closeAll);

  it.each([
    ['no credential', () => ({}), 'credentials_missing'],
    ['an unknown one', () => ({ authorization: 'Bearer nonsense' }), 'credentials_invalid'],
    ['an expired one', () => ({ authorization: `Bearer ${forgeToken({ now: 1e9 })}` }), 'token_expired'],
    ['a malformed one', () => ({ authorization: 'Bearer a b' }), 'request_malformed'],
  ])('tells a socket with %s why, and closes it', async (_, headers, code) => {
    const { seen } = booted.app.get(MembersGateway);
    seen.length = 0;
    const socket = open(booted.url, { headers: headers() as Record<string, string> });
    socket.send('whoami');
    const { event, data } = await socket.next();
    expect(event).toBe('exception');
    expect(data).toEqual({
      status: 'error',
      statusCode: code === 'request_malformed' ? 400 : 401,
      error: expect.any(String),
      message: expect.any(String),
      code,
    });
    expect(await socket.closed).toBe(library === 'ws' ? 1008 : 'io server disconnect');
    expect(seen).toEqual([[undefined, undefined]]);
  });

  it('lets a socket in with one, and leaves the identity on it', async () => {
    const { seen } = booted.app.get(MembersGateway);
    seen.length = 0;
    const socket = open(booted.url, { headers: { authorization: bearer(booted) } });
    socket.send('whoami');
    expect(await socket.next()).toEqual({ event: 'you', data: ['ada', 'ada'] });
    const robot = open(booted.url, { headers: { 'x-api-key': await apiKey(booted) } });
    robot.send('whoami');
    expect(await robot.next()).toEqual({ event: 'you', data: ['robby', 'robby'] });
    expect(seen).toEqual([
      ['ada', 'ada'],
      ['robby', 'robby'],
    ]);
  });
});

describe.each(SOCKET_SETUPS)('authenticateOrClose during an outage, with $name', (setup) => {
  const { platform, library, configure, open } = setup;
  afterAll(closeAll);

  it('closes the socket, and says that another try makes sense', async () => {
    const booted = await boot(platform, { providers: [MembersGateway], configure });
    const key = await apiKey(booted);
    booted.app.get(ApiKeyStore).findByHash = () => Promise.reject(new Error('the store is on fire'));
    const socket = open(booted.url, { headers: { 'x-api-key': key } });
    const { event, data } = await socket.next();
    expect(event).toBe('exception');
    expect(data).toMatchObject({ statusCode: 503, code: 'auth_unavailable' });
    expect(JSON.stringify(data)).not.toContain('fire');
    expect(await socket.closed).toBe(library === 'ws' ? 1013 : 'io server disconnect');
  });
});

const SOCKET_IO = SOCKET_SETUPS.filter(({ library }) => library === 'socket.io');

describe.each(SOCKET_IO)('The handshake of $name', ({ platform, configure }) => {
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, { providers: [RoomGateway], configure });
  });
  afterAll(closeAll);

  async function whoAmI(handshake: Handshake, transports?: string[]): Promise<unknown> {
    const socket = openSocketIo(booted.url, handshake, transports);
    socket.send('whoami');
    const { data } = await socket.next();
    return (data as { code?: string }).code ?? data;
  }

  it.each([['websocket'], ['polling']])(
    'carries the credential in auth and in headers, by %s',
    async (transport) => {
      const authorization = bearer(booted);
      expect(await whoAmI({ auth: { authorization } }, [transport])).toBe('ada');
      expect(await whoAmI({ auth: { Authorization: authorization } }, [transport])).toBe('ada');
      expect(await whoAmI({ auth: { 'X-API-Key': await apiKey(booted) } }, [transport])).toBe('robby');
      expect(await whoAmI({ headers: { authorization } }, [transport])).toBe('ada');
      expect(await whoAmI({}, [transport])).toBe('credentials_missing');
    },
  );

  it('takes what auth says before what the headers say', async () => {
    const headers = { authorization: bearer(booted) };
    expect(await whoAmI({ auth: { authorization: 'Bearer nonsense' }, headers })).toBe('credentials_invalid');
    expect(await whoAmI({ auth: { authorization: 'Bearer a b' }, headers })).toBe('request_malformed');
  });

  /** Speaks Engine.IO 4 and Socket.IO 5 by hand: the packets of a client that no library would send. */
  function packets(connect: string, headers: Record<string, string | string[]> = {}): Promise<string> {
    const address = `${booted.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address, { headers });
      socket.on('error', reject).on('close', () => resolve('closed'));
      socket.on('message', (data: Buffer) => {
        const packet = data.toString();
        if (packet.startsWith('0')) socket.send(connect);
        if (packet.startsWith('40')) socket.send('42["whoami"]');
        if (/^4[24]/.test(packet)) {
          resolve(packet);
          socket.close();
        }
      });
    });
  }

  it('refuses a header that comes twice', async () => {
    const authorization = bearer(booted);
    expect(await packets('40', { authorization: [authorization] })).toContain('ada');
    expect(await packets('40', { authorization: [authorization, authorization] })).toContain(
      'request_malformed',
    );
  });

  it.each<[string, (good: string) => unknown]>([
    ['text', (good) => good],
    ['a number', () => 1],
    ['null', () => null],
    ['a list', (good) => [{ authorization: good }]],
    ['a credential in a list', (good) => ({ authorization: [good] })],
    ['a credential that is an object', (good) => ({ authorization: { toString: good } })],
    ['a credential that is a number', () => ({ 'x-api-key': 42 })],
    ['a credential that is null', () => ({ authorization: null })],
    ['a credential twice', (good) => ({ authorization: good, Authorization: good })],
    ['headers within', (good) => ({ headers: { authorization: good } })],
    ['200 KB', (good) => ({ authorization: good + 'x'.repeat(200_000) })],
  ])('refuses, and lives on, when auth is %s', async (_, auth) => {
    const answer = await packets(`40${JSON.stringify(auth(bearer(booted)))}`);
    expect(answer).toMatch(/^closed$|"code":"(credentials_missing|credentials_invalid|request_malformed)"/);
    expect(await whoAmI({ auth: { authorization: bearer(booted) } })).toBe('ada');
  });
});
