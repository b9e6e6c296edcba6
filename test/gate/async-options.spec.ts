import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import {
  ApiKeyService,
  ApiKeyStore,
  AuthModule,
  AuthOptionsError,
  RequirePermissions,
  ResolvedAuthOptions,
  MemoryApiKeyStore,
  MemoryRevocationStore,
  memoryStores,
  TokenService,
  type AuthModuleAsyncOptions,
  type AuthModuleOptions,
} from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET, type Platform } from '../support/platforms.js';

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

@Controller()
class PlainController {
  @Get('plain')
  plain(): string {
    return 'in';
  }
}

/** Stands for a module of the application that knows its configuration. */
@Injectable()
class Settings {
  readonly secret = SECRET;
  readonly issuer = 'https://api.example.com';
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const bootAsync = (platform: Platform, options: AuthModuleAsyncOptions) =>
  boot(platform, { controllers: [DoorController], authModule: AuthModule.forRootAsync(options) });

describe.each(PLATFORMS)('forRootAsync on %s', (platform) => {
  afterEach(closeAll);

  it('hands other providers to the factory', async () => {
    const { app, url } = await bootAsync(platform, {
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: ({ secret, issuer }: Settings): AuthModuleOptions => ({ jwt: { secret, issuer } }),
    });
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(app.get(TokenService).decode(token)!.claims).toMatchObject({ iss: 'https://api.example.com' });
    expect(await statusOf(`${url}/open`, { token })).toBe(200);
    expect(await statusOf(`${url}/open`, { token: forgeToken() })).toBe(401);
    expect(await statusOf(`${url}/open`)).toBe(401);
    expect(await statusOf(`${url}/read`, { token })).toBe(403);
  });

  it('waits for a factory that takes its time, and freezes what it gave', async () => {
    const { app, url } = await bootAsync(platform, {
      useFactory: async () => {
        await new Promise(setImmediate);
        return { jwt: { secret: SECRET }, apiKeys: false, requireAuth: false };
      },
    });
    expect(await statusOf(`${url}/open`)).toBe(200);
    expect(await statusOf(`${url}/open`, { token: forgeToken() })).toBe(200);
    const options = app.get<typeof ResolvedAuthOptions, ResolvedAuthOptions>(ResolvedAuthOptions);
    expect(options.apiKeys).toBeUndefined();
    expect(Object.isFrozen(options) && Object.isFrozen(options.jwt)).toBe(true);
  });

  it('uses the stores that the factory made', async () => {
    class CountingStore extends MemoryApiKeyStore {
      lookups = 0;

      override findByHash(hash: string) {
        this.lookups += 1;
        return super.findByHash(hash);
      }
    }
    const revocations = new MemoryRevocationStore();
    const store = new CountingStore(revocations);
    const { app, url } = await bootAsync(platform, {
      useFactory: () => ({
        jwt: { secret: SECRET },
        stores: { ...memoryStores(), revocations, apiKeys: store },
      }),
    });
    expect(app.get(ApiKeyStore)).toBe(store);
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'bot' });
    expect(await statusOf(`${url}/open`, { apiKey: key })).toBe(200);
    expect(store.lookups).toBe(1);
  });

  it('takes globalGuard beside the factory', async () => {
    const { url } = await boot(platform, {
      controllers: [PlainController],
      authModule: AuthModule.forRootAsync({
        globalGuard: false,
        useFactory: () => ({ jwt: { secret: SECRET } }),
      }),
    });
    expect(await call(`${url}/plain`)).toMatchObject({ status: 200, body: 'in' });
  });

  it('stops the boot over what the factory gave, or threw', async () => {
    const bad = bootAsync(platform, {
      useFactory: () => ({
        jwt: { secret: SECRET.slice(0, 20), surprise: 1 } as object,
        requireAuth: 'no' as never,
      }),
    });
    const error: unknown = await bad.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthOptionsError);
    expect((error as AuthOptionsError).problems).toHaveLength(3);
    await expect(
      bootAsync(platform, { useFactory: () => Promise.reject(new Error('no settings')) }),
    ).rejects.toThrow('no settings');
    await expect(bootAsync(platform, { useFactory: () => undefined as never })).rejects.toThrow(
      AuthOptionsError,
    );
  });
});
