import { asc, gt, lte, sql } from 'drizzle-orm';

import type { LoggedRevocation, Revocation } from '../../revocation/revocation.js';
import { RevocationStore } from '../../revocation/revocation.store.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { pruneUntil } from './pruning.js';
import { appendToLog } from './revocation-log.js';
import { revocations as log } from './schema.js';

/** The log of revocations in Postgres. Every entry notifies whoever listens ({@link PostgresNotifications}). */
export class PostgresRevocationStore extends RevocationStore {
  readonly #connection: PostgresConnection;
  #pages: ReturnType<typeof preparePages> | undefined;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async append(revocations: readonly Revocation[]): Promise<void> {
    if (revocations.length === 0) return;
    await this.#connection.run((queries) => appendToLog(queries, revocations));
  }

  override async readAfter(position: number, limit: number): Promise<readonly LoggedRevocation[]> {
    return this.#connection.run((queries) => {
      this.#pages ??= preparePages(queries);
      return this.#pages.execute({ position, limit });
    });
  }

  override async prune(now: number): Promise<void> {
    const until = sql`floor(extract(epoch from ${pruneUntil(now)}) * 1000)`;
    await this.#connection.run((queries) => queries.delete(log).where(lte(log.expiresAt, until)));
  }
}

/** Every instance reads every second. */
function preparePages(queries: Queries) {
  return queries
    .select()
    .from(log)
    .where(gt(log.position, sql.placeholder('position')))
    .orderBy(asc(log.position))
    .limit(sql.placeholder('limit'))
    .prepare('gatehouse_revocations_after');
}
