import type { AuthEvent } from '../events/auth-events.js';
import type { AuditEntry } from './audit.store.js';

/** Entries of refusals between two writes. Beyond them only how many there were is kept, by what they were. */
const MAX_ENTRIES = 100;

type Made = (event: AuthEvent) => AuditEntry;

interface Counted {
  readonly entry: AuditEntry;
  count: number;
}

/**
 * Refusals cost whoever sends them nothing, and there may be many thousand in a second. Those that are alike become one
 * entry: the first of them, with their `count`.
 */
export class Refusals {
  #alike = new Map<string, Counted>();

  /** @returns false when the event is of another kind, and wants an entry of its own. */
  add(event: AuthEvent, make: Made): boolean {
    const kind = kindOf(event);
    if (kind === undefined) return false;
    const key = JSON.stringify([...kind, event.ip, event.actor?.credentialId]);
    const isNew = !this.#alike.has(key) && this.#alike.size >= MAX_ENTRIES;
    if (isNew) this.#count(JSON.stringify(kind.slice(0, 2)), () => make(anonymous(event)));
    else this.#count(key, () => make(event));
    return true;
  }

  /** @returns what has come together since the last time. */
  take(): readonly AuditEntry[] {
    const taken = [...this.#alike.values()];
    this.#alike = new Map();
    return taken.map(({ entry, count }) =>
      count === 1 ? entry : { ...entry, details: { ...entry.details, count } },
    );
  }

  #count(key: string, make: () => AuditEntry): void {
    const counted = this.#alike.get(key);
    if (counted === undefined) this.#alike.set(key, { entry: make(), count: 1 });
    else counted.count += 1;
  }
}

/**
 * What makes refusals alike beside their source; type and code come first. Failed logins are not among them: the limits
 * of logins bound them, and each names an account.
 */
function kindOf(event: AuthEvent): readonly unknown[] | undefined {
  switch (event.type) {
    case 'credential.refused':
      return [event.type, event.code, event.reason];
    case 'permission.denied':
      return [event.type, undefined, event.reason, event.target, event.permissions];
    case 'client.refused':
      return [event.type, undefined, event.reason, event.target];
    case 'login.limited':
    case 'client.limited':
    case 'api-key.limited':
      return [event.type, undefined, event.target];
    default:
      return undefined;
  }
}

/** One for many sources: it names none of them. */
function anonymous({ type, time, ...rest }: AuthEvent): AuthEvent {
  const code = 'code' in rest ? { code: rest.code } : {};
  return { type, time, ...code } as AuthEvent;
}
