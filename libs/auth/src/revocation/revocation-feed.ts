import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { AuthEvents } from '../events/auth-events.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { storeAnswer } from '../store-answer.js';
import type { Revocation, RevocationKind } from './revocation.js';
import { RevocationMirror, type Verdict } from './revocation-mirror.js';
import { RevocationNotifications, RevocationStore } from './revocation.store.js';

/** How the feed behaves when it cannot read its log. */
export interface FeedOptions {
  /** Seconds without a reading after which the feed is stale. */
  readonly maxStaleness: number;
  /** What a stale feed does with credentials: `refuse` answers 503. */
  readonly onStale: 'refuse' | 'allow';
}

const READ_INTERVAL = 1_000;
const PAGE = 10_000;
/** Milliseconds; Node takes more for none. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Entries are few beside requests; looking for dead ones costs as much as there are. */
const PRUNE_INTERVAL = 60_000;

/**
 * Tells whether what was verified once is still good. Asked on every request, remembered identity or not, so it
 * answers from memory and synchronously.
 *
 * Behind it is a durable log that all instances share. It is read when a notification says that it has grown, and every
 * second, because notifications get lost.
 */
@Injectable()
export class RevocationFeed implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RevocationFeed.name);
  readonly #mirror = new RevocationMirror();
  readonly #preparations = new Map<RevocationKind, () => Promise<void>>();
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #isStale = false;
  #staleness: NodeJS.Timeout | undefined;
  #prunedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => Promise<void>) | undefined;
  #isClosed = false;

  constructor(
    private readonly options: FeedOptions,
    private readonly store: RevocationStore,
    private readonly notifications: RevocationNotifications,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /** Number of the latest entry known here; grows with every revocation. */
  get position(): number {
    return this.#mirror.position;
  }

  /** How many entries are held in memory. */
  get size(): number {
    return this.#mirror.size;
  }

  /**
   * @param preparation is awaited before entries of that kind take effect here. When it fails, the entries that were read
   * with them wait: they are read again, and it is tried again, until the feed is stale.
   */
  prepare(kind: RevocationKind, preparation: () => Promise<void>): void {
    this.#preparations.set(kind, preparation);
  }

  /** Reads the whole log: no request is answered before. */
  async onModuleInit(): Promise<void> {
    await this.#read();
    this.#unsubscribe = await this.notifications.subscribe(() => void this.#readQuietly());
    this.#timer = setInterval(() => void this.#tick(), READ_INTERVAL);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#unsubscribe?.();
    await this.#reading?.catch(() => undefined);
  }

  /**
   * Appends to the log. When it resolves, the log has the entries, every later {@link verdict} here knows them, and the
   * other instances have been told.
   *
   * @throws AuthError `auth_unavailable` when the log cannot be written: then nothing may have been revoked.
   */
  async revoke(...revocations: readonly Revocation[]): Promise<void> {
    await storeAnswer('the revocation log', this.store.append(revocations));
    await this.announce();
  }

  /**
   * Reads on: when it resolves, {@link verdict} knows every entry that was in the log when this was called.
   *
   * @throws AuthError `auth_unavailable` when the log cannot be read.
   */
  catchUp(): Promise<void> {
    return this.#readOn();
  }

  /** After a store has written to the log itself: reads it here, and tells the other instances. */
  async announce(): Promise<void> {
    await this.#readOn();
    // Who misses it reads the log within a second.
    this.notifications.publish().catch(() => undefined);
  }

  /**
   * @param identity of a credential that was verified.
   * @param since the `position` before that verification began.
   * @returns `good`; `revoked`; or `changed`, when the credential's record changed since then and has to be read again.
   * @throws AuthError `auth_unavailable` when the log has not been read for longer than `maxStaleness`.
   */
  verdict(identity: UserIdentity, since: number): Verdict {
    if (this.#isStale && this.options.onStale === 'refuse') throw stale();
    return this.#mirror.verdict(identity, since);
  }

  /** Until when a subject's tokens are refused, in milliseconds since 1970; undefined when they are not. */
  subjectRevokedAt(userId: string): number | undefined {
    return this.#mirror.subjectRevokedAt(userId);
  }

  /** Was everything of the subject revoked behind that position, as far as is known here? */
  isSubjectRevokedAfter(userId: string, position: number): boolean {
    return this.#mirror.isSubjectRevokedAfter(userId, position);
  }

  /**
   * Until when what was issued to a subject may carry something else than it holds now, in milliseconds since 1970: its
   * credentials from before are looked at again. The later of its own change and of one that is about everybody.
   *
   * @returns undefined when nothing has changed.
   */
  permissionsChangedAt(subjectId: string): number | undefined {
    return this.#mirror.permissionsChangedAt(subjectId);
  }

  #onStale(): void {
    this.#isStale = true;
    if (this.#isClosed) return;
    this.#logger.error(`The revocation log has not been read for ${this.options.maxStaleness} seconds`);
    this.events.emit({ type: 'feed.stale' });
  }

  async #tick(): Promise<void> {
    await this.#readQuietly();
    if (performance.now() - this.#prunedAt < PRUNE_INTERVAL) return;
    this.#prunedAt = performance.now();
    this.#mirror.prune(this.clock.now());
    await this.store.prune(this.clock.now()).catch(() => undefined);
  }

  /** A reading that fails is tried again by the next tick; when they keep failing, the feed becomes stale. */
  async #readQuietly(): Promise<void> {
    if (this.#isClosed) return;
    await this.#readOn().catch(() => undefined);
  }

  /** A reading that began before this call may have missed what the caller wants to see. */
  async #readOn(): Promise<void> {
    if (this.#reading === undefined) return this.#read();
    this.#readAgain = true;
    return this.#reading;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll();
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    try {
      do {
        this.#readAgain = false;
        const startedAt = performance.now();
        while ((await this.#readPage()) === PAGE);
        this.#fresh(startedAt);
      } while (this.#readAgain);
    } finally {
      // At once with the last look at #readAgain: whoever comes later begins a reading of its own.
      this.#reading = undefined;
    }
  }

  async #readPage(): Promise<number> {
    const entries = await storeAnswer(
      'the revocation log',
      this.store.readAfter(this.#mirror.position, PAGE),
    );
    for (const kind of new Set(entries.map((entry) => entry.kind))) await this.#preparations.get(kind)?.();
    for (const entry of entries) this.#mirror.add(entry);
    return entries.length;
  }

  #fresh(startedAt: number): void {
    // A timer, so that no request reads the clock. After the event loop was blocked it runs before new requests are read.
    clearTimeout(this.#staleness);
    const left = startedAt + this.options.maxStaleness * 1_000 - performance.now();
    this.#staleness = setTimeout(() => this.#onStale(), Math.min(left + 1, LONGEST_TIMER)).unref();
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#logger.log('The revocation log can be read again');
    this.events.emit({ type: 'feed.recovered' });
  }
}

function stale(): AuthError {
  return new AuthError('auth_unavailable', 'the revocation feed is stale', { retryAfter: 1 });
}
