import { describe, expect, it } from '@jest/globals';

import { failuresOf } from '../../../../test/support/contract-failures.js';
import type { AuditEntry, AuditQuery } from '../audit/audit.store.js';
import { MemoryAuditStore } from '../stores/memory/memory-audit.store.js';
import { auditStoreContract } from './audit-store.contract.js';

type AuditStoreClass = new () => MemoryAuditStore;

const FILTERS = 'lists by type, actor, target, organisation and time, and by all of them';
const IN_PAGES = 'lists the latest first, whatever the order they came in, in pages';

/** Lists as if it were asked something else. */
function listing(asked: (query: AuditQuery) => AuditQuery): AuditStoreClass {
  return class extends MemoryAuditStore {
    override list(query: AuditQuery): Promise<readonly AuditEntry[]> {
      return super.list(asked(query));
    }
  };
}

/** Stores with one fault each, and the test that has to find it. */
const FAULTS: [string, string, AuditStoreClass][] = [
  ...(['type', 'actorId', 'orgId', 'target', 'from', 'to', 'before'] as const).map(
    (field): (typeof FAULTS)[number] => [
      `lists without a look at ${field}`,
      FILTERS,
      listing(({ [field]: _, ...query }) => query),
    ],
  ),
  ['lists without a look at limit', IN_PAGES, listing((query) => ({ ...query, limit: 1_000 }))],
  [
    'lists what is until a moment, and not before it',
    FILTERS,
    listing(({ to, ...query }) => ({ ...query, ...(to && { to: new Date(to.getTime() + 1) }) })),
  ],
  [
    'lists the earliest first',
    IN_PAGES,
    class extends MemoryAuditStore {
      override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
        return (await super.list(query)).toReversed();
      }
    },
  ],
  [
    'begins no page where there is no entry (any more)',
    IN_PAGES,
    class extends MemoryAuditStore {
      override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
        const all = await super.list({ limit: 1_000 });
        const isThere = all.some(({ entryId }) => entryId === query.before);
        return query.before === undefined || isThere ? super.list(query) : [];
      }
    },
  ],
  [
    'writes over an entry that is there',
    'takes an entry once, and leaves it as it was',
    class extends MemoryAuditStore {
      readonly #latest = new Map<string, AuditEntry>();
      override async append(entries: readonly AuditEntry[]): Promise<void> {
        for (const entry of entries) this.#latest.set(entry.entryId, entry);
        await super.append(entries);
      }
      override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
        return (await super.list(query)).map(({ entryId }) => this.#latest.get(entryId)!);
      }
    },
  ],
  [
    'removes what is of the moment itself',
    'removes what is from before a moment, and nothing else',
    class extends MemoryAuditStore {
      override prune(before: Date): Promise<void> {
        return super.prune(new Date(before.getTime() + 1));
      }
    },
  ],
];

function failures(Store: AuditStoreClass): Promise<string[]> {
  return failuresOf((runner) => auditStoreContract(runner, () => ({ audit: new Store() })));
}

describe('auditStoreContract', () => {
  it('is passed by a store without fault', async () => {
    expect(await failures(MemoryAuditStore)).toEqual([]);
  });

  it.each(FAULTS)('finds a store that %s', async (_fault, test, Store) => {
    expect(await failures(Store)).toContain(test);
  });
});
