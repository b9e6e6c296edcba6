import { sql } from 'drizzle-orm';

import type { Revocation } from '../../revocation/revocation.js';
import type { Queries } from './postgres-connection.js';
import { revocations as log } from './schema.js';

/** The channel on which instances hear that the log has grown. */
export const CHANNEL = 'gatehouse_revocations';

/** A statement takes 65,535 values at most. */
const ROWS = 10_000;

/**
 * Appends to the log, as the last step of a transaction.
 *
 * The lock is held until after the commit. Without it a transaction could draw a number, and be overtaken by a later
 * one: who has read that would never look for the lower number. It comes after all locks of rows, in every transaction:
 * so no two of them wait for each other.
 */
export async function appendToLog(queries: Queries, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await queries.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('gatehouse.revocations', 0)), pg_notify(${CHANNEL}, '')`,
  );
  for (let start = 0; start < revocations.length; start += ROWS) {
    await queries.insert(log).values(revocations.slice(start, start + ROWS).map(rowOf));
  }
}

/** The end of a token may be a fraction of a millisecond; an entry lasts at least as long. */
function rowOf({ kind, id, at, expiresAt }: Revocation): Revocation {
  return { kind, id, at: Math.ceil(at), expiresAt: Math.ceil(expiresAt) };
}
