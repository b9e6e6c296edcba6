import type { UserRecord } from '../../users/user.store.js';
import type { users } from './people.schema.js';
import { recordOf, rowOf } from './rows.js';

/** A user made of a row. */
export function userOf({ lowerName, ...row }: typeof users.$inferSelect): UserRecord {
  return recordOf(row);
}

/** A row made of a user. */
export function userRowOf(user: UserRecord): typeof users.$inferInsert {
  return { ...rowOf(user), ...lowerNameOf(user) };
}

/** What goes with a name into the row: the form of it that is searched. */
export function lowerNameOf({ name }: { readonly name?: string | undefined }) {
  return { lowerName: name?.toLowerCase() ?? null };
}
