import { Injectable } from '@nestjs/common';

import { OrganisationRecords, type OrganisationRecord } from '../organisation-records.js';

export type Session = { title: string } & OrganisationRecord;

@Injectable()
export class SessionsService {
  readonly records = new OrganisationRecords<{ title: string }>();
}
