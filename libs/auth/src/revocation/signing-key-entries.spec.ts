import { describe, expect, it } from '@jest/globals';

import { FickleLog } from '../../../../test/support/feed.js';
import { AuthEvents } from '../events/auth-events.js';
import { UserIdentity, type IdentityProvider } from '../identity/user-identity.js';
import { NoNotifications } from '../stores/memory/memory-revocation.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { RevocationFeed } from './revocation-feed.js';

const identity = (provider: IdentityProvider): UserIdentity =>
  new UserIdentity({ userId: 'ada', credentialId: 'c1', provider });

function makeFeed() {
  const [log, clock] = [new FickleLog(), new ManualClock()];
  const options = { maxStaleness: 10, onStale: 'refuse' } as const;
  const feed = new RevocationFeed(options, log, new NoNotifications(), clock, new AuthEvents(clock));
  const at = clock.now();
  const change = { kind: 'signing-key', id: 'k1', at, expiresAt: at + 1_000 } as const;
  const token = { kind: 'token', id: 'c1', at, expiresAt: at + 1_000 } as const;
  return { feed, log, change, token };
}

describe('a change of the signing keys in the feed', () => {
  it('makes tokens be verified again that were verified before, and no API keys', async () => {
    const { feed, change } = makeFeed();
    const before = feed.position;
    await feed.revoke(change);
    for (const provider of ['jwt', 'service'] as const) {
      expect(feed.verdict(identity(provider), before)).toBe('changed');
      expect(feed.verdict(identity(provider), feed.position)).toBe('good');
    }
    expect(feed.verdict(identity('api_key'), before)).toBe('good');
  });

  it('does not soften a revocation', async () => {
    const { feed, change, token } = makeFeed();
    await feed.revoke(token, change);
    expect(feed.verdict(identity('jwt'), 0)).toBe('revoked');
  });

  it('takes effect when what was prepared for it is done, and not before', async () => {
    const { feed, change, token } = makeFeed();
    let prepared = 0;
    let finish = (): void => undefined;
    feed.prepare('signing-key', async () => {
      prepared += 1;
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await feed.revoke({ ...token, id: 'other' });
    expect(prepared).toBe(0);
    const before = feed.position;
    const revoking = feed.revoke(change, change);
    while (prepared === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(feed.verdict(identity('jwt'), before)).toBe('good');
    finish();
    await revoking;
    expect(feed.verdict(identity('jwt'), before)).toBe('changed');
    expect(prepared).toBe(1);
  });

  it('is tried again when that fails', async () => {
    const { feed, change } = makeFeed();
    let isDown = true;
    feed.prepare('signing-key', async () => {
      if (isDown) throw new Error('the keys cannot be read');
    });
    await expect(feed.revoke(change)).rejects.toThrow('the keys cannot be read');
    expect(feed.position).toBe(0);
    isDown = false;
    await feed.announce();
    expect(feed.verdict(identity('jwt'), 0)).toBe('changed');
  });
});
