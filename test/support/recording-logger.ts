import type { LoggerService } from '@nestjs/common';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  /** Who said it: the last argument of Nest's loggers. */
  readonly context: unknown;
}

/** Keeps what an application logs: `boot(platform, { nest: { logger } })`. */
export class RecordingLogger implements LoggerService {
  readonly lines: LogLine[] = [];

  log = this.#keep('log');
  warn = this.#keep('warn');
  error = this.#keep('error');
  fatal = this.#keep('fatal');
  debug = this.#keep('debug');
  verbose = this.#keep('verbose');

  /** Messages of one speaker, or of all. */
  messages(context?: string): string[] {
    return this.lines
      .filter((line) => context === undefined || line.context === context)
      .map(({ message }) => message);
  }

  #keep(level: string) {
    return (message: unknown, ...rest: unknown[]): void => {
      const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
      this.lines.push({ level, message: text, context: rest.at(-1) });
    };
  }
}
