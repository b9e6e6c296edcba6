import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';

import {
  ApiKeyStore,
  type ApiKeyChanges,
  type ApiKeyQuery,
  type ApiKeyRecord,
  type KeyRotationResult,
} from '../../api-keys/api-key.store.js';
import type { Revocation } from '../../revocation/revocation.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection, type Queries } from './postgres-connection.js';
import { appendToLog } from './revocation-log.js';
import { canBeThere, recordOf, rowOf } from './rows.js';
import { apiKeys } from './schema.js';

/** API keys in Postgres. */
export class PostgresApiKeyStore extends ApiKeyStore {
  readonly #connection: PostgresConnection;
  #lookUp: ReturnType<typeof prepareLookUp> | undefined;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override insert(record: ApiKeyRecord): Promise<boolean> {
    return this.#connection.run((queries) => insert(queries, record));
  }

  override async findByHash(keyHash: string): Promise<ApiKeyRecord | undefined> {
    if (!canBeThere(keyHash)) return undefined;
    const [row] = await this.#connection.run((queries) => {
      this.#lookUp ??= prepareLookUp(queries);
      return this.#lookUp.execute({ keyHash });
    });
    return row && recordOf(row);
  }

  override async findById(keyId: string): Promise<ApiKeyRecord | undefined> {
    if (!canBeThere(keyId)) return undefined;
    return this.#connection.run((queries) => find(queries, keyId));
  }

  override async list({ userId, orgId, limit, after }: ApiKeyQuery): Promise<readonly ApiKeyRecord[]> {
    if (![userId, orgId, after].every((text) => text == null || canBeThere(text))) return [];
    const { createdAt, keyId } = apiKeys;
    const isBehind = sql`(${createdAt}, ${keyId}) > (
      select "one".created_at, "one".key_id from ${apiKeys} as "one" where "one".key_id = ${after})`;
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(apiKeys)
        .where(
          and(
            userId === undefined ? undefined : eq(apiKeys.userId, userId),
            orgId === undefined ? undefined : isOf(orgId),
            after === undefined ? undefined : isBehind,
          ),
        )
        .orderBy(asc(createdAt), asc(keyId))
        .limit(limit),
    );
    return rows.map(recordOf);
  }

  override async countLive(userId: string, orgId: string | undefined, now: Date): Promise<number> {
    if (!canBeThere(userId) || (orgId !== undefined && !canBeThere(orgId))) return 0;
    const isLive = and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));
    return this.#connection.run((queries) =>
      queries.$count(apiKeys, and(eq(apiKeys.userId, userId), isOf(orgId ?? null), isLive)),
    );
  }

  override async update(
    keyId: string,
    changes: ApiKeyChanges,
    revocation: Revocation,
  ): Promise<ApiKeyRecord | undefined> {
    if (!canBeThere(keyId)) return undefined;
    if (Object.keys(changes).length === 0) return this.findById(keyId);
    return this.#connection.transaction(async (queries) => {
      const [row] = await queries
        .update(apiKeys)
        .set(rowOf(changes) as object)
        .where(eq(apiKeys.keyId, keyId))
        .returning();
      if (row === undefined) return undefined;
      await appendToLog(queries, [revocation]);
      return recordOf(row);
    });
  }

  override async revoke(
    keyId: string,
    revokedAt: Date,
    revocation: Revocation,
  ): Promise<ApiKeyRecord | undefined> {
    if (!canBeThere(keyId)) return undefined;
    return this.#connection.transaction(async (queries) => {
      const [row] = await queries
        .update(apiKeys)
        .set({ revokedAt })
        .where(and(eq(apiKeys.keyId, keyId), isNull(apiKeys.revokedAt)))
        .returning();
      if (row === undefined) return find(queries, keyId);
      await appendToLog(queries, [revocation]);
      return recordOf(row);
    });
  }

  override async rotate(
    keyId: string,
    successor: ApiKeyRecord,
    endsAt: Date,
    now: Date,
    revocation: Revocation,
  ): Promise<KeyRotationResult> {
    if (!canBeThere(keyId)) return { outcome: 'unknown' };
    return this.#connection.transaction(async (queries): Promise<KeyRotationResult> => {
      const [row] = await queries.select().from(apiKeys).where(eq(apiKeys.keyId, keyId)).for('update');
      if (row === undefined) return { outcome: 'unknown' };
      const { revokedAt, isActive, expiresAt, replacedBy } = row;
      const isEnding = revokedAt !== null || replacedBy !== null || !isActive;
      if (isEnding || (expiresAt !== null && expiresAt <= now) || !(await insert(queries, successor)))
        return { outcome: 'refused', old: recordOf(row) };
      const end = expiresAt !== null && expiresAt < endsAt ? expiresAt : endsAt;
      const [old] = await queries
        .update(apiKeys)
        .set({ expiresAt: end, replacedBy: successor.keyId, replacedAt: now })
        .where(eq(apiKeys.keyId, keyId))
        .returning();
      await appendToLog(queries, [revocation]);
      return { outcome: 'rotated', old: recordOf(old!) };
    });
  }

  override async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
    const notes = [...uses].filter(([keyId]) => canBeThere(keyId)).map(([keyId, at]) => ({ keyId, at }));
    if (notes.length === 0) return;
    // Several instances note the same keys: who takes hold of them in one order waits and does not deadlock.
    await this.#connection.run((queries) =>
      queries.execute(sql`
        with uses as (
          select "keyId" as key_id, "at" from json_to_recordset(${JSON.stringify(notes)}::json)
            as one("keyId" text, "at" timestamptz(3))
        ), held as (
          select key_id from ${apiKeys} where key_id in (select key_id from uses) order by key_id for update
        )
        update ${apiKeys} set last_used_at = uses."at" from uses, held
        where held.key_id = uses.key_id and ${apiKeys.keyId} = held.key_id
          and (${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < uses."at")`),
    );
  }
}

/** The one statement of a request with a key that is not remembered. */
function prepareLookUp(queries: Queries) {
  return queries
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.keyHash, sql.placeholder('keyHash')))
    .prepare('gatehouse_api_key_by_hash');
}

function isOf(orgId: string | null) {
  return orgId === null ? isNull(apiKeys.orgId) : eq(apiKeys.orgId, orgId);
}

async function find(queries: Queries, keyId: string): Promise<ApiKeyRecord | undefined> {
  const [row] = await queries.select().from(apiKeys).where(eq(apiKeys.keyId, keyId));
  return row && recordOf(row);
}

async function insert(queries: Queries, record: ApiKeyRecord): Promise<boolean> {
  const added = await queries
    .insert(apiKeys)
    .values(rowOf(record))
    .onConflictDoNothing()
    .returning({ keyId: apiKeys.keyId });
  return added.length === 1;
}
