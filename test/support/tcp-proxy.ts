import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that a test can cut, freeze and mend, while the server itself stays up for everybody else. */
export interface TcpProxy {
  /** The server's URL, by way of here. */
  readonly url: string;
  /** Ends every connection, and each new one at once: as if the server were down. */
  cut(): void;
  /** Passes nothing on, and ends nothing: as if the server stood still. */
  freeze(): void;
  /** Passes on again, what waits first. */
  mend(): void;
  close(): Promise<void>;
}

/** @param url of the server, with its port. */
export async function startProxy(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (state === 'frozen') socket.pause();
  };
  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const upstream = connect(Number(port), hostname);
    client.on('data', (chunk) => upstream.write(chunk)).on('close', () => upstream.destroy());
    upstream.on('data', (chunk) => client.write(chunk)).on('close', () => client.destroy());
    keep(client);
    keep(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = new URL(url);
  here.hostname = '127.0.0.1';
  here.port = String((server.address() as AddressInfo).port);
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: here.href,
    cut() {
      state = 'cut';
      end();
    },
    freeze() {
      state = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    mend() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
