import { Controller, Get, Header, Query } from '@nestjs/common';

import { AuthSchemes, RequirePermissions } from '../guard/access.decorators.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { AuditLog } from './audit-log.js';
import { AuditPageQuery, type AuditPage } from './audit.requests.js';

/** What has happened, for those who look after it. */
@Controller()
@AuthSchemes('jwt')
@RequirePermissions('audit:read')
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  /** The latest first. A caller with an organisation sees what its members have done, and nothing else. */
  @Get('audit')
  @Header('Cache-Control', 'no-store')
  async list(
    @Query(new InputPipe(AuditPageQuery)) query: AuditPageQuery,
    @CurrentUser('orgId') orgId: string | undefined,
  ): Promise<AuditPage> {
    const entries = await this.log.list({ ...query, orgId });
    return { entries, next: entries.length === query.limit ? entries.at(-1)!.entryId : undefined };
  }
}
