import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards, type INestMicroservice, type Type } from '@nestjs/common';
import { MessagePattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { AuthGuard, CurrentUser, Public, RequirePermissions, TokenService } from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { bearer } from './credentials.js';
import { ask, closeClients, codeOf, TCP, type RpcClient } from './rpc.support.js';

/** The same handlers by HTTP and by message. */
@Controller('stock')
class StockController {
  constructor(private readonly tokens: TokenService) {}

  @Get('who')
  @MessagePattern('who')
  who(@CurrentUser('userId') userId: string): string {
    return `by ${userId}`;
  }

  @Get('count')
  @MessagePattern('count')
  @RequirePermissions('memory:read')
  count(): string {
    return 'counted';
  }

  @Get('open')
  @MessagePattern('open')
  @Public()
  open(): string {
    return 'open';
  }

  @MessagePattern('whose')
  @Public()
  async whose(@Payload() token: string): Promise<string> {
    return (await this.tokens.verifyAccessToken(token)).userId;
  }
}

@Controller('stock')
@UseGuards(AuthGuard)
class GuardedStockController extends StockController {}

const WARNING = `Message handlers beside HTTP are guarded only if connectMicroservice() is called with \
{ inheritAppConfig: true } or they have @UseGuards(AuthGuard)`;

describe.each(PLATFORMS)('A hybrid application on %s', (platform) => {
  const logger = new RecordingLogger();
  let booted: Booted;
  let service: INestMicroservice;
  afterEach(closeClients);

  async function bootHybrid(controller: Type, inheritAppConfig: boolean): Promise<void> {
    logger.lines.length = 0;
    booted = await boot(platform, {
      controllers: [controller],
      nest: { logger },
      configure: (app) => {
        service = app.connectMicroservice<MicroserviceOptions>(TCP.options, { inheritAppConfig });
      },
    });
    await booted.app.startAllMicroservices();
  }

  const connect = (authorization?: string): RpcClient =>
    TCP.client(service, authorization === undefined ? undefined : { authorization });

  async function isClosedByMessage(): Promise<void> {
    expect(await codeOf(connect(), 'who')).toBe('credentials_missing');
    expect(await codeOf(connect('Bearer nonsense'), 'who')).toBe('credentials_invalid');
    expect(await codeOf(connect(bearer(booted)), 'count')).toBe('permission_denied');
    expect(await ask(connect(bearer(booted, 'memory:read')), 'count')).toBe('counted');
    expect(await ask(connect(bearer(booted)), 'who')).toBe('by ada');
    expect(await ask(connect(), 'open')).toBe('open');
  }

  describe('that inherits its configuration', () => {
    beforeAll(() => bootHybrid(StockController, true));
    afterAll(closeAll);

    it('guards its message handlers', isClosedByMessage);

    it('guards its routes', async () => {
      const token = bearer(booted).slice('Bearer '.length);
      expect(await call(`${booted.url}/stock/who`)).toMatchObject({ status: 401 });
      expect(await call(`${booted.url}/stock/who`, { token })).toMatchObject({ status: 200, body: 'by ada' });
      expect(await call(`${booted.url}/stock/count`, { token })).toMatchObject({ status: 403 });
      expect(await call(`${booted.url}/stock/open`)).toMatchObject({ status: 200, body: 'open' });
    });

    it('answers for an AuthError that a message handler let through', async () => {
      expect(await codeOf(connect(), 'whose', 'nonsense')).toBe('credentials_invalid');
    });

    it('says at boot what its message handlers depend on', () => {
      expect(logger.messages('RouteAudit')).toContain(
        `${WARNING}: StockController.who, StockController.count`,
      );
    });
  });

  describe('that inherits nothing', () => {
    afterAll(closeAll);

    it('guards the message handlers that have the guard, and has nothing to say', async () => {
      await bootHybrid(GuardedStockController, false);
      await isClosedByMessage();
      expect(logger.messages('RouteAudit').join()).not.toContain(WARNING);
    });
  });
});
