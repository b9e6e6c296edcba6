import type { LoggedRevocation, Revocation } from './revocation.js';

/**
 * The log of revocations: append-only, and durable. A port; a store that changes what credentials rest on (sessions,
 * API keys) writes its entries to the same log in the same transaction.
 */
export abstract class RevocationStore {
  /**
   * Appends entries. When it resolves, they are durable. Positions become readable in their order: a reader that has
   * seen a position will never find a lower one later.
   */
  abstract append(revocations: readonly Revocation[]): Promise<void>;

  /** The entries behind a position, in their order, at most `limit`. */
  abstract readAfter(position: number, limit: number): Promise<readonly LoggedRevocation[]>;

  /** Removes the entries whose `expiresAt` is `now` or earlier. */
  abstract prune(now: number): Promise<void>;
}

/**
 * Tells other instances that the log has grown, so that they need not wait for their next reading. Messages may get
 * lost and may come in vain; nothing but speed depends on them.
 */
export abstract class RevocationNotifications {
  /** After entries were written by this instance. */
  abstract publish(): Promise<void>;

  /**
   * Calls `listener` when another instance has published. Reconnects by itself.
   * @returns a function that ends it.
   */
  abstract subscribe(listener: () => void): Promise<() => Promise<void>>;
}
