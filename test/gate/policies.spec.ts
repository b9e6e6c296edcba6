import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Scope,
  type ExecutionContext,
  type Provider,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  AccessPolicy,
  ApiKeyService,
  AuthError,
  AuthEvents,
  AuthGuard,
  CheckPolicy,
  CurrentUser,
  OptionalAuth,
  Public,
  RequirePermissions,
  RequireRoles,
  RouteAudit,
  TokenService,
  type AccessPolicyType,
  type AuthEvent,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** What the policies of a test say, and whom they were asked about. */
@Injectable()
class Verdicts {
  readonly asked: string[] = [];
  owner: () => unknown = () => true;
  hours: () => unknown = () => true;
}

/** Reads the request, as policies of single resources do. */
@Injectable()
class OwnerPolicy extends AccessPolicy {
  constructor(private readonly verdicts: Verdicts) {
    super();
  }

  override can(identity: UserIdentity, context: ExecutionContext): boolean {
    const { params } = context.switchToHttp().getRequest<{ params: { owner?: string } }>();
    this.verdicts.asked.push(`owner:${identity.userId}:${params.owner}`);
    return this.verdicts.owner() as boolean;
  }
}

@Injectable()
class HoursPolicy extends AccessPolicy {
  constructor(private readonly verdicts: Verdicts) {
    super();
  }

  override async can({ userId }: UserIdentity): Promise<boolean> {
    await Promise.resolve();
    this.verdicts.asked.push(`hours:${userId}`);
    return this.verdicts.hours() as boolean;
  }
}

@CheckPolicy(HoursPolicy)
@Controller('documents')
class DocumentsController {
  @Get('list')
  list(@CurrentUser('userId') userId: string): string {
    return `for ${userId}`;
  }

  @Get('of/:owner')
  @CheckPolicy(OwnerPolicy)
  read(@CurrentUser('userId') userId: string, @Param('owner') owner: string): string {
    return `${owner}'s for ${userId}`;
  }

  @Get('permitted/:owner')
  @RequirePermissions('session:read')
  @RequireRoles('editor')
  @CheckPolicy(OwnerPolicy)
  permitted(): string {
    return 'in';
  }
}

/** Somewhere else in the application than the controllers. */
@Module({ providers: [Verdicts, OwnerPolicy, HoursPolicy] })
class PolicyModule {}

