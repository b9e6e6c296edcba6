import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, Clock, TokenService } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

const HOUR = 3_600;

describe.each(PLATFORMS)('a clock that is set, on %s', (platform) => {
  const clock = new ManualClock();
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
  });
  afterAll(closeAll);

  const me = (credential: object): Promise<number> => statusOf(`${booted.url}/auth/me`, credential);

  it.each([1, -1])(
    'by %i hours neither brings back what is revoked nor stops what is good',
    async (hours) => {
      const [tokens, apiKeys] = [booted.app.get(TokenService), booted.app.get(ApiKeyService)];
      clock.advance(2 * HOUR);
      const long = { token: tokens.createAccessToken({ userId: 'ada', expiresIn: 10 * HOUR }) };
      const short = { token: tokens.createAccessToken({ userId: 'ada', expiresIn: HOUR / 2 }) };
      const revoked = { token: tokens.createAccessToken({ userId: 'ada', expiresIn: 10 * HOUR }) };
      const [good, bad] = [
        await apiKeys.create({ name: 'a', userId: 'ada' }),
        await apiKeys.create({ name: 'b', userId: 'ada' }),
      ];
      for (const credential of [long, short, revoked, { apiKey: good.key }, { apiKey: bad.key }])
        expect(await me(credential)).toBe(200);
      await tokens.revoke(await tokens.verifyAccessToken(revoked.token));
      await apiKeys.revoke(bad.apiKey.keyId);

      clock.advance(hours * HOUR);
      // How old a reading of the log is goes by a clock that nobody sets: no 503.
      expect(await me({ apiKey: good.key })).toBe(200);
      expect([200, 401]).toContain(await me(long));
      if (hours > 0) expect(await me(short)).toBe(401);
      for (const credential of [revoked, { apiKey: bad.key }]) expect(await me(credential)).toBe(401);

      clock.advance(-hours * HOUR);
      for (const credential of [long, short, { apiKey: good.key }]) expect(await me(credential)).toBe(200);
      for (const credential of [revoked, { apiKey: bad.key }]) expect(await me(credential)).toBe(401);
    },
  );

  it('back shows a token from the future, which is refused when it is new here', async () => {
    const tokens = booted.app.get(TokenService);
    clock.advance(2 * HOUR);
    const token = tokens.createAccessToken({ userId: 'ada', expiresIn: 10 * HOUR });
    clock.advance(-HOUR);
    expect(await me({ token })).toBe(401);
    clock.advance(HOUR);
    expect(await me({ token })).toBe(200);
  });
});
