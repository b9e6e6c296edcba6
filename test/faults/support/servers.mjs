// Postgres and Redis of a script's own, from Debian's packages, to be restarted and frozen.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

const POSTGRES = '/usr/lib/postgresql';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server that can be stopped, started, frozen and thawed. */
class Server {
  #process;

  constructor(command, args, stopSignal, answers) {
    Object.assign(this, { command, args, stopSignal, answers });
  }

  /** Resolves when it answers. */
  async start() {
    this.#process = spawn(this.command, this.args, { stdio: 'ignore' });
    while (!(await this.answers())) await pause(10);
    return performance.now();
  }

  async stop(signal = this.stopSignal) {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGCONT');
    this.#process.kill(signal);
    await ended;
  }

  freeze() {
    this.#signalAll('SIGSTOP');
  }

  thaw() {
    this.#signalAll('SIGCONT');
    return performance.now();
  }

  /** A Postgres is one process for each connection, and some more. */
  #signalAll(signal) {
    const { pid } = this.#process;
    process.kill(pid, signal);
    for (const child of childrenOf(pid)) {
      try {
        process.kill(child, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function childrenOf(pid) {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', `${pid}`])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number);
  } catch {
    return [];
  }
}

export async function startPostgres(onEnd) {
  const version = readdirSync(POSTGRES)
    .toSorted((a, b) => a - b)
    .at(-1);
  const bin = join(POSTGRES, version, 'bin');
  const [folder, port] = [mkdtempSync(join(tmpdir(), 'gatehouse-postgres-')), await freePort()];
  let as = [];
  if (process.getuid() === 0) {
    // Postgres refuses to run as root.
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
    chownSync(folder, uid, gid);
    as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  }
  chmodSync(folder, 0o700);
  const exec = (...words) => [...as, ...words];
  const [tool, ...args] = exec(
    join(bin, 'initdb'),
    '-D',
    folder,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
  );
  execFileSync(tool, [...args, '--locale=C', '--no-sync'], { stdio: 'ignore' });
  const [command, ...rest] = exec(
    join(bin, 'postgres'),
    '-D',
    folder,
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-k',
    '',
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const server = new Server(command, rest, 'SIGINT', async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  });
  onEnd(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  return { server, url };
}

export async function startRedis(onEnd) {
  const [folder, port] = [mkdtempSync(join(tmpdir(), 'gatehouse-redis-')), await freePort()];
  const args = [
    '--bind',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const answers = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  const server = new Server('redis-server', args, 'SIGTERM', answers);
  onEnd(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  return { server, url: `redis://127.0.0.1:${port}` };
}
