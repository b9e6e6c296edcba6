import type { LoggedRevocation, Revocation } from '../../revocation/revocation.js';
import { RevocationNotifications, RevocationStore } from '../../revocation/revocation.store.js';

/** The log in the memory of one process: gone with the process. */
export class MemoryRevocationStore extends RevocationStore {
  #entries: LoggedRevocation[] = [];
  #position = 0;

  override async append(revocations: readonly Revocation[]): Promise<void> {
    this.appendNow(revocations);
  }

  /** For the stores of this folder, whose changes and entries are one step. */
  appendNow(revocations: readonly Revocation[]): void {
    for (const { kind, id, at, expiresAt } of revocations) {
      this.#position += 1;
      this.#entries.push({ position: this.#position, kind, id, at, expiresAt });
    }
  }

  override async readAfter(position: number, limit: number): Promise<readonly LoggedRevocation[]> {
    const latest = this.#entries.at(-1)?.position ?? 0;
    if (latest <= position) return [];
    const start = this.#entries.findIndex((entry) => entry.position > position);
    return this.#entries.slice(start, start + limit);
  }

  override async prune(now: number): Promise<void> {
    this.#entries = this.#entries.filter(({ expiresAt }) => expiresAt > now);
  }
}

/** One process has nobody to tell. */
export class NoNotifications extends RevocationNotifications {
  override async publish(): Promise<void> {}

  override async subscribe(): Promise<() => Promise<void>> {
    return async () => {};
  }
}
