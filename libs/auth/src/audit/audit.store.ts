import type { Actor, AuthEvent } from '../events/auth-events.js';

/** One event, as it is kept. */
export interface AuditEntry {
  /** UUIDv7. */
  readonly entryId: string;
  readonly time: Date;
  readonly type: AuthEvent['type'];
  readonly actor: Actor | undefined;
  /** What it was done to: the event's `target`. */
  readonly target: string | undefined;
  readonly requestId: string | undefined;
  readonly ip: string | undefined;
  /** The other fields of the event. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Which entries to list, and which page of them. */
export interface AuditQuery {
  readonly type?: string;
  /** The `userId` of the actor. */
  readonly actorId?: string;
  readonly target?: string;
  /** The organisation of the actor. */
  readonly orgId?: string;
  /** From this moment on. */
  readonly from?: Date;
  /** Before this moment. */
  readonly to?: Date;
  /** How many at most, 1 to 100. */
  readonly limit: number;
  /** The `entryId` before which the page begins, whether it is still there or not; the latest entries without it. */
  readonly before?: string;
}

/** Where the audit log lasts. A port. */
export abstract class AuditStore {
  /** Adds entries. Adding one a second time, by its `entryId`, changes nothing. */
  abstract append(entries: readonly AuditEntry[]): Promise<void>;

  /** The latest first, which is the order of `entryId` backwards; at most `query.limit`. */
  abstract list(query: AuditQuery): Promise<readonly AuditEntry[]>;

  /** Removes the entries from before a moment. */
  abstract prune(before: Date): Promise<void>;
}
