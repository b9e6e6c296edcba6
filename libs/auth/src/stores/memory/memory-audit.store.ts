import { AuditStore, type AuditEntry, type AuditQuery } from '../../audit/audit.store.js';
import { frozenCopy } from '../../identity/frozen-copy.js';

/** The latest entries, up to 10,000, in the memory of one process. */
export class MemoryAuditStore extends AuditStore {
  /** In the order of their ids. */
  #entries: AuditEntry[] = [];

  /** @param capacity how many entries at most; a new one drives the earliest out. */
  constructor(private readonly capacity = 10_000) {
    super();
  }

  override async append(entries: readonly AuditEntry[]): Promise<void> {
    for (const entry of entries) this.#insert(frozenCopy(entry));
    this.#entries.splice(0, this.#entries.length - this.capacity);
  }

  override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    const found: AuditEntry[] = [];
    for (let i = this.#entries.length - 1; i >= 0 && found.length < query.limit; i -= 1) {
      if (isAskedFor(this.#entries[i]!, query)) found.push(this.#entries[i]!);
    }
    return found;
  }

  override async prune(before: Date): Promise<void> {
    this.#entries = this.#entries.filter(({ time }) => time >= before);
  }

  /** Entries come nearly in order. */
  #insert(entry: AuditEntry): void {
    const place = this.#entries.findLastIndex(({ entryId }) => entryId <= entry.entryId);
    if (this.#entries[place]?.entryId !== entry.entryId) this.#entries.splice(place + 1, 0, entry);
  }
}

function isAskedFor(entry: AuditEntry, query: AuditQuery): boolean {
  const { type, actorId, target, orgId, from, to, before } = query;
  return (
    (before === undefined || entry.entryId < before) &&
    (type === undefined || entry.type === type) &&
    (actorId === undefined || entry.actor?.userId === actorId) &&
    (target === undefined || entry.target === target) &&
    (orgId === undefined || entry.actor?.orgId === orgId) &&
    (from === undefined || entry.time >= from) &&
    (to === undefined || entry.time < to)
  );
}
