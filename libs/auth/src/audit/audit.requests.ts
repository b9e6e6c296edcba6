import { z } from 'zod';

import { idText, isoDate, pageLimit } from '../input.fields.js';
import type { AuditEntry } from './audit.store.js';

/** Which page of which entries. */
export const AuditPageQuery = z.strictObject({
  type: idText.optional(),
  actorId: idText.optional(),
  target: idText.optional(),
  from: isoDate.optional(),
  to: isoDate.optional(),
  limit: pageLimit,
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
