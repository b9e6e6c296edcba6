import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { AuthEvents, type AuthEvent } from '../../libs/auth/src/events/auth-events.js';
import { UserIdentity } from '../../libs/auth/src/identity/user-identity.js';
import { type FeedOptions, RevocationFeed } from '../../libs/auth/src/revocation/revocation-feed.js';
import type { LoggedRevocation, Revocation } from '../../libs/auth/src/revocation/revocation.js';
import { RevocationNotifications } from '../../libs/auth/src/revocation/revocation.store.js';
import { MemoryRevocationStore } from '../../libs/auth/src/stores/memory/memory-revocation.store.js';
import { ManualClock } from '../../libs/auth/src/testing/manual-clock.js';
import { RecordingLogger } from './recording-logger.js';

/** A log that can be down, and that can have read without answering yet. */
export class FickleLog extends MemoryRevocationStore {
  isDown = false;
  /** Calls of `prune`. */
  prunings = 0;
  /** Calls of `readAfter`. */
  readings = 0;
  #held: Promise<void> | undefined;

  /** Readings end, with what they found when they began, when the function is called that this returns. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#held = new Promise((resolve) => (release = resolve));
    return () => {
      this.#held = undefined;
      release();
    };
  }

  override async append(revocations: readonly Revocation[]): Promise<void> {
    this.#throwWhenDown();
    await super.append(revocations);
  }

  override async readAfter(position: number, limit: number): Promise<readonly LoggedRevocation[]> {
    this.readings += 1;
    this.#throwWhenDown();
    const entries = await super.readAfter(position, limit);
    await this.#held;
    return entries;
  }

  override async prune(now: number): Promise<void> {
    this.prunings += 1;
    this.#throwWhenDown();
    await super.prune(now);
  }

  #throwWhenDown(): void {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
  }
}

/** Notifications that a test sends and counts. */
export class HandNotifications extends RevocationNotifications {
  readonly listeners = new Set<() => void>();
  published = 0;
  isDown = false;

  override async publish(): Promise<void> {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    this.published += 1;
  }

  override async subscribe(listener: () => void): Promise<() => Promise<void>> {
    this.listeners.add(listener);
    return async () => void this.listeners.delete(listener);
  }
}

/** A feed with everything around it in the hands of the test. */
export interface FeedBench {
  readonly feed: RevocationFeed;
  readonly log: FickleLog;
  readonly notifications: HandNotifications;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
  readonly events: AuthEvent[];
  /** The revocation of a token, of an hour. */
  readonly revocation: (id: string) => Revocation;
  /** What the feed says of ada's token with that `jti`. */
  readonly verdict: (id: string) => string;
}

/** Call it with Jest's fake timers on: they move the feed's timer, and what it measures staleness by. */
export function makeFeedBench(options: Partial<FeedOptions> = {}): FeedBench {
  const [log, notifications, clock] = [new FickleLog(), new HandNotifications(), new ManualClock()];
  const [logger, bus, events] = [new RecordingLogger(), new AuthEvents(clock), [] as AuthEvent[]];
  Logger.overrideLogger(logger);
  bus.subscribe((event) => void events.push(event));
  const complete: FeedOptions = { maxStaleness: 10, onStale: 'refuse', ...options };
  const feed = new RevocationFeed(complete, log, notifications, clock, bus);
  return {
    ...{ feed, log, notifications, clock, logger, events },
    revocation: (id) => ({ kind: 'token', id, at: clock.now(), expiresAt: clock.now() + 3_600_000 }),
    verdict: (id) => feed.verdict(new UserIdentity({ userId: 'ada', credentialId: id }), feed.position),
  };
}

/** Lets the seconds pass, and all that becomes due in them happen. */
export function pass(seconds: number): Promise<void> {
  return jest.advanceTimersByTimeAsync(seconds * 1_000);
}
