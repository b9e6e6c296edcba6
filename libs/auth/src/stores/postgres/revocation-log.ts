import { sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import type { Queries } from './postgres-connection.js';
import { revocations as log } from './schema.js';

/** The channel on which instances hear that the log has grown. */
export const CHANNEL = 'gatehouse_revocations';

/**
 * Appends to the log, as the last step of a transaction or as a statement of its own.
 *
 * The lock is held until after the commit. Without it a transaction could draw a number, and be overtaken by a later
 * one: who has read that would never look for the lower number. So it is taken before a row is there to be numbered. It
 * comes after all locks of rows, in every transaction: so no two of them wait for each other.
 */
export async function appendToLog(queries: Queries, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await queries.execute(sql`
    with locked as materialized (
      select pg_advisory_xact_lock(hashtextextended('gatehouse.revocations', 0)), pg_notify(${CHANNEL}, '')
    )
    insert into ${log} (kind, id, at, expires_at)
    select one.kind, one.id, one.at, one.expires_at
    from locked cross join lateral rows from (
      json_to_recordset(${JSON.stringify(revocations.map(rowOf))}::json)
        as (kind text, id text, at bigint, expires_at bigint)
    ) with ordinality as one(kind, id, at, expires_at, nth)
    order by one.nth`);
}

/** The end of a token may be a fraction of a millisecond; an entry lasts at least as long. */
function rowOf({ kind, id, at, expiresAt }: Revocation) {
  return { kind, id, at: Math.ceil(at), expires_at: Math.ceil(expiresAt) };
}
