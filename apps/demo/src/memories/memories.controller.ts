import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser, RequirePermissions, type UserIdentity } from 'nestjs-gatehouse';
import { z } from 'zod';

import { BodyPipe } from '../body.pipe.js';
import { OrgId } from '../org-id.decorator.js';
import { MemoriesService, type Memory } from './memories.service.js';

const MemoryBody = z.strictObject({ text: z.string().min(1).max(10_000) });
type MemoryBody = z.infer<typeof MemoryBody>;
const Words = z.string().min(1).max(200);

/** What an organisation remembers. */
@Controller('memories')
export class MemoriesController {
  constructor(private readonly memories: MemoriesService) {}

  @Post()
  @RequirePermissions('memory:create')
  create(
    @Body(new BodyPipe(MemoryBody)) body: MemoryBody,
    @OrgId() orgId: string,
    @CurrentUser() user: UserIdentity,
  ): Memory {
    return this.memories.records.create(orgId, user.userId, body);
  }

  @Get()
  @RequirePermissions('memory:list')
  list(@OrgId() orgId: string): Memory[] {
    return this.memories.records.list(orgId);
  }

  @Get('search')
  @RequirePermissions('memory:search')
  search(@Query('q', new BodyPipe(Words)) words: string, @OrgId() orgId: string): Memory[] {
    return this.memories.search(orgId, words);
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
    @Body(new BodyPipe(MemoryBody)) body: MemoryBody,
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
