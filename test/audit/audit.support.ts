import { MemoryAuditStore, memoryStores, type AuthStores } from 'nestjs-gatehouse';

type Entries = Parameters<MemoryAuditStore['append']>[0];

/** A store that may be away. */
export class FaultyAuditStore extends MemoryAuditStore {
  isAway = false;

  override append(entries: Entries): Promise<void> {
    return this.#orElseAway(() => super.append(entries));
  }

  override list(query: Parameters<MemoryAuditStore['list']>[0]): Promise<Entries> {
    return this.#orElseAway(() => super.list(query));
  }

  /** Everything in it, whether it is away or not. */
  kept(): Promise<Entries> {
    return super.list({ limit: 10_000 });
  }

  #orElseAway<T>(answer: () => Promise<T>): Promise<T> {
    return this.isAway ? Promise.reject(new Error('away')) : answer();
  }
}

/** Everything in memory, and the events there. */
export function storesWith(audit: FaultyAuditStore): AuthStores {
  return { ...memoryStores(), audit };
}
