import { and, eq, gt, lte } from 'drizzle-orm';

import {
  OneTimeTokenStore,
  type OneTimePurpose,
  type OneTimeTokenRecord,
} from '../../users/one-time-token.store.js';
import { oneTimeTokens } from './people.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection } from './postgres-connection.js';
import { pruneUntil } from './pruning.js';
import { canBeThere } from './rows.js';

/** One-time tokens in Postgres. */
export class PostgresOneTimeTokenStore extends OneTimeTokenStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async insert(token: OneTimeTokenRecord): Promise<void> {
    await this.#connection.run((queries) => queries.insert(oneTimeTokens).values(token));
  }

  override async consume(
    tokenHash: string,
    purpose: OneTimePurpose,
    now: Date,
  ): Promise<OneTimeTokenRecord | undefined> {
    if (!canBeThere(tokenHash)) return undefined;
    const [row] = await this.#connection.run((queries) =>
      queries
        .delete(oneTimeTokens)
        .where(
          and(
            eq(oneTimeTokens.tokenHash, tokenHash),
            eq(oneTimeTokens.purpose, purpose),
            gt(oneTimeTokens.expiresAt, now),
          ),
        )
        .returning(),
    );
    return row;
  }

  override async removeOf(userId: string, purpose?: OneTimePurpose): Promise<void> {
    if (!canBeThere(userId)) return;
    await this.#connection.run((queries) =>
      queries
        .delete(oneTimeTokens)
        .where(
          and(
            eq(oneTimeTokens.userId, userId),
            purpose === undefined ? undefined : eq(oneTimeTokens.purpose, purpose),
          ),
        ),
    );
  }

  override async prune(now: Date): Promise<void> {
    await this.#connection.run((queries) =>
      queries.delete(oneTimeTokens).where(lte(oneTimeTokens.expiresAt, pruneUntil(now.getTime()))),
    );
  }
}
