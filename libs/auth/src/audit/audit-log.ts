import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';

import { Clock } from '../clock.js';
import { AuthEvents, type AuthEvent } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { entryOf } from './audit-entry.js';
import { AuditQueue } from './audit-queue.js';
import { AuditStore, type AuditEntry, type AuditQuery } from './audit.store.js';
import { Refusals } from './refusals.js';

const WRITE_INTERVAL = 1_000;
const PRUNE_INTERVAL = 3_600_000;
const BATCH = 200;
/** Entries in memory while the store is away: about 10 MB. */
const MAX_WAITING = 10_000;

/**
 * Keeps the events of this package, when the option `audit` is set. On the way of a request nothing happens but that the
 * event is taken note of: entries are written behind, every second and in batches, again and again while the store is
 * away. What memory does not hold until then is counted, and the count is an entry (`audit.dropped`).
 */
@Injectable()
export class AuditLog implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(AuditLog.name);
  readonly #ids = new UuidV7Sequence();
  readonly #refusals = new Refusals();
  readonly #queue = new AuditQueue(MAX_WAITING);
  readonly #timers: NodeJS.Timeout[] = [];
  #subscription: Subscription | undefined;
  #writing: Promise<void> | undefined;
  #batch = BATCH;
  #isAway = false;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly store: AuditStore,
    private readonly events: AuthEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    if (this.options.audit === undefined) return;
    this.#subscription = this.events.subscribe((event) => this.#note(event));
    this.#timers.push(
      setInterval(() => void this.write(), WRITE_INTERVAL),
      setInterval(() => void this.prune(), PRUNE_INTERVAL),
    );
    for (const timer of this.#timers) timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    // A store that hangs must not hold up the end of the process.
    await storeAnswer('the audit store', this.#writeEverything()).catch(() => undefined);
    this.#subscription?.unsubscribe();
    if (this.#queue.size > 0)
      this.#logger.error(`${this.#queue.size} entries could not be written before the end`);
  }

  /**
   * One page, the latest first, with everything that this instance has noted until now; what others have noted is there
   * within a second.
   *
   * @throws AuthError `auth_unavailable` when the store does not answer.
   */
  async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    await this.#writeEverything();
    return storeAnswer('the audit store', this.store.list(query));
  }

  /** Writes what was noted. What the store does not take waits for the next time. Never rejects. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  /** Removes what is older than `audit.retention`. Never rejects. */
  async prune(): Promise<void> {
    const { audit } = this.options;
    if (audit === undefined) return;
    const before = new Date(this.clock.now() - audit.retention * 1_000);
    await storeAnswer('the audit store', this.store.prune(before)).catch(() =>
      this.#logger.warn('Old entries could not be removed'),
    );
  }

  /** A write that is under way may have begun before the latest events. */
  async #writeEverything(): Promise<void> {
    await this.#writing;
    await this.write();
  }

  #note(event: AuthEvent): void {
    const make = (one: AuthEvent): AuditEntry => entryOf(one, this.#ids.next(one.time.getTime()));
    if (!this.#refusals.add(event, make)) this.#queue.addFact(make(event));
  }

  async #write(): Promise<void> {
    this.#queue.addRefusals(this.#refusals.take());
    while (this.#queue.size > 0) {
      const batch = this.#queue.next(this.#batch);
      try {
        // A batch that came too late may be written all the same; adding it again changes nothing.
        await storeAnswer('the audit store', this.store.append(batch));
      } catch {
        this.#failed(batch);
        return;
      }
      this.#queue.written(batch);
      this.#batch = Math.min(BATCH, this.#batch * 2);
      this.#tellDropped();
    }
    if (this.#isAway) this.#logger.log('The audit store answers again');
    this.#isAway = false;
  }

  /** It may be the store that is away, or one entry that it cannot take: that one must not hold up the others. */
  #failed(batch: readonly AuditEntry[]): void {
    if (!this.#isAway) this.#logger.error('The audit store does not answer: entries wait in memory');
    this.#isAway = true;
    this.#batch = Math.ceil(batch.length / 4);
    if (batch.length === 1) this.#queue.setBack(batch[0]!);
  }

  #tellDropped(): void {
    const { dropped } = this.#queue;
    if (dropped === 0) return;
    this.#queue.forgetDropped();
    this.#logger.error(`${dropped} entries were lost while the audit store was away`);
    this.events.emit({ type: 'audit.dropped', dropped });
  }
}
