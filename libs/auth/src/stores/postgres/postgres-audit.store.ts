import { and, desc, eq, gte, lt, type SQL } from 'drizzle-orm';

import { AuditStore, type AuditEntry, type AuditQuery } from '../../audit/audit.store.js';
import { auditEntries } from './people.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection } from './postgres-connection.js';
import { canBeThere, recordOf, rowOf } from './rows.js';

/** Rows of one statement: it may have 65,535 values, and a row has eleven. */
const BATCH = 1_000;

/** The audit log in Postgres. */
export class PostgresAuditStore extends AuditStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async append(entries: readonly AuditEntry[]): Promise<void> {
    const rows = entries.map(rowOfEntry);
    for (let start = 0; start < rows.length; start += BATCH) {
      await this.#connection.run((queries) =>
        queries
          .insert(auditEntries)
          .values(rows.slice(start, start + BATCH))
          .onConflictDoNothing(),
      );
    }
  }

  override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    const { type, actorId, target, orgId, from, to, before, limit } = query;
    const { entryId, time } = auditEntries;
    const equal = [
      [auditEntries.type, type],
      [auditEntries.actorId, actorId],
      [auditEntries.target, target],
      [auditEntries.actorOrgId, orgId],
    ] as const;
    if (![type, actorId, target, orgId, before].every((text) => text === undefined || canBeThere(text)))
      return [];
    const conditions: (SQL | undefined)[] = [
      ...equal.map(([column, text]) => (text === undefined ? undefined : eq(column, text))),
      from && gte(time, from),
      to && lt(time, to),
      before === undefined ? undefined : lt(entryId, before),
    ];
    const rows = await this.#connection.run((queries) =>
      queries
        .select()
        .from(auditEntries)
        .where(and(...conditions))
        .orderBy(desc(entryId))
        .limit(limit),
    );
    return rows.map(entryOf);
  }

  override async prune(before: Date): Promise<void> {
    await this.#connection.run((queries) =>
      queries.delete(auditEntries).where(lt(auditEntries.time, before)),
    );
  }
}

function rowOfEntry({
  actor,
  target,
  requestId,
  ip,
  ...entry
}: AuditEntry): typeof auditEntries.$inferInsert {
  return {
    ...entry,
    ...rowOf({
      actorId: actor?.userId,
      actorOrgId: actor?.orgId,
      actorProvider: actor?.provider,
      actorCredentialId: actor?.credentialId,
      // Postgres has no text with a zero byte: one such entry must not keep those beside it from being written.
      target: target?.replaceAll('\0', '\ufffd'),
      requestId: requestId?.replaceAll('\0', '\ufffd'),
      ip,
    }),
  };
}

function entryOf(row: typeof auditEntries.$inferSelect): AuditEntry {
  const { actorId, actorOrgId, actorProvider, actorCredentialId, ...entry } = recordOf(row);
  const actor = actorId !== undefined && {
    userId: actorId,
    orgId: actorOrgId,
    provider: actorProvider!,
    credentialId: actorCredentialId!,
  };
  return { ...entry, actor: actor || undefined };
}
