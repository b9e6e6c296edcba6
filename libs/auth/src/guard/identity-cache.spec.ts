import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { UserIdentity } from '../identity/user-identity.js';
import { ManualClock } from '../testing/manual-clock.js';
import { digestOf, IdentityCache, type Remembered } from './identity-cache.js';

const identityUntil = (expiresAt?: number): UserIdentity =>
  new UserIdentity({ userId: 'ada', credentialId: 'c', expiresAt });

const makeCache = (maxEntries: number, clock: ManualClock, maxAge = 3_600): IdentityCache =>
  new IdentityCache({ maxEntries, maxAge }, clock);

describe('IdentityCache', () => {
  it('remembers an identity, and the position that it was read at', () => {
    const cache = makeCache(10, new ManualClock());
    const remembered: Remembered = { scheme: 'jwt', identity: identityUntil(), since: 5 };
    cache.set('a', remembered);
    expect(cache.get('a')).toMatchObject(remembered);
    expect(cache.get('a')!.identity).toBe(remembered.identity);
    expect(cache.get('b')).toBeUndefined();
  });

  it('forgets at the moment that the credential ends, and for good', () => {
    const clock = new ManualClock(1_000);
    const cache = makeCache(10, clock);
    cache.set('a', { scheme: 'jwt', identity: identityUntil(3_000), since: 0 });
    clock.advance(1.999);
    expect(cache.get('a')).toBeDefined();
    clock.advance(0.001);
    expect(cache.get('a')).toBeUndefined();
    clock.advance(-1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('forgets a credential that does not end by itself when it is as old as it may be', () => {
    const clock = new ManualClock();
    const cache = makeCache(10, clock, 600);
    cache.set('a', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    clock.advance(599.999);
    expect(cache.get('a')).toBeDefined();
    clock.advance(0.001);
    expect(cache.get('a')).toBeUndefined();
  });

  it.each([
    ['before it is too old', 300, 300],
    ['after it is too old', 900, 600],
  ])('forgets a credential that ends %s at the earlier of both', (_when, lifetime, remembered) => {
    const clock = new ManualClock();
    const cache = makeCache(10, clock, 600);
    cache.set('a', { scheme: 'jwt', identity: identityUntil(clock.now() + lifetime * 1_000), since: 0 });
    clock.advance(remembered - 0.001);
    expect(cache.get('a')).toBeDefined();
    clock.advance(0.001);
    expect(cache.get('a')).toBeUndefined();
  });

  it('counts the age from the last verification, and not from the last question', () => {
    const clock = new ManualClock();
    const cache = makeCache(10, clock, 600);
    cache.set('a', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    cache.set('b', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    clock.advance(400);
    expect([cache.get('a'), cache.get('b')]).not.toContain(undefined);
    cache.set('b', { scheme: 'jwt', identity: identityUntil(), since: 1 });
    clock.advance(400);
    expect([cache.get('a'), cache.get('b')?.since]).toEqual([undefined, 1]);
  });

  it('forgets what it is told to', () => {
    const cache = makeCache(10, new ManualClock());
    cache.set('a', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    cache.set('b', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    cache.delete('a');
    cache.delete('c');
    expect([cache.get('a'), cache.get('b') !== undefined]).toEqual([undefined, true]);
  });

  it('takes the newer of two readings', () => {
    const cache = makeCache(10, new ManualClock());
    cache.set('a', { scheme: 'jwt', identity: identityUntil(), since: 1 });
    cache.set('a', { scheme: 'jwt', identity: identityUntil(), since: 2 });
    expect(cache.get('a')!.since).toBe(2);
  });

  it('is bounded, and drops what was not asked for the longest', () => {
    const cache = makeCache(3, new ManualClock());
    for (const digest of ['a', 'b', 'c'])
      cache.set(digest, { scheme: 'jwt', identity: identityUntil(), since: 0 });
    cache.get('a');
    cache.set('d', { scheme: 'jwt', identity: identityUntil(), since: 0 });
    const kept = ['a', 'b', 'c', 'd'].filter((digest) => cache.get(digest) !== undefined);
    expect(kept).toEqual(['a', 'c', 'd']);
  });
});

describe('digestOf', () => {
  it('is a SHA-256 over the whole value', () => {
    const expected = createHash('sha256').update('a.b.c').digest('binary');
    expect(digestOf({ scheme: 'jwt', value: 'a.b.c' })).toBe(expected);
  });

  it('never takes one value for another', () => {
    const digests = ['', 'a', 'A', 'a ', ' a'].map((value) => digestOf({ scheme: 'jwt', value }));
    expect(new Set(digests).size).toBe(digests.length);
  });
});
