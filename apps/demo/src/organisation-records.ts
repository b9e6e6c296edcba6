import { randomUUID } from 'node:crypto';

import { NotFoundException } from '@nestjs/common';

/** What every record has. */
export interface OrganisationRecord {
  readonly id: string;
  readonly orgId: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** Records of one kind, kept apart by organisation: an id of another organisation is an id that does not exist. */
export class OrganisationRecords<T extends object> {
  readonly #records = new Map<string, T & OrganisationRecord>();

  create(orgId: string, createdBy: string, data: T): T & OrganisationRecord {
    const record = { ...data, id: randomUUID(), orgId, createdBy, createdAt: new Date().toISOString() };
    this.#records.set(record.id, record);
    return record;
  }

  list(orgId: string): (T & OrganisationRecord)[] {
    return [...this.#records.values()].filter((record) => record.orgId === orgId);
  }

  /** @throws NotFoundException */
  get(orgId: string, id: string): T & OrganisationRecord {
    const record = this.#records.get(id);
    if (record?.orgId !== orgId) throw new NotFoundException();
    return record;
  }

  /** @throws NotFoundException */
  update(orgId: string, id: string, changes: Partial<T>): T & OrganisationRecord {
    const record = { ...this.get(orgId, id), ...changes };
    this.#records.set(id, record);
    return record;
  }

  /** @throws NotFoundException */
  delete(orgId: string, id: string): void {
    this.get(orgId, id);
    this.#records.delete(id);
  }

  get size(): number {
    return this.#records.size;
  }
}
