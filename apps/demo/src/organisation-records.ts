import { randomUUID } from 'node:crypto';

import { NotFoundException } from '@nestjs/common';

import type { PageQuery } from './page.js';

/** What every record has. */
export interface OrganisationRecord {
  readonly id: string;
  readonly orgId: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** Records of one kind, kept apart by organisation: an id of another organisation is an id that does not exist. */
export class OrganisationRecords<T extends object> {
  readonly #organisations = new Map<string, Map<string, T & OrganisationRecord>>();

  create(orgId: string, createdBy: string, data: T): T & OrganisationRecord {
    const record = { ...data, id: randomUUID(), orgId, createdBy, createdAt: new Date().toISOString() };
    this.#of(orgId).set(record.id, record);
    return record;
  }

  /** One page, oldest first, of those that `matches` lets through. */
  list(
    orgId: string,
    page: PageQuery,
    matches: (data: T) => boolean = () => true,
  ): (T & OrganisationRecord)[] {
    const found = [...this.#of(orgId).values()].filter(matches);
    return found.slice(page.offset, page.offset + page.limit);
  }

  /** @throws NotFoundException */
  get(orgId: string, id: string): T & OrganisationRecord {
    const record = this.#of(orgId).get(id);
    if (record === undefined) throw new NotFoundException();
    return record;
  }

  /** @throws NotFoundException */
  update(orgId: string, id: string, changes: Partial<T>): T & OrganisationRecord {
    const record = { ...this.get(orgId, id), ...changes };
    this.#of(orgId).set(id, record);
    return record;
  }

  /** @throws NotFoundException */
  delete(orgId: string, id: string): void {
    if (!this.#of(orgId).delete(id)) throw new NotFoundException();
  }

  /** How many there are: of one organisation, or of all together. */
  count(orgId: string | undefined): number {
    if (orgId !== undefined) return this.#of(orgId).size;
    return [...this.#organisations.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #of(orgId: string): Map<string, T & OrganisationRecord> {
    let records = this.#organisations.get(orgId);
    if (records === undefined) this.#organisations.set(orgId, (records = new Map()));
    return records;
  }
}
