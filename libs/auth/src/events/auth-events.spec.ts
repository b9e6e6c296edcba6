import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { filter, firstValueFrom } from 'rxjs';

import { ManualClock } from '../testing/manual-clock.js';
import { AuthEvents, type AuthEvent } from './auth-events.js';

const CANARY = 'ada@example.com';

describe('the stream of events', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<[string, (event: AuthEvent) => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError(CANARY);
      },
    ],
    ['rejects', async () => Promise.reject(new TypeError(CANARY))],
  ])('outlives a subscriber that %s', async (_what, listener) => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const events = new AuthEvents(new ManualClock());
    const seen: AuthEvent[] = [];
    let calls = 0;
    const failing = (event: AuthEvent): unknown => {
      calls += 1;
      return listener(event);
    };
    const first = events.subscribe(failing);
    events.subscribe({ next: failing as (event: AuthEvent) => void });
    events.subscribe((event) => seen.push(event));
    events.emit({ type: 'feed.stale' });
    events.emit({ type: 'feed.recovered' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.map(({ type }) => type)).toEqual(['feed.stale', 'feed.recovered']);
    expect(calls).toBe(4);
    expect(error.mock.calls).toEqual(Array.from({ length: 4 }, () => ['A subscriber failed: TypeError']));
    first.unsubscribe();
    events.emit({ type: 'feed.stale' });
    expect(calls).toBe(5);
  });

  it('can be piped, and ends with its subscriptions', async () => {
    const events = new AuthEvents(new ManualClock());
    expect(events.isHeard).toBe(false);
    const recovered = firstValueFrom(events.pipe(filter(({ type }) => type === 'feed.recovered')));
    expect(events.isHeard).toBe(true);
    events.emit({ type: 'feed.stale' });
    events.emit({ type: 'feed.recovered' });
    expect(await recovered).toMatchObject({ type: 'feed.recovered' });
    expect(events.isHeard).toBe(false);
  });
});
