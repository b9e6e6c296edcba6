import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiKeyService, ApiKeyStore, Clock } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

@Controller()
class DoorController {
  @Get('open')
  open(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('API keys on %s', (platform) => {
  const clock = new ManualClock();
  let booted: Booted;
  let service: ApiKeyService;
  let url: string;

  beforeAll(async () => {
    booted = await boot(platform, {
      controllers: [DoorController],
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    service = booted.app.get(ApiKeyService);
    url = `${booted.url}/open`;
  });
  afterAll(closeAll);

  const fresh = async (fields: object = {}) => service.create({ name: 'k', userId: 'u', ...fields });

  /** Every way in which a key can be no good. Each makes one, all answers have to be the same. */
  const BAD_KEYS: Readonly<Record<string, () => Promise<string>>> = {
    malformed: async () => 'nonsense',
    'of another prefix': async () => (await fresh()).key.replace('ck_', 'pk_'),
    'unknown, of the right form': async () => `ck_${'x'.repeat(43)}`,
    'with a wrong checksum': async () => {
      const { key } = await fresh();
      return key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    },
    'in another case': async () => (await fresh()).key.toUpperCase(),
    'cut off': async () => (await fresh()).key.slice(0, -1),
    'with something behind it': async () => `${(await fresh()).key}0`,
    expired: async () => (await fresh({ expiresAt: new Date(clock.now()) })).key,
    inactive: async () => (await fresh({ isActive: false })).key,
    revoked: async () => {
      const { key, apiKey } = await fresh();
      await service.revoke(apiKey.keyId);
      return key;
    },
    'revoked after it was used': async () => {
      const { key, apiKey } = await fresh();
      expect(await statusOf(url, { apiKey: key })).toBe(200);
      await service.revoke(apiKey.keyId);
      return key;
    },
    'its own hash': async () => {
      const { apiKey } = await fresh();
      return (await booted.app.get(ApiKeyStore).findById(apiKey.keyId))!.keyHash;
    },
  };

  it.each(Object.entries(BAD_KEYS))('%s: the one answer, whatever the reason', async (_name, make) => {
    const answer = await call(url, { apiKey: await make() });
    expect(answer.status).toBe(401);
    expect(answer.body).toStrictEqual({
      statusCode: 401,
      error: 'Unauthorized',
      message: 'The credentials are not valid',
      code: 'credentials_invalid',
    });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="invalid_token", ApiKey realm="api"',
    );
  });

  it('refuses what has a wrong checksum without a look-up', async () => {
    const { key } = await fresh();
    const store = booted.app.get(ApiKeyStore);
    const real = store.findByHash.bind(store);
    let lookups = 0;
    store.findByHash = (hash) => {
      lookups += 1;
      return real(hash);
    };
    const broken = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    expect(await statusOf(url, { apiKey: broken })).toBe(401);
    expect(lookups).toBe(0);
    expect(await statusOf(url, { apiKey: key })).toBe(200);
    expect(lookups).toBe(1);
    store.findByHash = real;
  });

  it('ends at the moment of its expiry', async () => {
    const { key } = await fresh({ expiresAt: new Date(clock.now() + 10_000) });
    clock.advance(9);
    expect(await statusOf(url, { apiKey: key })).toBe(200);
    clock.advance(1);
    expect(await statusOf(url, { apiKey: key })).toBe(401);
  });

  it('is refused while it is inactive, and works again when it is active again', async () => {
    const { key, apiKey } = await fresh();
    expect(await statusOf(url, { apiKey: key })).toBe(200);
    await service.update(apiKey.keyId, { isActive: false });
    expect(await statusOf(url, { apiKey: key })).toBe(401);
    await service.update(apiKey.keyId, { isActive: true });
    expect(await statusOf(url, { apiKey: key })).toBe(200);
  });

  it('its hash is in nothing that the service gives away', async () => {
    const { key, apiKey } = await fresh({ userId: 'owner' });
    const { keyHash } = (await booted.app.get(ApiKeyStore).findById(apiKey.keyId))!;
    expect(keyHash).toMatch(/^[0-9a-f]{64}$/);
    const shown = [
      apiKey,
      await service.get(apiKey.keyId),
      await service.list({ userId: 'owner' }),
      await service.update(apiKey.keyId, { name: 'new' }),
      await service.revoke(apiKey.keyId),
      await service.register({ userId: 'owner', keyHash: keyHash.split('').reverse().join('') }),
    ];
    const text = JSON.stringify(shown);
    expect(text.split(apiKey.keyId)).toHaveLength(6);
    for (const secret of [keyHash, key, 'keyHash']) expect(text).not.toContain(secret);
  });

  it('a revoked key stays revoked, whatever is changed of it', async () => {
    const { key, apiKey } = await fresh();
    await service.revoke(apiKey.keyId);
    await service.update(apiKey.keyId, { isActive: true, permissions: ['*'] });
    expect(await statusOf(url, { apiKey: key })).toBe(401);
  });
});

describe.each(PLATFORMS)('the header of API keys on %s', (platform) => {
  afterAll(closeAll);

  it('is the one that is configured, with the configured prefix', async () => {
    const { app, url } = await boot(platform, {
      controllers: [DoorController],
      auth: { apiKeys: { header: 'X-Partner-Key', prefix: 'pk' } },
    });
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    expect(key).toMatch(/^pk_/);
    expect(await statusOf(`${url}/open`, { headers: { 'x-partner-key': key } })).toBe(200);
    expect(await call(`${url}/open`, { apiKey: key })).toMatchObject({
      body: { code: 'credentials_missing' },
    });
    expect(await call(`${url}/open`, { token: key })).toMatchObject({
      body: { code: 'credentials_invalid' },
    });
    expect(await call(`${url}/open`, { headers: { authorization: `ApiKey ${key}` } })).toMatchObject({
      body: { code: 'credentials_missing' },
    });
  });
});
