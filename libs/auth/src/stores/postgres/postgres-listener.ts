import { Logger } from '@nestjs/common';

import type { PostgresPool } from './postgres-client.js';

/** What is needed of a `Client` of `pg`. */
interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error' | 'end' | 'notification', listener: () => void): unknown;
}

type PoolWithClient = PostgresPool & { readonly Client: new (options: object) => ListeningClient };

const FIRST_WAIT = 100;
const LONGEST_WAIT = 2_000;
/** A connection can be gone without a word, when a router forgets it: so it is asked now and then. */
const HEARTBEAT = 15_000;
const ANSWER_TIME = 5_000;
/** A server that does not answer would keep an application from closing. */
const GOODBYE_TIME = 1_000;

/** Listens on a connection of its own, and makes another one when that is lost, until it is stopped. */
export class PostgresListener {
  readonly #logger = new Logger(PostgresListener.name);
  #client: ListeningClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT;
  #isStopped = false;

  constructor(
    private readonly pool: PostgresPool,
    private readonly channel: string,
    private readonly listener: () => void,
  ) {}

  /** Resolves when it listens, or when a first attempt has failed: it goes on trying by itself. */
  async start(): Promise<void> {
    // Not one of the pool's connections: a pool may have only one, and cannot be ended while one is lent.
    const client = new (this.pool as PoolWithClient).Client(this.pool.options);
    this.#client = client;
    const lost = (): void => this.#lose(client);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', this.listener);
    try {
      await client.connect();
      await client.query(`listen ${this.channel}`);
    } catch {
      return lost();
    }
    if (this.#client !== client) return;
    if (this.#wait !== FIRST_WAIT) {
      this.#logger.log('Postgres notifies again');
      // Of what happened in between.
      this.listener();
    }
    this.#wait = FIRST_WAIT;
    this.#schedule(() => this.#heartbeat(client), HEARTBEAT);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await Promise.race([client.end().catch(() => undefined), afterGoodbye()]);
  }

  async #heartbeat(client: ListeningClient): Promise<void> {
    const late = setTimeout(() => this.#lose(client), ANSWER_TIME);
    try {
      await client.query('select 1');
      if (this.#client === client) this.#schedule(() => this.#heartbeat(client), HEARTBEAT);
    } catch {
      this.#lose(client);
    } finally {
      clearTimeout(late);
    }
  }

  #lose(client: ListeningClient): void {
    if (this.#client !== client || this.#isStopped) return;
    this.#client = undefined;
    // Whether it is dead already or only seems so.
    client.end().catch(() => undefined);
    if (this.#wait === FIRST_WAIT) {
      this.#logger.warn('Postgres does not notify: revocations elsewhere are seen a second later');
    }
    this.#schedule(() => this.start(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #schedule(task: () => Promise<void>, delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void task(), delay);
    this.#timer.unref();
  }
}

function afterGoodbye(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, GOODBYE_TIME).unref();
  });
}