describe.each(PLATFORMS)('policies on %s', (platform) => {
  let booted: Booted;
  let verdicts: Verdicts;
  const events: AuthEvent[] = [];
  const logger = new RecordingLogger();
  beforeAll(async () => {
    booted = await boot(platform, {
      controllers: [DocumentsController],
      imports: [PolicyModule],
      auth: { endpoints: false },
      nest: { logger },
    });
    verdicts = booted.app.get(Verdicts, { strict: false });
    booted.app.get(AuthEvents).subscribe((event) => events.push(event));
  });
  afterAll(closeAll);
  beforeEach(() => {
    verdicts.asked.length = 0;
    events.length = 0;
    verdicts.owner = verdicts.hours = () => true;
  });

  const tokenOf = (more: object = {}): string =>
    booted.app.get(TokenService).createAccessToken({ userId: 'ada', ...more });
  const read = (path = 'of/ada', token = tokenOf()) => call(`${booted.url}/documents/${path}`, { token });

  it('let a caller pass when each of them says true, those of the class first', async () => {
    expect(await read()).toMatchObject({ status: 200, body: "ada's for ada" });
    expect(verdicts.asked).toEqual(['hours:ada', 'owner:ada:ada']);
    expect(await read('list')).toMatchObject({ status: 200, body: 'for ada' });
  });

  it('are asked on every request, also by a remembered caller, and with an API key', async () => {
    const token = tokenOf();
    await read('list', token);
    verdicts.hours = () => false;
    expect((await read('list', token)).status).toBe(403);
    verdicts.hours = () => true;
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'ci', userId: 'robby' });
    expect(await call(`${booted.url}/documents/list`, { apiKey: key })).toMatchObject({ body: 'for robby' });
    expect(verdicts.asked).toEqual(['hours:ada', 'hours:ada', 'hours:robby']);
  });

  it('refuse with 403, and those behind are not asked', async () => {
    verdicts.hours = () => false;
    const answer = await read();
    expect(answer).toMatchObject({
      status: 403,
      body: { statusCode: 403, error: 'Forbidden', code: 'permission_denied' },
    });
    expect(answer.headers.get('www-authenticate')).not.toContain('scope="');
    expect(JSON.stringify(answer.body)).not.toContain('Policy');
    expect(verdicts.asked).toEqual(['hours:ada']);
    expect(events).toMatchObject([
      {
        type: 'permission.denied',
        permissions: [],
        reason: 'the policy HoursPolicy refuses',
        target: 'DocumentsController.read',
        actor: { userId: 'ada' },
      },
    ]);
  });

  it('refuse one by one', async () => {
    verdicts.owner = () => false;
    expect((await read()).status).toBe(403);
    expect((await read('list')).status).toBe(200);
  });

  it.each([undefined, null, 1, 'true', {}, [], 'yes', Symbol('true'), () => true])(
    'refuse with anything but true: %p',
    async (said) => {
      for (const policy of ['owner', 'hours'] as const) {
        verdicts.owner = verdicts.hours = () => true;
        verdicts[policy] = () => said;
        expect(await read()).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
      }
    },
  );

  it.each<[string, unknown]>([
    ['an error', new Error('secret of the database')],
    ['a refusal of Nest', new ForbiddenException()],
    ['an exception of Nest', new NotFoundException()],
    ['a refusal of the gate', new AuthError('permission_denied', 'mine')],
    ['a missing credential', new AuthError('credentials_missing', 'mine')],
    ['true', true],
    ['nothing', undefined],
  ])('that throw %s are 503, and nobody passes', async (_what, thrown) => {
    for (const policy of ['owner', 'hours'] as const) {
      verdicts.owner = verdicts.hours = () => true;
      verdicts[policy] = () => {
        throw thrown;
      };
      const answer = await read();
      expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    }
    expect(JSON.stringify(logger.messages('AuthGuard'))).not.toContain('secret');
  });

  it('are asked after permissions and roles, and of known callers alone', async () => {
    const permissions = ['session:read'];
    const roles = ['editor'];
    expect((await read('permitted/ada', tokenOf({ roles }))).status).toBe(403);
    expect((await read('permitted/ada', tokenOf({ permissions }))).status).toBe(403);
    expect(await statusOf(`${booted.url}/documents/list`)).toBe(401);
    expect((await read('list', 'wrong')).status).toBe(401);
    expect(verdicts.asked).toEqual([]);
    expect((await read('permitted/ada', tokenOf({ permissions, roles }))).status).toBe(200);
    verdicts.owner = () => false;
    expect((await read('permitted/ada', tokenOf({ permissions, roles }))).status).toBe(403);
  });

  it('are in the table and in the log of the route audit', () => {
    expect(logger.messages('RouteAudit')).toEqual([
      '3 handlers: 3 need a credential, 0 take one, 0 are public',
      'Roles that handlers ask for: editor (1)',
      'Policies that handlers ask for: HoursPolicy (3), OwnerPolicy (2)',
    ]);
    const routes = booted.app.get(RouteAudit).routes();
    expect(routes.map(({ rule }) => rule.policies)).toEqual([
      [HoursPolicy],
      [HoursPolicy, OwnerPolicy],
      [HoursPolicy, OwnerPolicy],
    ]);
  });

  it('are not waited for where there are none: a remembered caller gets a boolean', async () => {
    @Controller()
    class PlainController {
      @Get('plain')
      plain(): string {
        return 'in';
      }
    }
    const { app, url } = await boot(platform, { controllers: [PlainController] });
    const guard = app.get(AuthGuard);
    const answers: unknown[] = [];
    const canActivate = guard.canActivate.bind(guard);
    guard.canActivate = (context) => {
      const answer = canActivate(context);
      answers.push(answer);
      return answer;
    };
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    for (let i = 0; i < 2; i += 1) expect(await statusOf(`${url}/plain`, { token })).toBe(200);
    expect(answers.at(-1)).toBe(true);
  });
});

