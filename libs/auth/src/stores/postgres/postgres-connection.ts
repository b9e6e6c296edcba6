import { DrizzleQueryError } from 'drizzle-orm/errors';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

import {
  isPglite,
  type PgliteClient,
  type PgliteTransaction,
  type PooledConnection,
  type PostgresClient,
  type PostgresPool,
} from './postgres-client.js';

/** Makes and runs statements. */
export type Queries = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** Statements on whatever the application has, one by one or as a transaction. */
export abstract class PostgresConnection {
  #queries: Promise<Queries> | undefined;

  /** For single statements. Made once, and not before it is needed: what it takes is imported then. */
  get queries(): Promise<Queries> {
    return (this.#queries ??= this.connect());
  }

  /** Runs single statements. */
  async run<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withoutValues(work(await this.queries));
  }

  /** Runs statements that take effect together or not at all. Gives up when they have to wait for long. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withoutValues(this.begin(BEGIN_BOUNDED, work));
  }

  /** A transaction that may take its time. */
  longTransaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withoutValues(this.begin(BEGIN, work));
  }

  protected abstract connect(): Promise<Queries>;
  protected abstract begin<T>(first: string, work: (queries: Queries) => Promise<T>): Promise<T>;
}

/** @param client the application's. */
export function connectionOf(client: PostgresClient): PostgresConnection {
  return isPglite(client) ? new PgliteConnection(client) : new PoolConnection(client);
}

/** Every statement sees what was committed before it; whatever the database's own default is. */
const ISOLATION = 'isolation level read committed';
const BEGIN = `begin ${ISOLATION}`;
/** An instance that stops in the middle must not hold up the others: the log is appended to by one at a time. */
const LIMITS = `
  set local statement_timeout = '5s';
  set local lock_timeout = '5s';
  set local idle_in_transaction_session_timeout = '5s'`;
const BEGIN_BOUNDED = `${BEGIN};${LIMITS}`;

class PoolConnection extends PostgresConnection {
  constructor(private readonly pool: PostgresPool) {
    super();
    if (!pool.listeners('error').includes(ignore)) pool.on('error', ignore);
  }

  protected override async connect(): Promise<Queries> {
    return this.#queriesOn(this.pool);
  }

  protected override async begin<T>(first: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    connection.on('error', ignore);
    let failure: Error | undefined;
    try {
      await connection.query(first);
      const result = await work(await this.#queriesOn(connection));
      await connection.query('commit');
      return result;
    } catch (error) {
      failure = await rollback(connection);
      throw error;
    } finally {
      connection.removeListener('error', ignore);
      // A connection that could not roll back is not used again.
      connection.release(failure);
    }
  }

  async #queriesOn(client: PostgresPool | PooledConnection): Promise<Queries> {
    const { drizzle } = await import('drizzle-orm/node-postgres');
    return drizzle({ client: client as never }) as unknown as Queries;
  }
}

class PgliteConnection extends PostgresConnection {
  constructor(private readonly pglite: PgliteClient) {
    super();
  }

  protected override connect(): Promise<Queries> {
    return this.#queriesOn(this.pglite);
  }

  protected override async begin<T>(_first: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    // It has one connection, so that transactions wait in the process and not in the database.
    return this.pglite.transaction(async (transaction) => {
      await transaction.exec(`set transaction ${ISOLATION}`);
      return work(await this.#queriesOn(transaction));
    });
  }

  async #queriesOn(client: PgliteClient | PgliteTransaction): Promise<Queries> {
    const { drizzle } = await import('drizzle-orm/pglite');
    return drizzle({ client: client as never }) as unknown as Queries;
  }
}

/** Whoever waits for a statement hears of its failure; nobody else needs to, and the process must not end of it. */
function ignore(): void {}

async function rollback(connection: PooledConnection): Promise<Error | undefined> {
  try {
    await connection.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('the transaction could not be rolled back');
  }
}

/** Drizzle's errors name the values of the statement: hashes and people. The database's own are enough. */
async function withoutValues<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof DrizzleQueryError ? (error.cause ?? new Error('a statement failed')) : error;
  }
}
