/**
 * Postgres as the application has it: a `Pool` of `pg`, or an instance of PGlite. The application makes it and ends it.
 */
export type PostgresClient = PostgresPool | PgliteClient;

/** What is needed of a `Pool` of `pg`, version 8. */
export interface PostgresPool {
  connect(): Promise<PooledConnection>;
  query(text: string): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  listeners(event: 'error'): unknown[];
  readonly options: object;
}

/** What is needed of a connection of a {@link PostgresPool}. */
export interface PooledConnection {
  query(text: string): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(error?: Error | boolean): void;
}

/** What is needed of an instance of PGlite. */
export interface PgliteClient {
  query(text: string): Promise<unknown>;
  transaction<T>(work: (transaction: PgliteTransaction) => Promise<T>): Promise<T>;
  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
}

/** What is needed of a transaction of PGlite. */
export interface PgliteTransaction {
  exec(text: string): Promise<unknown>;
}

/** PGlite is told by what it alone can do: importing it to ask would make it everybody's dependency. */
export function isPglite(client: PostgresClient): client is PgliteClient {
  return 'listen' in client && typeof client.listen === 'function';
}
