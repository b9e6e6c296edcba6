import { describe, expect, it } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { UserIdentity, type UserIdentityData } from '../identity/user-identity.js';
import type { Revocation } from './revocation-feed.js';

function makeFeed() {
  const { feed, clock } = makeUnits();
  const now = clock.now();
  const identity = (data: Partial<UserIdentityData> = {}): UserIdentity =>
    new UserIdentity({ userId: 'ada', credentialId: 'c1', sessionId: 's1', issuedAt: now, ...data });
  const revoke = (revocation: Pick<Revocation, 'kind' | 'id'> & Partial<Revocation>): Promise<unknown> =>
    feed.revoke({ at: now, expiresAt: now + 3_600_000, ...revocation });
  const verdict = (data: Partial<UserIdentityData> = {}, since = feed.position): string =>
    feed.verdict(identity(data), since);
  return { feed, clock, now, revoke, verdict };
}

describe('RevocationFeed', () => {
  it('knows of nothing at first', () => {
    const { verdict } = makeFeed();
    for (const provider of ['jwt', 'service', 'api_key'] as const) expect(verdict({ provider })).toBe('good');
  });

  it('grows by each revocation', async () => {
    const { feed, revoke } = makeFeed();
    const positions = [feed.position];
    for (const id of ['a', 'b', 'a']) {
      await revoke({ kind: 'token', id });
      positions.push(feed.position);
    }
    expect([...new Set(positions)].sort((a, b) => a - b)).toEqual(positions);
  });

  it.each(['jwt', 'service'] as const)(
    'hits the tokens of a %s by jti and by session, and no others',
    async (provider) => {
      for (const [kind, id, other] of [
        ['token', 'c1', { credentialId: 'c2' }],
        ['session', 's1', { sessionId: 's2' }],
        ['session', 's1', { sessionId: undefined }],
      ] as const) {
        const { revoke, verdict } = makeFeed();
        const since = 0;
        await revoke({ kind, id });
        expect([verdict({ provider }), verdict({ provider }, since)]).toEqual(['revoked', 'revoked']);
        expect(verdict({ provider, ...other }, since)).toBe('good');
      }
    },
  );

  it('hits of a subject what was issued before', async () => {
    const { revoke, verdict, now } = makeFeed();
    await revoke({ kind: 'subject', id: 'ada' });
    expect(verdict({ issuedAt: now - 1 })).toBe('revoked');
    expect(verdict({ issuedAt: undefined })).toBe('revoked');
    expect([verdict({ issuedAt: now }), verdict({ issuedAt: now + 1 })]).toEqual(['good', 'good']);
    expect(verdict({ issuedAt: now - 1, userId: 'bob' })).toBe('good');
  });

  it('keeps the latest moment of a subject, in whatever order they come', async () => {
    const { revoke, verdict, now } = makeFeed();
    await revoke({ kind: 'subject', id: 'ada', at: now + 5_000 });
    await revoke({ kind: 'subject', id: 'ada', at: now });
    expect(verdict({ issuedAt: now + 4_999 })).toBe('revoked');
    expect(verdict({ issuedAt: now + 5_000 })).toBe('good');
  });

  it('takes an id for what it is an id of', async () => {
    const { revoke, verdict } = makeFeed();
    for (const kind of ['token', 'session', 'subject', 'api-key'] as const) {
      await revoke({ kind, id: `only-${kind}`, at: Number.MAX_SAFE_INTEGER });
    }
    const own = { userId: 'x', credentialId: 'x', sessionId: 'x' };
    for (const [field, kinds] of [
      ['credentialId', ['session', 'subject', 'api-key']],
      ['sessionId', ['token', 'subject', 'api-key']],
      ['userId', ['token', 'session', 'api-key']],
    ] as const) {
      for (const kind of kinds) expect(verdict({ ...own, [field]: `only-${kind}` }, 0)).toBe('good');
    }
    expect(verdict({ ...own, provider: 'api_key', credentialId: 'only-token' }, 0)).toBe('good');
  });

  it('has an API key read again that was read before, and leaves the verdict to its record', async () => {
    const { feed, revoke, verdict } = makeFeed();
    const key = { provider: 'api_key' as const };
    for (let i = 0; i < 2; i += 1) {
      const since = feed.position;
      await revoke({ kind: 'api-key', id: 'c1', expiresAt: Infinity });
      expect([verdict(key, since), verdict(key)]).toEqual(['changed', 'good']);
      expect(verdict({ ...key, credentialId: 'c2' }, since)).toBe('good');
    }
  });

  it('keeps what can still hit, among thousands that cannot', async () => {
    const { clock, now, revoke, verdict } = makeFeed();
    await revoke({ kind: 'token', id: 'c1', expiresAt: now + 86_400_000 });
    await revoke({ kind: 'session', id: 'short', expiresAt: now + 1_000 });
    await revoke({ kind: 'session', id: 'short', expiresAt: now + 86_400_000 });
    await revoke({ kind: 'session', id: 'short', expiresAt: now + 1_000 });
    for (let round = 0; round < 4; round += 1) {
      for (let i = 0; i < 1_500; i += 1) {
        await revoke({ kind: 'token', id: `${round}-${i}`, expiresAt: clock.now() + 1_000 });
      }
      clock.advance(60);
    }
    expect(verdict()).toBe('revoked');
    expect(verdict({ credentialId: 'c2', sessionId: 'short' })).toBe('revoked');
  });
});
