import type { AuditEntry } from './audit.store.js';

/** Entries that wait to be written: so many at most. When there are more, the oldest refusals go, then the oldest. */
export class AuditQueue {
  readonly #facts = new Map<string, AuditEntry>();
  readonly #refusals = new Map<string, AuditEntry>();
  #dropped = 0;
  #last: string | undefined;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#facts.size + this.#refusals.size;
  }

  /** How many have been lost since {@link forgetDropped}. */
  get dropped(): number {
    return this.#dropped;
  }

  forgetDropped(): void {
    this.#dropped = 0;
  }

  addFact(entry: AuditEntry): void {
    this.#facts.set(entry.entryId, entry);
    this.#makeRoom();
  }

  addRefusals(entries: readonly AuditEntry[]): void {
    for (const entry of entries) {
      this.#refusals.set(entry.entryId, entry);
      this.#makeRoom();
    }
  }

  /** @returns the next to be written, the one that was {@link setBack} last; they stay until they are {@link written}. */
  next(count: number): readonly AuditEntry[] {
    const waiting = [...this.#facts.values(), ...this.#refusals.values()];
    const start = waiting.findIndex(({ entryId }) => entryId === this.#last) + 1;
    return [...waiting.slice(start), ...waiting.slice(0, start)].slice(0, count);
  }

  /** Lets the others go first; when room has to be made, it stands where it stood. */
  setBack({ entryId }: AuditEntry): void {
    this.#last = entryId;
  }

  written(entries: readonly AuditEntry[]): void {
    for (const { entryId } of entries) {
      // Not there any more: room was made of it while it was being written, and it is not lost after all.
      if (!this.#facts.delete(entryId) && !this.#refusals.delete(entryId)) this.#dropped -= 1;
    }
  }

  #makeRoom(): void {
    if (this.size <= this.limit) return;
    const from = this.#refusals.size > 0 ? this.#refusals : this.#facts;
    for (const entryId of from.keys()) {
      from.delete(entryId);
      break;
    }
    this.#dropped += 1;
  }
}
