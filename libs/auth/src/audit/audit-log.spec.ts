import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { AuthEvents, type AuthFact } from '../events/auth-events.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import { ManualClock } from '../testing/manual-clock.js';
import { AuditLog } from './audit-log.js';
import { AuditStore, type AuditEntry } from './audit.store.js';

/** Can be away (`fails`), or hang, having taken what it was given or not. */
class FaultyStore extends AuditStore {
  readonly entries = new Map<string, AuditEntry>();
  readonly batches: number[] = [];
  readonly pruned: Date[] = [];
  answers: 'well' | 'fails' | 'hangs' | 'takes and fails' = 'well';

  override append(entries: readonly AuditEntry[]): Promise<void> {
    if (this.answers === 'fails') return Promise.reject(new Error('away'));
    if (this.answers === 'hangs') return new Promise(() => undefined);
    this.batches.push(entries.length);
    for (const entry of entries) this.entries.set(entry.entryId, entry);
    return this.answers === 'well' ? Promise.resolve() : Promise.reject(new Error('too late'));
  }

  override list(): Promise<readonly AuditEntry[]> {
    return this.answers === 'fails'
      ? Promise.reject(new Error('away'))
      : Promise.resolve(this.#latestFirst());
  }

  override prune(before: Date): Promise<void> {
    this.pruned.push(before);
    return this.answers === 'fails' ? Promise.reject(new Error('away')) : Promise.resolve();
  }

  #latestFirst(): AuditEntry[] {
    return [...this.entries.keys()]
      .sort()
      .reverse()
      .map((id) => this.entries.get(id)!);
  }
}

interface Made {
  readonly log: AuditLog;
  readonly store: FaultyStore;
  readonly events: AuthEvents;
  readonly clock: ManualClock;
  /** `type` or `type xCount`, the oldest first. */
  readonly kept: () => string[];
}

const logs: AuditLog[] = [];

/** @param retention seconds; false: the option is off. */
function makeLog(retention: number | false = 86_400): Made {
  const audit = retention === false ? undefined : { retention };
  const clock = new ManualClock();
  const events = new AuthEvents(clock);
  const store = new FaultyStore();
  const log = new AuditLog({ audit } as ResolvedAuthOptions, store, events, clock);
  log.onModuleInit();
  logs.push(log);
  const kept = (): string[] =>
    [...store.entries.keys()].sort().map((id) => {
      const { type, details } = store.entries.get(id)!;
      return details['count'] === undefined ? type : `${type} x${Number(details['count'])}`;
    });
  return { log, store, events, clock, kept };
}

const login = (target = 'ada'): AuthFact => ({ type: 'login.succeeded', target });
const refusal: AuthFact = {
  type: 'credential.refused',
  code: 'credentials_invalid',
  reason: 'wrong signature',
  target: 'DoorController.read',
};

