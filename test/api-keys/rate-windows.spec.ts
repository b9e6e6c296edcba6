import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, type NewApiKey } from 'nestjs-gatehouse';

import { statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

describe.each(PLATFORMS)('the window of a key that is replaced, on %s', (platform) => {
  let booted: Booted;
  let apiKeys: ApiKeyService;
  beforeAll(async () => {
    booted = await boot(platform, {});
    apiKeys = booted.app.get(ApiKeyService);
  });
  afterAll(closeAll);

  const make = (): Promise<NewApiKey> =>
    apiKeys.create({ name: 'k', userId: 'ada', rateLimit: { limit: 3, window: 600 } });
  const rotate = async (old: NewApiKey): Promise<NewApiKey> => (await apiKeys.rotate(old.apiKey.keyId))!;
  const me = ({ key }: NewApiKey): Promise<number> => statusOf(`${booted.url}/auth/me`, { apiKey: key });

  it('goes on with its successors: a replacement is no fresh start', async () => {
    const first = await make();
    expect(await me(first)).toBe(200);
    const second = await rotate(first);
    expect(await me(second)).toBe(200);
    const third = await rotate(second);
    expect(await me(third)).toBe(200);
    for (const key of [first, second, third]) expect(await me(key)).toBe(429);
  });

  it('is its own beside those of other keys', async () => {
    const [one, other] = [await make(), await make()];
    for (let i = 0; i < 3; i += 1) expect(await me(one)).toBe(200);
    expect(await me(one)).toBe(429);
    expect(await me(await rotate(other))).toBe(200);
  });
});
