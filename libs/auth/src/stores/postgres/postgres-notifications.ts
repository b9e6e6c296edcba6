import { RevocationNotifications } from '../../revocation/revocation.store.js';
import { isPglite, type PostgresClient } from './postgres-client.js';
import { PostgresListener } from './postgres-listener.js';
import { CHANNEL } from './revocation-log.js';

/**
 * Tells instances by `LISTEN` and `NOTIFY` that the log in Postgres has grown. A subscription to a `Pool` takes one
 * connection of its own, beside those of the pool.
 */
export class PostgresNotifications extends RevocationNotifications {
  constructor(private readonly client: PostgresClient) {
    super();
  }

  /** Has nothing to do: {@link PostgresRevocationStore} notifies with the entries, in their transaction. */
  override async publish(): Promise<void> {}

  override async subscribe(listener: () => void): Promise<() => Promise<void>> {
    if (isPglite(this.client)) return this.client.listen(CHANNEL, listener);
    const subscription = new PostgresListener(this.client, CHANNEL, listener);
    await subscription.start();
    return () => subscription.stop();
  }
}
