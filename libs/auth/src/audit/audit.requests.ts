import { z } from 'zod';

import { storableDate } from '../api-keys/api-key.input.js';
import type { AuditEntry } from './audit.store.js';

const text = z
  .string('is not text')
  .min(1, 'is empty')
  .max(255, 'is longer than 255 characters')
  .refine((written) => !written.includes('\0'), 'holds a zero byte');
const date = z.iso
  .datetime({ offset: true, error: 'is no ISO 8601 date and time with a time zone' })
  .transform((written) => new Date(written))
  .pipe(storableDate);

/** Which page of which entries. */
export const AuditPageQuery = z.strictObject({
  type: text.optional(),
  actorId: text.optional(),
  target: text.optional(),
  from: date.optional(),
  to: date.optional(),
  limit: z.coerce
    .number('is no number')
    .int('is no whole number')
    .min(1, 'is below 1')
    .max(100, 'is above 100')
    .default(50),
  /** The last `entryId` of the page before. */
  before: z.uuidv7('is no id of an entry').optional(),
});
export type AuditPageQuery = z.infer<typeof AuditPageQuery>;

/** One page of the audit log, the latest first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** `before` of the next page; absent when there is none. */
  readonly next: string | undefined;
}
