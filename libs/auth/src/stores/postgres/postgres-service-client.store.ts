import { and, asc, eq, lte, sql } from 'drizzle-orm';

import {
  ClientStore,
  type ClientChanges,
  type ClientQuery,
  type ClientRecord,
  type ClientSecretRecord,
} from '../../oauth/client.store.js';
import { secretsAfter } from '../../oauth/client-secret.js';
import type { Revocation } from '../../revocation/revocation.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { pruneUntil } from './pruning.js';
import { appendToLog } from './revocation-log.js';
import { canBeThere } from './rows.js';
import { clientOf, clientRowOf, secretsOf } from './service-rows.js';
import { clientAssertions, clients } from './service.schema.js';

/** Services in Postgres. */
export class PostgresClientStore extends ClientStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async insert(client: ClientRecord): Promise<boolean> {
    const added = await this.#connection.run((queries) =>
      queries
        .insert(clients)
        .values(clientRowOf(client) as typeof clients.$inferInsert)
        .onConflictDoNothing()
        .returning({ clientId: clients.clientId }),
    );
    return added.length === 1;
  }

  override async findById(clientId: string): Promise<ClientRecord | undefined> {
    if (!canBeThere(clientId)) return undefined;
    const [row] = await this.#connection.run((queries) =>
      queries.select().from(clients).where(eq(clients.clientId, clientId)),
    );
    return row && clientOf(row);
  }

  override async list({ orgId, limit, after }: ClientQuery): Promise<readonly ClientRecord[]> {
    if (![orgId, after].every((text) => text === undefined || canBeThere(text))) return [];
    const isBehind = sql`${clients.clientId} > (
      select "one".client_id from ${clients} as "one" where "one".client_id = ${after})`;
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(clients)
        .where(
          and(
            orgId === undefined ? undefined : eq(clients.orgId, orgId),
            after === undefined ? undefined : isBehind,
          ),
        )
        .orderBy(asc(clients.clientId))
        .limit(limit),
    );
    return rows.map(clientOf);
  }

  override async update(
    clientId: string,
    changes: ClientChanges,
    now: Date,
    ...revocations: readonly Revocation[]
  ): Promise<ClientRecord | undefined> {
    if (!canBeThere(clientId)) return undefined;
    return this.#connection.transaction(async (queries) => {
      const changed = await change(queries, clientId, { ...changes, updatedAt: now });
      if (changed !== undefined) await appendToLog(queries, revocations);
      return changed;
    });
  }

  override async addSecret(
    clientId: string,
    secret: ClientSecretRecord,
    othersEndAt: Date,
    now: Date,
  ): Promise<ClientRecord | undefined> {
    if (!canBeThere(clientId)) return undefined;
    return this.#connection.transaction(async (queries) => {
      const [row] = await queries
        .select({ secrets: clients.secrets })
        .from(clients)
        .where(eq(clients.clientId, clientId))
        .for('update');
      if (row === undefined) return undefined;
      const secrets = secretsAfter(secretsOf(row.secrets), secret, othersEndAt, now);
      return change(queries, clientId, { secrets, updatedAt: now });
    });
  }

  override async remove(
    clientId: string,
    ...revocations: readonly Revocation[]
  ): Promise<ClientRecord | undefined> {
    if (!canBeThere(clientId)) return undefined;
    return this.#connection.transaction(async (queries) => {
      const [row] = await queries.delete(clients).where(eq(clients.clientId, clientId)).returning();
      if (row === undefined) return undefined;
      await appendToLog(queries, revocations);
      return clientOf(row);
    });
  }

  override async useAssertion(clientId: string, jti: string, expiresAt: Date): Promise<boolean> {
    // There can be no row for it, so it would be good again and again.
    if (!canBeThere(clientId) || !canBeThere(jti)) return false;
    const added = await this.#connection.run((queries) =>
      queries
        .insert(clientAssertions)
        .values({ clientId, jti, expiresAt })
        .onConflictDoNothing()
        .returning({ jti: clientAssertions.jti }),
    );
    return added.length === 1;
  }

  override async prune(now: Date): Promise<void> {
    await this.#connection.run((queries) =>
      queries.delete(clientAssertions).where(lte(clientAssertions.expiresAt, pruneUntil(now.getTime()))),
    );
  }
}

async function change(
  queries: Queries,
  clientId: string,
  fields: Partial<ClientRecord>,
): Promise<ClientRecord | undefined> {
  const [row] = await queries
    .update(clients)
    .set(clientRowOf(fields))
    .where(eq(clients.clientId, clientId))
    .returning();
  return row && clientOf(row);
}
