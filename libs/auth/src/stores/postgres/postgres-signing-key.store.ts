import { and, asc, eq, ne, sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import { SigningKeyStore, type SigningKeyRecord } from '../../tokens/signing-key.store.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { recordOf, rowOf } from './rows.js';
import { signingKeys } from './schema.js';

/** Signing keys in Postgres; their private parts are encrypted before they come here. */
export class PostgresSigningKeyStore extends SigningKeyStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async list(): Promise<readonly SigningKeyRecord[]> {
    const rows = await this.#connection.run((queries) =>
      queries.select().from(signingKeys).orderBy(asc(signingKeys.createdAt), asc(signingKeys.keyId)),
    );
    return rows.map(recordOf);
  }

  override insert(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    return this.#connection.transaction(async (queries) => {
      await lock(queries);
      const rows = await queries.insert(signingKeys).values(rowOf(record)).onConflictDoNothing().returning();
      if (rows.length === 0) return false;
      await appendToLog(queries, [revocation]);
      return true;
    });
  }

  override change(record: SigningKeyRecord, revocation: Revocation): Promise<boolean> {
    return this.#connection.transaction(async (queries) => {
      await lock(queries);
      const { keyId, state, changedAt } = record;
      const [known] = await queries.select().from(signingKeys).where(eq(signingKeys.keyId, keyId));
      if (known?.state === 'removed' || (known?.state === 'active' && state !== 'active')) return false;
      if (state === 'active') await retireActive(queries, keyId, changedAt);
      const changes = { state, changedAt, ...(state === 'removed' && { sealedKey: null }) };
      await queries
        .insert(signingKeys)
        .values({ ...rowOf(record), ...changes })
        .onConflictDoUpdate({ target: signingKeys.keyId, set: changes });
      await appendToLog(queries, [revocation]);
      return true;
    });
  }
}

/**
 * Keys are few and seldom changed: one change at a time. Rows alone could not be locked, since a key of the options may
 * have none.
 */
async function lock(queries: Queries): Promise<void> {
  await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended('gatehouse.signing_keys', 0))`);
}

async function retireActive(queries: Queries, keyId: string, changedAt: Date): Promise<void> {
  await queries
    .update(signingKeys)
    .set({ state: 'retired', changedAt })
    .where(and(eq(signingKeys.state, 'active'), ne(signingKeys.keyId, keyId)));
}
