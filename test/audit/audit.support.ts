import { Module } from '@nestjs/common';

import { AuditController } from '../../libs/auth/src/audit/audit.controller.js';
import { AuditLog } from '../../libs/auth/src/audit/audit-log.js';
import { AuditStore, type AuditEntry, type AuditQuery } from '../../libs/auth/src/audit/audit.store.js';
import { mountedController } from '../../libs/auth/src/guard/mounted-controller.js';
import type { BootOptions } from '../support/platforms.js';

/** Entries in memory, in plain sight. */
export class TestAuditStore extends AuditStore {
  readonly kept = new Map<string, AuditEntry>();
  isAway = false;

  override async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.#answer();
    for (const entry of entries) if (!this.kept.has(entry.entryId)) this.kept.set(entry.entryId, entry);
  }

  override async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    await this.#answer();
    const { type, actorId, target, orgId, from, to, limit, before } = query;
    return [...this.kept.values()]
      .filter(
        (entry) =>
          (type === undefined || entry.type === type) &&
          (actorId === undefined || entry.actor?.userId === actorId) &&
          (target === undefined || entry.target === target) &&
          (orgId === undefined || entry.actor?.orgId === orgId) &&
          (from === undefined || entry.time >= from) &&
          (to === undefined || entry.time < to) &&
          (before === undefined || entry.entryId < before),
      )
      .sort((one, other) => (one.entryId < other.entryId ? 1 : -1))
      .slice(0, limit);
  }

  override async prune(before: Date): Promise<void> {
    await this.#answer();
    for (const [id, { time }] of this.kept) if (time < before) this.kept.delete(id);
  }

  #answer(): Promise<void> {
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve();
  }
}

/** An application that keeps its events there. */
export function auditedBy(store: TestAuditStore): BootOptions {
  @Module({
    controllers: [mountedController(AuditController, 'auth', true)],
    providers: [AuditLog, { provide: AuditStore, useValue: store }],
  })
  class AuditModule {}
  return { auth: { audit: true }, imports: [AuditModule] };
}