describe('policies at boot', () => {
  afterEach(closeAll);

  @Injectable()
  class PlainPolicy extends AccessPolicy {
    override can(): boolean {
      return true;
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class RequestPolicy extends PlainPolicy {}

  @Injectable({ scope: Scope.TRANSIENT })
  class TransientPolicy extends PlainPolicy {}

  @Injectable()
  class NeedyPolicy extends PlainPolicy {
    constructor(@Inject(REQUEST) readonly request: unknown) {
      super();
    }
  }

  /** A port: the application says what stands behind it. */
  abstract class PortPolicy extends AccessPolicy {}

  function controllerOf(policy: AccessPolicyType) {
    @Controller()
    class DoorController {
      @Get('door')
      @CheckPolicy(policy)
      door(): string {
        return 'in';
      }
    }
    return DoorController;
  }
  const bootWith = (policy: AccessPolicyType, ...providers: Provider[]): Promise<Booted> =>
    boot('express', { controllers: [controllerOf(policy)], providers });
  const MADE_ANEW = 'is made anew for each request, or needs what is: it finds the request in its context';

  it.each<[string, AccessPolicyType, Provider[], string]>([
    [
      'nobody provides',
      PlainPolicy,
      [],
      'no module provides the policy PlainPolicy: add it to the providers of one',
    ],
    [
      'a port without a provider',
      PortPolicy,
      [PlainPolicy],
      'no module provides the policy PortPolicy: add it to the providers of one',
    ],
    ['is request-scoped', RequestPolicy, [RequestPolicy], `the policy RequestPolicy ${MADE_ANEW}`],
    ['is transient', TransientPolicy, [TransientPolicy], `the policy TransientPolicy ${MADE_ANEW}`],
    ['needs the request', NeedyPolicy, [NeedyPolicy], `the policy NeedyPolicy ${MADE_ANEW}`],
    [
      'stands for one that needs the request',
      PortPolicy,
      [NeedyPolicy, { provide: PortPolicy, useExisting: NeedyPolicy }],
      `the policy PortPolicy ${MADE_ANEW}`,
    ],
    [
      'is something else',
      PlainPolicy,
      [{ provide: PlainPolicy, useValue: {} }],
      'what is provided as the policy PlainPolicy has no method can()',
    ],
    [
      'is nothing',
      PlainPolicy,
      [{ provide: PlainPolicy, useValue: undefined }],
      'what is provided as the policy PlainPolicy has no method can()',
    ],
  ])('one that %s stops it, naming the handler', async (_what, policy, providers, problem) => {
    await expect(bootWith(policy, ...providers)).rejects.toMatchObject({
      problems: [`DoorController.door: ${problem}`],
    });
  });

  it('one may be a port, a value or a factory, and tests may override it', async () => {
    for (const provider of [
      { provide: PortPolicy, useClass: PlainPolicy },
      { provide: PortPolicy, useValue: { can: () => true } },
      { provide: PortPolicy, useFactory: () => Promise.resolve(new PlainPolicy()) },
    ]) {
      const { app, url } = await bootWith(PortPolicy, provider);
      const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
      expect(await statusOf(`${url}/door`, { token })).toBe(200);
    }
    const { app, url } = await boot('express', {
      controllers: [controllerOf(PlainPolicy)],
      providers: [PlainPolicy],
      override: (builder) => builder.overrideProvider(PlainPolicy).useValue({ can: () => false }),
    });
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(await statusOf(`${url}/door`, { token })).toBe(403);
  });

  it('contradict handlers that need no caller', async () => {
    @Controller()
    class OpenController {
      @Get('a')
      @Public()
      @CheckPolicy(PlainPolicy)
      open(): void {}

      @Get('b')
      @OptionalAuth()
      @CheckPolicy(PlainPolicy)
      optional(): void {}
    }
    await expect(
      boot('express', { controllers: [OpenController], providers: [PlainPolicy] }),
    ).rejects.toMatchObject({
      problems: [
        'OpenController.open: @Public() together with @CheckPolicy()',
        'OpenController.optional: @OptionalAuth() together with @CheckPolicy()',
      ],
    });
  });

  it('need an identity although requireAuth is off and the path is an exception', async () => {
    const { url } = await boot('express', {
      controllers: [controllerOf(PlainPolicy)],
      providers: [PlainPolicy],
      auth: { requireAuth: false, requireAuthExceptions: ['/door'] },
    });
    expect(await statusOf(`${url}/door`)).toBe(401);
  });
});
