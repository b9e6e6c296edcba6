import { EventEmitter, once } from 'node:events';

import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, type ExecutionContext } from '@nestjs/common';
import {
  ApiKeyService,
  ApiKeyStore,
  AuthGuard,
  Clock,
  RequirePermissions,
  RevocationFeed,
  TokenService,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, statusOf } from '../support/call.js';
import {
  boot,
  closeAll,
  PLATFORMS,
  type Booted,
  type BootOptions,
  type Platform,
} from '../support/platforms.js';

@Controller()
class DoorController {
  @Get('open')
  open(): string {
    return 'in';
  }

  @Get('read')
  @RequirePermissions('session:read')
  read(): string {
    return 'in';
  }
}

/** Notes how the guard answers. */
@Injectable()
class WatchedGuard extends AuthGuard {
  readonly answers: string[] = [];

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const answer = super.canActivate(context);
    this.answers.push(answer instanceof Promise ? 'later' : 'at once');
    return answer;
  }
}

interface Watched extends Booted {
  readonly clock: ManualClock;
  readonly open: string;
}

async function bootWatched(platform: Platform, options: BootOptions = {}): Promise<Watched> {
  const clock = new ManualClock();
  const booted = await boot(platform, {
    controllers: [DoorController],
    override: (builder) =>
      builder.overrideProvider(Clock).useValue(clock).overrideProvider(AuthGuard).useClass(WatchedGuard),
    ...options,
  });
  return { ...booted, clock, open: `${booted.url}/open` };
}

const answersOf = ({ app }: Booted): string[] => app.get<AuthGuard, WatchedGuard>(AuthGuard).answers;

describe.each(PLATFORMS)('a remembered credential on %s', (platform) => {
  afterEach(closeAll);

  it('is answered at once, a token as well as a key; a new one is not', async () => {
    const booted = await bootWatched(platform);
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    for (const options of [{ token }, { token }, { apiKey: key }, { apiKey: key }])
      expect(await statusOf(booted.open, options)).toBe(200);
    expect(answersOf(booted)).toEqual(['later', 'at once', 'later', 'at once']);
  });

  it('is not remembered with identityCache: false, and works', async () => {
    const booted = await bootWatched(platform, { auth: { identityCache: false } });
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(await statusOf(booted.open, { token })).toBe(200);
    expect(await statusOf(booted.open, { token })).toBe(200);
    expect(answersOf(booted)).toEqual(['later', 'later']);
  });

  it('does not push out more than the cache holds', async () => {
    const booted = await bootWatched(platform, { auth: { identityCache: { maxEntries: 2 } } });
    const make = (userId: string) => booted.app.get(TokenService).createAccessToken({ userId });
    const [a, b, c] = [make('a'), make('b'), make('c')];
    for (const token of [a, b, c, a, c]) expect(await statusOf(booted.open, { token })).toBe(200);
    expect(answersOf(booted)).toEqual(['later', 'later', 'later', 'later', 'at once']);
  });

  it('ends with its token, to the second', async () => {
    const { app, clock, open } = await bootWatched(platform);
    const token = app.get(TokenService).createAccessToken({ userId: 'ada', expiresIn: 10 });
    clock.advance(9);
    expect(await statusOf(open, { token })).toBe(200);
    clock.advance(1);
    expect(await call(open, { token })).toMatchObject({ status: 401, body: { code: 'token_expired' } });
  });

  it('ends with its key, to the second', async () => {
    const { app, clock, open } = await bootWatched(platform);
    const expiresAt = new Date(clock.now() + 10_000);
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'bot', expiresAt });
    clock.advance(9);
    expect(await statusOf(open, { apiKey: key })).toBe(200);
    clock.advance(1);
    expect(await call(open, { apiKey: key })).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
  });

  it('is refused from the request after its revocation on: by its jti, its session, its subject', async () => {
    const { app, clock, open } = await bootWatched(platform);
    const tokens = app.get(TokenService);
    const feed = app.get(RevocationFeed);
    const common = { userId: 'ada', sessionId: 'sid_1' };
    const [one, other] = [tokens.createAccessToken(common), tokens.createAccessToken(common)];
    const elsewhere = tokens.createAccessToken({ userId: 'ada', sessionId: 'sid_2' });
    const stranger = tokens.createAccessToken({ userId: 'bob', sessionId: 'sid_3' });
    const all = [one, other, elsewhere, stranger];
    const statuses = () => Promise.all(all.map((token) => statusOf(open, { token })));
    const expiresAt = clock.now() + 3_600_000;
    expect(await statuses()).toEqual([200, 200, 200, 200]);

    const { jti } = tokens.decode(one)!.claims as { jti: string };
    await feed.revoke({ kind: 'token', id: jti, at: clock.now(), expiresAt });
    expect(await statuses()).toEqual([401, 200, 200, 200]);

    await feed.revoke({ kind: 'session', id: 'sid_1', at: clock.now(), expiresAt });
    expect(await statuses()).toEqual([401, 401, 200, 200]);

    clock.advance(1);
    await feed.revoke({ kind: 'subject', id: 'ada', at: clock.now(), expiresAt });
    expect(await statuses()).toEqual([401, 401, 401, 200]);
    clock.advance(1);
    const later = tokens.createAccessToken({ userId: 'ada' });
    expect(await statusOf(open, { token: later })).toBe(200);
  });

  it('of a key has the permissions that the key has now', async () => {
    const { app, url } = await bootWatched(platform);
    const service = app.get(ApiKeyService);
    const { key, apiKey } = await service.create({ name: 'k', userId: 'bot', permissions: [] });
    expect(await statusOf(`${url}/read`, { apiKey: key })).toBe(403);
    await service.update(apiKey.keyId, { permissions: ['session:read'] });
    expect(await statusOf(`${url}/read`, { apiKey: key })).toBe(200);
    await service.update(apiKey.keyId, { permissions: ['session:list'] });
    expect(await statusOf(`${url}/read`, { apiKey: key })).toBe(403);
  });

  it('is not taken for one of another scheme', async () => {
    const { app, open } = await bootWatched(platform);
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    expect(await statusOf(open, { token })).toBe(200);
    expect(await statusOf(open, { apiKey: key })).toBe(200);
    expect(await statusOf(open, { apiKey: token })).toBe(401);
    expect(await statusOf(open, { token: key })).toBe(401);
  });
});

