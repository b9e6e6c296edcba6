/** What is needed of a `Redis` of `ioredis`, version 5 or 6. The application makes it and ends it. */
export interface RedisClient {
  publish(channel: string, message: string): Promise<unknown>;
  duplicate(override: RedisSubscriberOptions): RedisSubscriber;
  on(event: 'error', listener: (error: Error) => void): unknown;
  listeners(event: 'error'): unknown[];
}

/** What is needed of a connection that does nothing but listen. */
export interface RedisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
  on(event: 'error' | 'close' | 'ready' | 'message', listener: () => void): unknown;
}

/** How such a connection differs from the application's own. */
export interface RedisSubscriberOptions {
  readonly lazyConnect: boolean;
  readonly enableOfflineQueue: boolean;
  readonly autoResubscribe: boolean;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (attempt: number) => number;
}
