import { Injectable } from '@nestjs/common';

import { OrganisationRecords, type OrganisationRecord } from '../organisation-records.js';
import type { PageQuery } from '../page.js';

export type Memory = { text: string } & OrganisationRecord;

@Injectable()
export class MemoriesService {
  readonly records = new OrganisationRecords<{ text: string }>();

  /** Memories of the organisation whose text holds the words, in any case. */
  search(orgId: string, words: string, page: PageQuery): Memory[] {
    const wanted = words.toLowerCase();
    return this.records.list(orgId, page, ({ text }) => text.toLowerCase().includes(wanted));
  }
}
