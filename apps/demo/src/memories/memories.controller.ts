import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser, RequirePermissions, type UserIdentity } from 'nestjs-gatehouse';
import { z } from 'zod';

import { OrgId } from '../org-id.decorator.js';
import { PageQuery } from '../page.js';
import { SchemaPipe } from '../schema.pipe.js';
import { MemoriesService, type Memory } from './memories.service.js';

const MemoryBody = z.strictObject({ text: z.string().min(1).max(10_000) });
type MemoryBody = z.infer<typeof MemoryBody>;
const SearchQuery = PageQuery.extend({ q: z.string().min(1).max(200) });
type SearchQuery = z.infer<typeof SearchQuery>;

/** What an organisation remembers. */
@Controller('memories')
export class MemoriesController {
  constructor(private readonly memories: MemoriesService) {}

  @Post()
  @RequirePermissions('memory:create')
  create(
    @Body(new SchemaPipe(MemoryBody)) body: MemoryBody,
    @OrgId() orgId: string,
    @CurrentUser() user: UserIdentity,
  ): Memory {
    return this.memories.records.create(orgId, user.userId, body);
  }

  @Get()
  @RequirePermissions('memory:list')
  list(@Query(new SchemaPipe(PageQuery)) page: PageQuery, @OrgId() orgId: string): Memory[] {
    return this.memories.records.list(orgId, page);
  }

  @Get('search')
  @RequirePermissions('memory:search')
  search(@Query(new SchemaPipe(SearchQuery)) query: SearchQuery, @OrgId() orgId: string): Memory[] {
    return this.memories.search(orgId, query.q, query);
  }

  @Get(':id')
  @RequirePermissions('memory:read')
  read(@Param('id') id: string, @OrgId() orgId: string): Memory {
    return this.memories.records.get(orgId, id);
  }

  @Patch(':id')
  @RequirePermissions('memory:update')
  update(
    @Param('id') id: string,
    @Body(new SchemaPipe(MemoryBody)) body: MemoryBody,
    @OrgId() orgId: string,
  ): Memory {
    return this.memories.records.update(orgId, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermissions('memory:delete')
  delete(@Param('id') id: string, @OrgId() orgId: string): void {
    this.memories.records.delete(orgId, id);
  }
}
