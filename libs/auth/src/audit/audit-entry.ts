import type { AuthEvent } from '../events/auth-events.js';
import type { AuditEntry } from './audit.store.js';

/** Characters of one text: as much as an index of Postgres takes of any alphabet, and twice as much as any id has. */
const MAX_TEXT = 512;

/** @returns an event as it is kept. Text stays text, whatever characters are in it: no line is ever built of it. */
export function entryOf(event: AuthEvent, entryId: string): AuditEntry {
  const { type, time, actor, requestId, ip, ...rest } = storable(event) as AuthEvent;
  const { target, ...details } = rest as { target?: string } & Record<string, unknown>;
  return { entryId, time, type, actor, target, requestId, ip, details };
}

/** Some databases have no text with a zero byte in it; one entry must not hold up those behind it. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT).replaceAll('\0', '\uFFFD');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, storable(one)]));
}