describe.each(PLATFORMS)('requests with one key at the same time on %s', (platform) => {
  afterEach(closeAll);

  /** Holds every answer of the store back, after it was read, until it is let go. */
  function holdStore({ app }: Booted): { lookups: number; held: () => Promise<void>; letGo: () => void } {
    const store = app.get(ApiKeyStore);
    const works = store.findByHash.bind(store);
    const signals = new EventEmitter();
    const isHeld = once(signals, 'held');
    const mayGo = once(signals, 'go');
    const watch = { lookups: 0, held: async () => void (await isHeld), letGo: () => void signals.emit('go') };
    store.findByHash = async (hash) => {
      watch.lookups += 1;
      const record = await works(hash);
      signals.emit('held');
      await mayGo;
      return record;
    };
    return watch;
  }

  it('are one look-up', async () => {
    const booted = await bootWatched(platform);
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    const store = holdStore(booted);
    const requests = Array.from({ length: 20 }, () => statusOf(booted.open, { apiKey: key }));
    await store.held();
    while (answersOf(booted).length < 20) await new Promise(setImmediate);
    store.letGo();
    expect(new Set(await Promise.all(requests))).toEqual(new Set([200]));
    expect(store.lookups).toBe(1);
  });

  it('do not let one pass by a record that was read before its revocation', async () => {
    const booted = await bootWatched(platform);
    const service = booted.app.get(ApiKeyService);
    const { key, apiKey } = await service.create({ name: 'k', userId: 'bot' });
    const store = holdStore(booted);
    const before = statusOf(booted.open, { apiKey: key });
    await store.held();
    await service.revoke(apiKey.keyId);
    const after = statusOf(booted.open, { apiKey: key });
    while (answersOf(booted).length < 2) await new Promise(setImmediate);
    store.letGo();
    expect(await after).toBe(401);
    expect(await before).toBe(401);
    expect(await statusOf(booted.open, { apiKey: key })).toBe(401);
  });
});
