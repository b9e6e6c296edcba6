import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyService, AuthEvents, Clock, SessionService } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

describe.each(PLATFORMS)('a call that changes nothing, on %s', (platform) => {
  const clock = new ManualClock();
  const seen: string[] = [];
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    booted.app.get(AuthEvents).subscribe(({ type }) => seen.push(type));
  });
  afterAll(closeAll);
  beforeEach(() => {
    clock.advance(1);
    seen.length = 0;
  });

  it('is no event: a session that was closed before', async () => {
    const sessions = booted.app.get(SessionService);
    const [one, other] = [await sessions.open({ userId: 'ada' }), await sessions.open({ userId: 'ada' })];
    const [token, url] = [other.accessToken, `${booted.url}/auth/sessions/${one.sessionId}`];
    seen.length = 0;
    expect(await statusOf(url, { method: 'DELETE', token })).toBe(204);
    expect(seen).toEqual(['session.closed']);
    clock.advance(1);
    expect(await statusOf(url, { method: 'DELETE', token })).toBe(204);
    const body = { refreshToken: one.refreshToken };
    expect(await statusOf(`${booted.url}/auth/logout`, { method: 'POST', body })).toBe(204);
    expect(seen).toEqual(['session.closed']);
  });

  it('is no event: an empty change of a key, and a key that was revoked before', async () => {
    const { apiKey } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: 'ada' });
    const { accessToken: token } = await booted.app.get(SessionService).open({ userId: 'ada' });
    const url = `${booted.url}/auth/api-keys/${apiKey.keyId}`;
    seen.length = 0;
    expect(await statusOf(url, { method: 'PATCH', token, body: {} })).toBe(200);
    expect(seen).toEqual([]);
    expect(await statusOf(url, { method: 'PATCH', token, body: { name: 'x' } })).toBe(200);
    for (let i = 0; i < 2; i += 1) {
      clock.advance(1);
      expect(await statusOf(url, { method: 'DELETE', token })).toBe(204);
    }
    expect(seen).toEqual(['api-key.updated', 'api-key.revoked']);
  });
});
