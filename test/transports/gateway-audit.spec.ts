import { afterEach, describe, expect, it } from '@jest/globals';
import { UseGuards, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthGuard, OptionalAuth, Public, RequirePermissions, RouteAuditError } from 'nestjs-gatehouse';

import { GuardPlacement } from '../../libs/auth/src/guard/guard-placement.js';
import { boot, closeAll, type BootOptions } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { tableOf } from './audit.support.js';
import { MembersGateway, RoomGateway } from './room.gateway.js';
import { SOCKET_SETUPS } from './sockets.support.js';

@WebSocketGateway()
class ClosedGateway {
  @SubscribeMessage('undecorated')
  undecorated(): void {}

  @SubscribeMessage('permission')
  @RequirePermissions('memory:read')
  permission(): void {}

  @SubscribeMessage('optional')
  @OptionalAuth()
  optional(): void {}

  @SubscribeMessage('public')
  @Public()
  open(): void {}

  @SubscribeMessage('guarded')
  @UseGuards(AuthGuard)
  guarded(): void {}
}

@WebSocketGateway()
@UseGuards(AuthGuard)
class GuardedGateway {
  @SubscribeMessage('a')
  a(): void {}
}

@WebSocketGateway()
@Public()
class OpenGateway {
  @SubscribeMessage('b')
  b(): void {}
}

@WebSocketGateway()
class BareGateway {
  @SubscribeMessage('c')
  c(): void {}
}

afterEach(closeAll);

describe.each(SOCKET_SETUPS)('The route audit of gateways with $name', ({ platform, configure }) => {
  const bootGateways = (providers: Type[], options: Partial<BootOptions> = {}) =>
    boot(platform, { providers, configure, ...options, auth: { endpoints: false, ...options.auth } });

  /** The guard as it would be placed by another Nest. */
  const onNest = (major: number): Partial<BootOptions> => ({
    override: (builder) =>
      builder.overrideProvider(GuardPlacement).useFactory({
        inject: [ApplicationConfig, ModulesContainer],
        factory: (config: ApplicationConfig, modules: ModulesContainer) =>
          new GuardPlacement(true, config, modules, () => major),
      }),
  });

  it('has a row for every message', async () => {
    expect(tableOf(await bootGateways([RoomGateway]))).toEqual([
      'required ws MESSAGE whoami RoomGateway.whoAmI',
      'required ws MESSAGE write RoomGateway.write',
      'required ws MESSAGE stats RoomGateway.stats',
      'public ws MESSAGE ping RoomGateway.ping',
      'optional ws MESSAGE greet RoomGateway.greet',
      'required ws MESSAGE machine RoomGateway.forMachines',
    ]);
  });

  it('names the gateways whose handleConnection nothing guards', async () => {
    const logger = new RecordingLogger();
    await bootGateways([RoomGateway, ClosedGateway, MembersGateway], { nest: { logger } });
    expect(logger.messages('RouteAudit')).toEqual([
      '12 handlers: 8 need a credential, 2 take one, 2 are public: MESSAGE ping, MESSAGE public',
      'Nest guards no handleConnection. Authenticate there with SocketAuthenticator: RoomGateway, MembersGateway',
    ]);
  });

  it('stops the boot on Nest 11 over every message that only a global guard would guard', async () => {
    const remedy =
      'on Nest 11 global guards do not reach gateways: add @UseGuards(AuthGuard), or @Public() if anyone may send it';
    const booting = bootGateways([ClosedGateway, GuardedGateway, OpenGateway], onNest(11));
    const error = await booting.catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(RouteAuditError);
    expect((error as RouteAuditError).problems).toEqual(
      ['undecorated', 'permission', 'optional'].map((name) => `ClosedGateway.${name}: ${remedy}`),
    );
  });

  it('boots on Nest 11 when every gateway has the guard or is public, and on Nest 12 in any case', async () => {
    await bootGateways([GuardedGateway, OpenGateway], onNest(11));
    await bootGateways([ClosedGateway, GuardedGateway, OpenGateway], onNest(12));
  });

  it('stops the boot over decorators without a guard when the guard is manual', async () => {
    const booting = bootGateways([ClosedGateway, GuardedGateway], { auth: { globalGuard: false } });
    const error = await booting.catch((problem: unknown) => problem);
    expect((error as RouteAuditError).problems).toEqual([
      expect.stringMatching(/^ClosedGateway\.permission: it has access decorators, but no guard/),
      expect.stringMatching(/^ClosedGateway\.optional: it has access decorators, but no guard/),
    ]);
  });

  it('calls public what no guard stands in front of when the guard is manual', async () => {
    const booted = await bootGateways([GuardedGateway, OpenGateway, BareGateway], {
      auth: { globalGuard: false },
    });
    expect(tableOf(booted)).toEqual([
      'required ws MESSAGE a GuardedGateway.a',
      'public ws MESSAGE b OpenGateway.b',
      'public ws MESSAGE c BareGateway.c',
    ]);
  });
});
