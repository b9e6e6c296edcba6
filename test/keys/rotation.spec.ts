import { randomBytes } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import {
  AuthEvents,
  Clock,
  CurrentUser,
  memoryStores,
  SigningKeyService,
  TokenService,
  type AuthEvent,
  type AuthStores,
  type JwtOptions,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, statusOf } from '../support/call.js';
import { HandNotifications } from '../support/feed.js';
import { boot, closeAll, PLATFORMS, SECRET, type Platform } from '../support/platforms.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

const jwt: JwtOptions = { secret: SECRET, keyEncryptionKey: randomBytes(32).toString('base64') };

interface Instance {
  readonly keys: SigningKeyService;
  readonly tokens: TokenService;
  readonly clock: ManualClock;
  readonly events: AuthEvent[];
  readonly url: string;
  /** The status that a guarded route answers with. */
  readonly status: (token: string) => Promise<number>;
  readonly token: () => string;
}

async function start(platform: Platform, stores?: AuthStores, more: JwtOptions = {}): Promise<Instance> {
  const clock = new ManualClock();
  const { app, url } = await boot(platform, {
    controllers: [WhoController],
    auth: { jwt: { ...jwt, ...more }, ...(stores && { stores }) },
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
  });
  const tokens = app.get(TokenService);
  const events: AuthEvent[] = [];
  app.get(AuthEvents).subscribe((event) => void events.push(event));
  return {
    ...{ keys: app.get(SigningKeyService), tokens, clock, events, url },
    status: (token) => statusOf(`${url}/who`, { token }),
    token: () => tokens.createAccessToken({ userId: 'ada' }),
  };
}

const kidOf = ({ tokens }: Instance, token: string): unknown => tokens.decode(token)!.header.kid;
const statesOf = ({ keys }: Instance): string[] => keys.list().map(({ keyId, state }) => `${keyId} ${state}`);
const published = async ({ url }: Instance): Promise<unknown[]> =>
  ((await call(`${url}/.well-known/jwks.json`)).body as { keys: { kid: string }[] }).keys.map(
    ({ kid }) => kid,
  );

/** Awaits what comes by a notification; Jest ends a test that waits in vain. */
async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(closeAll);

describe.each(PLATFORMS)('signing keys that change on %s', (platform) => {
  it('are added, activated and removed without a restart and without a refused token', async () => {
    const one = await start(platform);
    const before = one.token();
    expect(await one.status(before)).toBe(200);

    const added = await one.keys.add({ keyId: 'second', algorithm: 'ES256' });
    expect(added).toEqual({
      keyId: 'second',
      algorithm: 'ES256',
      state: 'next',
      createdAt: expect.any(Date),
    });
    expect(statesOf(one)).toEqual([' active', 'second next']);
    expect(await published(one)).toEqual(['second']);
    const meanwhile = one.token();
    expect(kidOf(one, meanwhile)).toBeUndefined();

    one.clock.advance(10);
    expect(await one.keys.activate('second')).toMatchObject({ keyId: 'second', state: 'active' });
    expect(statesOf(one)).toEqual([' retired', 'second active']);
    const after = one.token();
    expect(kidOf(one, after)).toBe('second');
    for (const token of [before, meanwhile, after]) expect(await one.status(token)).toBe(200);

    await one.keys.remove('');
    expect(statesOf(one)).toEqual(['second active']);
    for (const token of [before, meanwhile]) {
      expect(await one.status(token)).toBe(401);
      await expect(one.tokens.verifyAccessToken(token)).rejects.toMatchObject({
        code: 'credentials_invalid',
      });
    }
    expect(await one.status(after)).toBe(200);
    expect(one.events.filter(({ type }) => type.startsWith('signing-key.')).map(toText)).toEqual([
      'signing-key.created second',
      'signing-key.activated second',
      'signing-key.retired ',
      'signing-key.removed ',
    ]);
  });

  it('are those of the JwtService, too', async () => {
    const { app } = await boot(platform, { auth: { jwt } });
    const [keys, service] = [app.get(SigningKeyService), app.get(JwtService)];
    const before = service.sign({ sub: 'ada' });
    const { keyId } = await keys.add();
    await keys.activate(keyId, { immediately: true });
    const after = service.sign({ sub: 'ada' });
    expect(service.decode(after, { complete: true })).toMatchObject({ header: { alg: 'ES256', kid: keyId } });
    for (const token of [before, after]) expect(service.verify(token)).toMatchObject({ sub: 'ada' });
    await keys.remove('');
    expect(() => service.verify<object>(before)).toThrow();
  });

  it('change on the other instances when those hear of it', async () => {
    const notifications = new HandNotifications();
    const publish = notifications.publish.bind(notifications);
    notifications.publish = async () => {
      await publish();
      for (const listener of notifications.listeners) listener();
    };
    const stores = { ...memoryStores(), notifications };
    const [one, two] = [await start(platform, stores), await start(platform, stores)];
    const old = one.token();
    expect(await two.status(old)).toBe(200);

    await one.keys.add({ keyId: 'second' });
    await eventually(async () => (await published(two)).length === 1);
    await one.keys.activate('second', { immediately: true });
    const fresh = one.token();
    expect(kidOf(one, fresh)).toBe('second');
    expect(await two.status(fresh)).toBe(200);
    await eventually(() => kidOf(two, two.token()) === 'second');
    expect(await two.status(old)).toBe(200);

    await one.keys.remove('');
    await eventually(() => statesOf(two).length === 1);
    expect(await two.status(old)).toBe(401);
    expect(await two.status(fresh)).toBe(200);
  });

  it('change on the other instances within a second or so when those hear nothing', async () => {
    const stores = memoryStores();
    const [one, two] = [await start(platform, stores), await start(platform, stores)];
    const old = one.token();
    expect(await two.status(old)).toBe(200);
    await one.keys.add({ keyId: 'second' });
    await one.keys.activate('second', { immediately: true });
    await one.keys.remove('');
    await eventually(async () => (await two.status(old)) === 401);
    expect(await two.status(one.token())).toBe(200);
  });

  it('are those of the store after a restart', async () => {
    const stores = memoryStores();
    const one = await start(platform, stores);
    const old = one.token();
    await one.keys.add({ keyId: 'second', algorithm: 'RS256' });
    await one.keys.activate('second', { immediately: true });
    const fresh = one.token();
    await one.keys.remove('');
    await closeAll();
    const again = await start(platform, stores);
    // The options still hold the secret, and it stays removed.
    expect(statesOf(again)).toEqual(['second active']);
    expect(await again.status(fresh)).toBe(200);
    expect(await again.status(old)).toBe(401);
    expect(kidOf(again, again.token())).toBe('second');
  });
});

function toText(event: AuthEvent): string {
  return `${event.type} ${'target' in event ? event.target : ''}`;
}
