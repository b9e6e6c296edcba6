import type { LoggedRevocation, Revocation } from '../../revocation/revocation.js';
import { RevocationNotifications, RevocationStore } from '../../revocation/revocation.store.js';

/** Entries up to which it does not matter that one takes the place of another. */
const FEW = 1_000;

/**
 * The log in the memory of one process: gone with the process. It does not grow with how often one thing is revoked or
 * changed: an entry takes the place of the one before.
 */
export class MemoryRevocationStore extends RevocationStore {
  #entries: LoggedRevocation[] = [];
  #position = 0;
  #compactAt = FEW;

  override async append(revocations: readonly Revocation[]): Promise<void> {
    this.appendNow(revocations);
  }

  /** For the stores of this folder, whose changes and entries are one step. */
  appendNow(revocations: readonly Revocation[]): void {
    for (const { kind, id, at, expiresAt } of revocations) {
      this.#position += 1;
      this.#entries.push({ position: this.#position, kind, id, at, expiresAt });
    }
    if (this.#entries.length > this.#compactAt) this.#compact();
  }

  override async readAfter(position: number, limit: number): Promise<readonly LoggedRevocation[]> {
    // From the end: readers ask for what is new.
    const start = this.#entries.findLastIndex((entry) => entry.position <= position) + 1;
    return this.#entries.slice(start, start + limit);
  }

  override async prune(now: number): Promise<void> {
    this.#entries = this.#entries.filter(({ expiresAt }) => expiresAt > now);
  }

  /** Each time that it has doubled, so that an entry costs the same however many there are. */
  #compact(): void {
    const latest = new Map<string, LoggedRevocation>();
    for (const entry of this.#entries) {
      const name = `${entry.kind} ${entry.id}`;
      const before = latest.get(name) ?? entry;
      latest.delete(name);
      latest.set(name, {
        ...entry,
        at: Math.max(entry.at, before.at),
        expiresAt: Math.max(entry.expiresAt, before.expiresAt),
      });
    }
    this.#entries = [...latest.values()];
    this.#compactAt = Math.max(FEW, 2 * this.#entries.length);
  }
}

/** One process has nobody to tell. */
export class NoNotifications extends RevocationNotifications {
  override async publish(): Promise<void> {}

  override async subscribe(): Promise<() => Promise<void>> {
    return async () => {};
  }
}
