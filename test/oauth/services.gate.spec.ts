import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import {
  ApiKeyService,
  AuthGuard,
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  Public,
  RequireService,
  RouteAudit,
  SocketAuthenticator,
  TokenService,
  type UpgradeRequest,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { bootNotes, GRAPHQL_SETUPS, query } from '../transports/graphql.support.js';
import { ask, bootService, closeClients, closeServices, codeOf, TCP } from '../transports/rpc.support.js';
import { closeSockets, SOCKET_SETUPS } from '../transports/sockets.support.js';

@Controller('jobs')
@RequireService()
class JobsController {
  @Get()
  run(@CurrentUser('userId') userId: string): string {
    return userId;
  }

  @Get('own')
  @UseGuards(AuthGuard)
  own(): string {
    return 'own';
  }
}

@Resolver()
class JobsResolver {
  @Query(() => String)
  @RequireService()
  job(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

@WebSocketGateway()
class JobsGateway implements OnGatewayConnection {
  constructor(private readonly sockets: SocketAuthenticator) {}

  async handleConnection(client: object, request?: UpgradeRequest): Promise<void> {
    await this.sockets.authenticate(client, request).catch(() => undefined);
  }

  @SubscribeMessage('job')
  @RequireService()
  job(@CurrentUser('userId') userId: string): object {
    return { event: 'job', data: userId };
  }
}

@Controller()
class JobsMessages {
  @MessagePattern('services.job')
  @RequireService()
  job(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

const tokensOf = ({ app }: Pick<Booted, 'app'> | Awaited<ReturnType<typeof bootService>>) => {
  const tokens = app.get(TokenService);
  return {
    service: tokens.createServiceToken({ clientId: 'worker' }),
    person: tokens.createAccessToken({ userId: 'ada', permissions: ['*'] }),
  };
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe.each(PLATFORMS)('@RequireService() on %s', (platform) => {
  afterEach(closeAll);

  it('lets services pass, and neither people nor API keys', async () => {
    const booted = await boot(platform, { controllers: [JobsController] });
    const { service, person } = tokensOf(booted);
    const { key } = await booted.app
      .get(ApiKeyService)
      .create({ name: 'x', userId: 'worker', permissions: ['*'] });
    for (const path of ['/jobs', '/jobs/own']) {
      expect((await call(booted.url + path, { token: service })).status).toBe(200);
      for (const credential of [{ token: person }, { apiKey: key }]) {
        const answer = await call(booted.url + path, credential);
        expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
      }
      expect((await call(booted.url + path)).status).toBe(401);
    }
  });

  it('is in the audit and in the log of the boot', async () => {
    const logger = new RecordingLogger();
    const { app } = await boot(platform, { controllers: [JobsController], nest: { logger } });
    const audited = app
      .get(RouteAudit)
      .routes()
      .filter(({ handler }) => handler.startsWith('JobsController'));
    expect(audited).toHaveLength(2);
    for (const { access, rule } of audited) expect([access, rule.isForServices]).toEqual(['required', true]);
    expect(JSON.stringify(logger)).toContain(
      'Handlers for services alone: JobsController.run, JobsController.own',
    );
  });

  it.each([
    ['@Public()', Public()],
    ['@OptionalAuth()', OptionalAuth()],
    ["@AuthSchemes('api-key')", AuthSchemes('api-key')],
  ])('together with %s stops the boot', async (name, decorator) => {
    class ContradictoryController {
      job(): void {}
    }
    Controller('x')(ContradictoryController);
    const job = Object.getOwnPropertyDescriptor(ContradictoryController.prototype, 'job')!;
    for (const one of [Get(), RequireService(), decorator])
      one(ContradictoryController.prototype, 'job', job);
    await expect(boot(platform, { controllers: [ContradictoryController] })).rejects.toThrow(
      `ContradictoryController.job: ${name} together with @RequireService()`,
    );
  });
});

describe.each(GRAPHQL_SETUPS)('@RequireService() in GraphQL with $name', (setup) => {
  afterEach(closeAll);

  it('lets services pass, and nobody else', async () => {
    const booted = await bootNotes(setup, { providers: [JobsResolver] });
    const { service, person } = tokensOf(booted);
    expect((await query(booted, '{ job }', bearer(service))).data).toEqual({ job: 'worker' });
    const { errors } = await query(booted, '{ job }', bearer(person));
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['permission_denied']);
  });
});

describe.each(SOCKET_SETUPS)('@RequireService() in a gateway with $name', ({ platform, configure, open }) => {
  afterEach(closeSockets);
  afterAll(closeAll);

  it('lets services pass, and nobody else', async () => {
    const booted = await boot(platform, { providers: [JobsGateway], configure });
    const { service, person } = tokensOf(booted);
    const outcome = async (token: string): Promise<unknown> => {
      const socket = open(booted.url, { headers: bearer(token) });
      socket.send('job', '');
      const { event, data } = await socket.next();
      return event === 'exception' ? (data as { code: string }).code : data;
    };
    expect(await outcome(service)).toBe('worker');
    expect(await outcome(person)).toBe('permission_denied');
  });
});

describe('@RequireService() of message handlers', () => {
  let booted: Awaited<ReturnType<typeof bootService>>;
  beforeAll(async () => {
    booted = await bootService(TCP, { controllers: [JobsMessages] });
  });
  afterEach(closeClients);
  afterAll(closeServices);

  it('lets services pass, and nobody else', async () => {
    const { service, person } = tokensOf(booted);
    expect(await ask(TCP.client(booted.app, bearer(service)), 'services.job')).toBe('worker');
    expect(await codeOf(TCP.client(booted.app, bearer(person)), 'services.job')).toBe('permission_denied');
  });
});