describe('the audit log', () => {
  const said: unknown[] = [];
  beforeEach(() => {
    said.length = 0;
    for (const level of ['log', 'warn', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => void said.push(message));
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.onApplicationShutdown()));
    jest.restoreAllMocks();
  });

  it('does not reach the store while an event is told', () => {
    const { events, store } = makeLog();
    const append = jest.spyOn(store, 'append');
    events.emit(login());
    expect(append).not.toHaveBeenCalled();
  });

  it('writes in batches, each event once', async () => {
    const { log, events, store } = makeLog();
    for (let i = 0; i < 450; i += 1) events.emit(login(`user_${i}`));
    await log.write();
    await log.write();
    expect(store.batches).toEqual([200, 200, 50]);
    expect([...store.entries.values()].map(({ target }) => target)).toEqual(
      Array.from({ length: 450 }, (_, i) => `user_${i}`),
    );
  });

  it('writes by itself', async () => {
    jest.useFakeTimers();
    try {
      const { events, kept } = makeLog();
      events.emit(login());
      await jest.advanceTimersByTimeAsync(1_000);
      expect(kept()).toEqual(['login.succeeded']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('hears and removes nothing without the option', async () => {
    const { log, events, store } = makeLog(false);
    expect(events.isHeard).toBe(false);
    await log.prune();
    expect(store.pruned).toEqual([]);
  });

  it('keeps what the store does not take, and writes it once the store is back: all of it, once', async () => {
    const { log, events, store, kept } = makeLog();
    store.answers = 'fails';
    events.emit(login());
    await log.write();
    events.emit({ type: 'user.disabled', target: 'ada' });
    await log.write();
    expect(kept()).toEqual([]);
    store.answers = 'well';
    await log.write();
    await log.write();
    expect(kept()).toEqual(['login.succeeded', 'user.disabled']);
    expect(store.batches).toEqual([1, 1]);
  });

  it('writes the others while the store cannot take one of them, and that one as soon as it can', async () => {
    const { log, events, store } = makeLog();
    const append = store.append.bind(store);
    const picky = jest
      .spyOn(store, 'append')
      .mockImplementation((entries) =>
        entries.some(({ target }) => target === 'poison')
          ? Promise.reject(new Error('value too long'))
          : append(entries),
      );
    for (let i = 0; i < 300; i += 1) events.emit(login(i === 7 ? 'poison' : `user_${i}`));
    for (let i = 0; i < 12; i += 1) await log.write();
    expect(store.entries.size).toBe(299);
    events.emit(login('later'));
    await log.write();
    await log.write();
    expect([...store.entries.values()].at(-1)?.target).toBe('later');
    picky.mockRestore();
    await log.write();
    expect(store.entries.size).toBe(301);
    expect(said).toEqual([
      'The audit store does not answer: entries wait in memory',
      'The audit store answers again',
    ]);
  });

  it('writes nothing twice that a store took without saying so', async () => {
    const { log, events, store, kept } = makeLog();
    store.answers = 'takes and fails';
    events.emit(login());
    await log.write();
    store.answers = 'well';
    await log.write();
    expect(kept()).toEqual(['login.succeeded']);
    expect(store.batches).toEqual([1, 1]);
  });

  it('says once that the store is away and once that it is back, and no word of what waits', async () => {
    const { log, events, store } = makeLog();
    store.answers = 'fails';
    events.emit(login('eve\r\nERROR forged'));
    await log.write();
    await log.write();
    store.answers = 'well';
    await log.write();
    expect(said).toEqual([
      'The audit store does not answer: entries wait in memory',
      'The audit store answers again',
    ]);
  });

  it('counts alike refusals until the next write', async () => {
    const { log, events, kept } = makeLog();
    for (let i = 0; i < 3; i += 1) events.emit(refusal, { ip: '192.0.2.1' });
    await log.write();
    events.emit(refusal, { ip: '192.0.2.1' });
    await log.write();
    expect(kept()).toEqual(['credential.refused x3', 'credential.refused']);
  });

  it('drops the oldest refusals first when memory is full, then the oldest, and enters how many', async () => {
    const { log, events, store } = makeLog();
    store.answers = 'fails';
    for (let i = 0; i < 3; i += 1) {
      events.emit(refusal, { ip: `192.0.2.${i}` });
      await log.write();
    }
    for (let i = 0; i < 9_999; i += 1) events.emit(login(`user_${i}`));
    store.answers = 'well';
    await log.write();
    const entries = [...store.entries.values()];
    expect(entries.filter(({ type }) => type === 'login.succeeded')).toHaveLength(9_999);
    expect(entries.filter(({ type }) => type === 'credential.refused').map(({ ip }) => ip)).toEqual([
      '192.0.2.2',
    ]);
    expect(entries.find(({ type }) => type === 'audit.dropped')?.details).toEqual({ dropped: 2 });

    store.entries.clear();
    store.answers = 'fails';
    for (let i = 0; i < 10_005; i += 1) events.emit(login(`user_${i}`));
    store.answers = 'well';
    await log.write();
    expect(store.entries.size).toBe(10_001);
    const targets = new Set([...store.entries.values()].map(({ target }) => target));
    expect([targets.has('user_4'), targets.has('user_5')]).toEqual([false, true]);
    expect([...store.entries.values()].at(-1)?.details).toEqual({ dropped: 5 });
  });

  it('does not count as dropped what was being written when room was made of it', async () => {
    const { log, events, store } = makeLog();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const append = store.append.bind(store);
    jest.spyOn(store, 'append').mockImplementationOnce(async (entries) => {
      await append(entries);
      await released;
    });
    events.emit(login('first'));
    const writing = log.write();
    for (let i = 0; i < 10_000; i += 1) events.emit(login(`user_${i}`));
    release();
    await writing;
    expect(store.entries.size).toBe(10_001);
    expect([...store.entries.values()].some(({ type }) => type === 'audit.dropped')).toBe(false);
  });

  it('lists everything that was told until then', async () => {
    const { log, events } = makeLog();
    events.emit(login('ada'));
    const writing = log.write();
    events.emit(refusal);
    const entries = await log.list({ limit: 50 });
    expect(entries.map(({ type }) => type)).toEqual(['credential.refused', 'login.succeeded']);
    await writing;
  });

  it('answers a list with auth_unavailable while the store is away', async () => {
    const { log, store } = makeLog();
    store.answers = 'fails';
    await expect(log.list({ limit: 50 })).rejects.toMatchObject({ code: 'auth_unavailable' });
  });

  it('removes what is older than the retention, and goes on when it cannot', async () => {
    const { log, store, clock } = makeLog(3_600);
    await log.prune();
    store.answers = 'fails';
    await expect(log.prune()).resolves.toBeUndefined();
    expect(store.pruned[0]).toEqual(new Date(clock.now() - 3_600_000));
  });

  it('writes what waits when the application ends, and hears nothing after', async () => {
    const { log, events, kept } = makeLog();
    events.emit(login());
    events.emit(refusal);
    await log.onApplicationShutdown();
    expect(kept()).toEqual(['login.succeeded', 'credential.refused']);
    expect(events.isHeard).toBe(false);
  });

  it('does not hold up the end of an application whose store hangs', async () => {
    const { log, events, store } = makeLog();
    store.answers = 'hangs';
    events.emit(login());
    await expect(log.onApplicationShutdown()).resolves.toBeUndefined();
  });
});
