import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core';

/** The Postgres schema that everything here lives in, apart from the application's own tables. */
export const gatehouse = pgSchema('gatehouse');

/** Text that sorts by its bytes, whatever language the database speaks. */
export const id = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** A moment, to the millisecond. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
