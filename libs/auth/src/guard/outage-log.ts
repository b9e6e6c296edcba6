import { Logger } from '@nestjs/common';

/** Milliseconds for which a line that was written is only counted. */
const QUIET = 1_000;

/**
 * Writes each error at once, and while it goes on once a second with how often: an outage under load must not flood the
 * log, nor fall silent in it.
 */
export class OutageLog {
  readonly #logger: Logger;
  /** How often each line came since it was written. */
  readonly #unwritten = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param context who says it, as Nest's loggers have it. */
  constructor(context: string) {
    this.#logger = new Logger(context);
  }

  /** @param line a text of this package, of which there are few. */
  error(line: string): void {
    const count = this.#unwritten.get(line);
    if (count !== undefined) return void this.#unwritten.set(line, count + 1);
    this.#write(line);
  }

  /** Writes what was only counted, and forgets everything. */
  flush(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const [line, count] of this.#unwritten) if (count > 0) this.#logger.error(counted(line, count));
    this.#unwritten.clear();
  }

  #write(line: string, count = 0): void {
    this.#logger.error(count === 0 ? line : counted(line, count));
    this.#unwritten.set(line, 0);
    this.#timers.set(line, setTimeout(() => this.#endQuiet(line), QUIET).unref());
  }

  #endQuiet(line: string): void {
    const count = this.#unwritten.get(line) ?? 0;
    this.#unwritten.delete(line);
    this.#timers.delete(line);
    if (count > 0) this.#write(line, count);
  }
}

function counted(line: string, count: number): string {
  return `${line}, ${count} more`;
}
