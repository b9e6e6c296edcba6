import { z } from 'zod';

/** What a database can tell from a mistake, and every one of them can write: until the year 9999. */
const LAST_DATE = new Date('9999-12-31T23:59:59.999Z');

/** Text that every database can hold: Postgres has none with a zero byte in it. */
export const storableText = z
  .string('is not text')
  .refine((text) => !text.includes('\0'), 'holds a zero byte');

/** An id of somebody or something, or of an organisation: 1 to 255 characters. */
export const idText = storableText.min(1, 'is empty').max(255, 'is longer than 255 characters');

/** What people call a key or a service: 1 to 100 characters, without blanks around them. */
export const labelText = storableText.trim().min(1, 'is empty').max(100, 'is longer than 100 characters');

/** A Date that every database can hold. */
export const storableDate = z
  .date('is not a Date')
  .min(new Date(0), 'is before 1970')
  .max(LAST_DATE, 'is after 9999');

/** The same in a request: a date and time of ISO 8601 with its time zone. */
export const isoDate = z.iso
  .datetime({ offset: true, error: 'is no ISO 8601 date and time with a time zone' })
  .transform((text) => new Date(text))
  .pipe(storableDate);

/** How many of a list are on one page, in a query: 1 to 100, 50 where nothing is said. */
export const pageLimit = z.coerce
  .number('is no number')
  .int('is no whole number')
  .min(1, 'is below 1')
  .max(100, 'is above 100')
  .default(50);
