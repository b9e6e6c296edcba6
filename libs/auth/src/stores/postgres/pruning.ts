import { sql, type SQL } from 'drizzle-orm';

/**
 * Until when rows that have ended may go: an instance whose clock is ahead would take away what still matters to the
 * others, and one whose clock is behind still needs what ended a moment ago.
 *
 * @param now of the instance that prunes, milliseconds since 1970.
 * @returns that, or five minutes ago by the database's clock when that is earlier; `timestamptz`.
 */
export function pruneUntil(now: number): SQL {
  const asked = new Date(now).toISOString();
  return sql`least(${asked}::timestamptz, clock_timestamp() - interval '5 minutes')`;
}
