import { RevocationNotifications } from '../../revocation/revocation.store.js';
import type { RedisClient, RedisSubscriber } from './redis-client.js';

/** What may be said about {@link RedisNotifications}. */
export interface RedisNotificationsOptions {
  /** Channel of all instances that share one log. Default: `gatehouse:revocations`. */
  readonly channel?: string;
}

/**
 * Tells instances by Redis publish and subscribe that the log has grown. The log itself is elsewhere, in Postgres.
 *
 * ```ts
 * AuthModule.forRoot({ stores: { ...postgresStores(pool), notifications: new RedisNotifications(redis) } });
 * ```
 *
 * With Redis away, instances read the log every second; a subscription comes back by itself.
 */
export class RedisNotifications extends RevocationNotifications {
  readonly #channel: string;

  /** @param redis a `Redis` of `ioredis`. A subscription takes one connection more. It stays the application's to end. */
  constructor(
    private readonly redis: RedisClient,
    { channel = 'gatehouse:revocations' }: RedisNotificationsOptions = {},
  ) {
    super();
    this.#channel = channel;
    if (!redis.listeners('error').includes(ignore)) redis.on('error', ignore);
  }

  override async publish(): Promise<void> {
    await this.redis.publish(this.#channel, '');
  }

  override async subscribe(listener: () => void): Promise<() => Promise<void>> {
    const subscriber = this.redis.duplicate({
      lazyConnect: true,
      enableOfflineQueue: true,
      autoResubscribe: true,
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    subscriber.on('error', ignore);
    subscriber.on('message', listener);
    await firstAttempt(subscriber, this.#channel);
    // From here on each of them is a reconnection, and what was published in between was missed.
    subscriber.on('ready', listener);
    return async () => subscriber.disconnect();
  }
}

/** Subscribes. Resolves when that is done, or when the first attempt has failed: the client goes on trying by itself. */
function firstAttempt(subscriber: RedisSubscriber, channel: string): Promise<void> {
  return new Promise((resolve) => {
    subscriber.on('close', () => resolve());
    subscriber.subscribe(channel).then(
      () => resolve(),
      () => resolve(),
    );
  });
}

/** Whoever waits for an answer hears of a failure; nobody else needs to, and the process must not end of it. */
function ignore(): void {}
