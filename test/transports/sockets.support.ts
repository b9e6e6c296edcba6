import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import type { INestApplication } from '@nestjs/common';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

import { PLATFORMS, type Platform } from '../support/platforms.js';

export interface Message {
  readonly event: string;
  readonly data: unknown;
}

/** A client of either kind. */
export interface TestSocket {
  send(event: string, data?: unknown): void;
  /** The next message that was not read yet. Rejects when the socket closes without one. */
  next(): Promise<Message>;
  /** Resolves with the close code (`ws`) or the reason (socket.io). */
  readonly closed: Promise<number | string>;
  close(): void;
}

export interface Handshake {
  /** socket.io only. */
  readonly auth?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SocketSetup {
  readonly name: string;
  readonly platform: Platform;
  readonly library: 'socket.io' | 'ws';
  readonly configure: (app: INestApplication) => void;
  readonly open: (url: string, handshake?: Handshake) => TestSocket;
}

export const SOCKET_SETUPS: readonly SocketSetup[] = PLATFORMS.flatMap((platform): SocketSetup[] => [
  {
    name: `socket.io on ${platform}`,
    platform,
    library: 'socket.io',
    configure: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
    open: openSocketIo,
  },
  {
    name: `ws on ${platform}`,
    platform,
    library: 'ws',
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    open: openWs,
  },
]);

const open: TestSocket[] = [];

/** For `afterEach`: closes every socket that a setup opened. */
export function closeSockets(): void {
  for (const socket of open.splice(0)) socket.close();
}

export function openSocketIo(
  url: string,
  { auth = {}, headers }: Handshake = {},
  transports = ['websocket'],
): TestSocket {
  const socket = io(url, {
    auth: auth as Record<string, unknown>,
    extraHeaders: headers as Record<string, string>,
    transports,
    forceNew: true,
    reconnection: false,
  });
  const inbox = new Inbox();
  socket.onAny((event: string, data: unknown) => inbox.put({ event, data }));
  socket.on('connect_error', ({ message }) => inbox.end(message));
  socket.on('disconnect', (reason) => inbox.end(reason));
  return track({
    send: (event, data) => socket.emit(event, data),
    next: () => inbox.next(),
    closed: inbox.ended,
    close: () => socket.disconnect(),
  });
}

function openWs(url: string, { headers }: Handshake = {}): TestSocket {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const inbox = new Inbox();
  const opened = new Promise<void>((resolve) => socket.once('open', resolve));
  socket.on('message', (data: Buffer) => inbox.put(JSON.parse(data.toString()) as Message));
  socket.on('error', ({ message }) => inbox.end(message));
  socket.on('close', (code) => inbox.end(code));
  return track({
    send: (event, data) => void opened.then(() => socket.send(JSON.stringify({ event, data }))),
    next: () => inbox.next(),
    closed: inbox.ended,
    close: () => socket.terminate(),
  });
}

function track(socket: TestSocket): TestSocket {
  open.push(socket);
  return socket;
}

/** Messages wait here until a test reads them. */
class Inbox {
  readonly #messages: Message[] = [];
  #wake: () => void = () => undefined;
  #end: (reason: number | string) => void = () => undefined;
  readonly ended = new Promise<number | string>((resolve) => (this.#end = resolve));

  put(message: Message): void {
    this.#messages.push(message);
    this.#wake();
  }

  end(reason: number | string): void {
    this.#end(reason);
  }

  async next(): Promise<Message> {
    if (this.#messages.length === 0) {
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), this.ended]);
    }
    const message = this.#messages.shift();
    if (message === undefined) throw new Error(`closed (${await this.ended}) without a message`);
    return message;
  }
}
