import { and, eq, gt, lte } from 'drizzle-orm';

import { LoginStateStore, type LoginState, type LoginStep } from '../../oauth/login-state.store.js';
import { loginStates } from './login.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection } from './postgres-connection.js';
import { pruneUntil } from './pruning.js';
import { canBeThere, recordOf } from './rows.js';

/** Logins with a provider in Postgres. */
export class PostgresLoginStateStore extends LoginStateStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async insert(state: LoginState): Promise<void> {
    await this.#connection.run((queries) => queries.insert(loginStates).values(state));
  }

  override async consume(stateHash: string, step: LoginStep, now: Date): Promise<LoginState | undefined> {
    if (!canBeThere(stateHash)) return undefined;
    const [row] = await this.#connection.run((queries) =>
      queries
        .delete(loginStates)
        .where(
          and(
            eq(loginStates.stateHash, stateHash),
            eq(loginStates.step, step),
            gt(loginStates.expiresAt, now),
          ),
        )
        .returning(),
    );
    return row && recordOf(row);
  }

  override async prune(now: Date): Promise<void> {
    await this.#connection.run((queries) =>
      queries.delete(loginStates).where(lte(loginStates.expiresAt, pruneUntil(now.getTime()))),
    );
  }
}
