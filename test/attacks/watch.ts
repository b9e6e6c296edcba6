import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';

import type { RawAnswer } from '../support/raw-http.js';

const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** Everything that is logged, on every level, by Nest's logger and by the console. */
export class Watch implements LoggerService {
  readonly #lines: string[] = [];

  readonly log = this.#collect;
  readonly error = this.#collect;
  readonly warn = this.#collect;
  readonly debug = this.#collect;
  readonly verbose = this.#collect;
  readonly fatal = this.#collect;

  /** How many lines there have been. */
  count = 0;

  get #collect(): (...said: unknown[]) => void {
    return (...said) => {
      this.count += 1;
      this.#lines.push(
        said.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 9 }))).join(' '),
      );
    };
  }

  /** @returns a function that ends it. */
  overConsole(): () => void {
    const spies = LEVELS.map((level) => jest.spyOn(console, level).mockImplementation(this.#collect));
    return () => spies.forEach((spy) => spy.mockRestore());
  }

  /** What was logged since the last time. */
  take(): string[] {
    return this.#lines.splice(0);
  }
}

/** A key server of the attacker's. It serves the attacker's keys to whoever comes, and counts. */
export class Canary {
  #server: Server | undefined;
  hits = 0;

  async open(keys: object): Promise<string> {
    const server = createServer((_request, response) => {
      this.hits += 1;
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(keys));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys.json`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve());
  }
}

/** Shorter pieces (`Bearer`, `session:list`) are no credentials, and would be found everywhere. */
const PIECE = /[^\s.,;:="'{}\\/?&]{16,}/g;

/**
 * @returns the first credential that an answer, or what was logged meanwhile, shows a piece of; undefined when there is
 * none.
 * @param request its query, headers and body may hold credentials. The path may not: routers quote it.
 * @param more what must not be seen either.
 */
export function leakedBy(
  request: string | Buffer,
  { headers, body }: RawAnswer,
  logged: readonly string[],
  more: readonly string[],
): string | undefined {
  const text = typeof request === 'string' ? request : request.toString('latin1');
  const end = text.indexOf('\r\n');
  const query = text.slice(0, end).split('?').slice(1).join('?');
  const pieces: readonly string[] = (query + text.slice(end)).match(PIECE) ?? [];
  const shown = [body, ...Object.values(headers), ...logged].join('\n');
  return [...pieces, ...more].find((secret) => shown.includes(secret));
}
