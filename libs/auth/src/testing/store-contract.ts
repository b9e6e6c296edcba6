import { hash, randomUUID } from 'node:crypto';

import type { LoggedRevocation, Revocation, RevocationKind } from '../revocation/revocation.js';
import type { RevocationStore } from '../revocation/revocation.store.js';

/** The two functions that a contract needs of a test runner; Jest, Vitest, Mocha and node:test all have them. */
export interface TestRunner {
  readonly describe: (name: string, suite: () => void) => void;
  readonly it: (name: string, test: () => Promise<void>) => void;
}

/** How many callers race for one thing. */
export const RACERS = 100;

/** What that many callers get who call at the same time. */
export function race<T>(call: (racer: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: RACERS }, (_, racer) => call(racer)));
}

/** A hash that nobody else has. */
export function newHash(): string {
  return hash('sha256', randomUUID(), 'hex');
}

/** A revocation that nobody else has, and that no test prunes. */
export function newRevocation(
  kind: RevocationKind,
  id: string = randomUUID(),
  at: number = Date.UTC(2026, 0, 2),
): Revocation {
  return { kind, id, at, expiresAt: Date.UTC(2100, 0, 1) + 123 };
}

/** Reads the log behind a position to its end. */
export async function readLog(store: RevocationStore, position = 0): Promise<LoggedRevocation[]> {
  const entries: LoggedRevocation[] = [];
  for (;;) {
    const page = await store.readAfter(entries.at(-1)?.position ?? position, 1_000);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

/** What the log has on one thing, without positions. */
export async function loggedOf(store: RevocationStore, id: string): Promise<Revocation[]> {
  const entries = await readLog(store);
  return entries.filter((entry) => entry.id === id).map(({ position, ...revocation }) => revocation);
}
