import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser, RequirePermissions, type UserIdentity } from 'nestjs-gatehouse';
import { z } from 'zod';

import { OrgId } from '../org-id.decorator.js';
import { PageQuery } from '../page.js';
import { SchemaPipe } from '../schema.pipe.js';
import { SessionsService, type Session } from './sessions.service.js';

const SessionBody = z.strictObject({ title: z.string().min(1).max(200) });
type SessionBody = z.infer<typeof SessionBody>;

/** Conversations of an organisation. */
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post()
  @RequirePermissions('session:create')
  create(
    @Body(new SchemaPipe(SessionBody)) body: SessionBody,
    @OrgId() orgId: string,
    @CurrentUser() user: UserIdentity,
  ): Session {
    return this.sessions.records.create(orgId, user.userId, body);
  }

  @Get()
  @RequirePermissions('session:list')
  list(@Query(new SchemaPipe(PageQuery)) page: PageQuery, @OrgId() orgId: string): Session[] {
    return this.sessions.records.list(orgId, page);
  }

  @Get(':id')
  @RequirePermissions('session:read')
  read(@Param('id') id: string, @OrgId() orgId: string): Session {
    return this.sessions.records.get(orgId, id);
  }

  @Patch(':id')
  @RequirePermissions('session:update')
  update(
    @Param('id') id: string,
    @Body(new SchemaPipe(SessionBody)) body: SessionBody,
    @OrgId() orgId: string,
  ): Session {
    return this.sessions.records.update(orgId, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermissions('session:delete')
  delete(@Param('id') id: string, @OrgId() orgId: string): void {
    this.sessions.records.delete(orgId, id);
  }
}
