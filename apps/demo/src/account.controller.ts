import { Controller, Get } from '@nestjs/common';
import { CurrentUser, OptionalAuth, RequireAnyPermission, type UserIdentity } from 'nestjs-gatehouse';

import { MemoriesService } from './memories/memories.service.js';
import { SessionsService } from './sessions/sessions.service.js';

/** The caller, and what administrators look at. */
@Controller()
export class AccountController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly memories: MemoriesService,
  ) {}

  /** No decorator: any credential will do, but there has to be one. */
  @Get('me')
  me(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }

  @Get('greeting')
  @OptionalAuth()
  greeting(@CurrentUser() user: UserIdentity | undefined): { greeting: string } {
    return { greeting: `Hello, ${user?.name ?? user?.userId ?? 'stranger'}` };
  }

  /** Counts of the administrator's organisation; one who belongs to none looks after all of them. */
  @Get('admin/stats')
  @RequireAnyPermission('admin:read', 'admin:write')
  stats(@CurrentUser('orgId') orgId: string | undefined): { sessions: number; memories: number } {
    return { sessions: this.sessions.records.count(orgId), memories: this.memories.records.count(orgId) };
  }
}
