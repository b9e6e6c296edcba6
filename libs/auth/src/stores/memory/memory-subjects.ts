import type { LinkedAccount } from '../../oauth/linked-account.store.js';
import type { RoleRecord } from '../../roles/role.store.js';
import { ADMINISTRATOR } from '../../roles/role.store.js';
import type { OneTimeTokenRecord } from '../../users/one-time-token.store.js';
import type { UserRecord } from '../../users/user.store.js';
import type { MemoryRefreshTokenStore } from './memory-refresh-token.store.js';
import type { MemoryRevocationStore } from './memory-revocation.store.js';

/**
 * What the stores of users, roles and one-time tokens in the memory of one process have in common: give one to all three.
 * What they do with it awaits nothing in between, so that every verb is one step.
 */
export class MemorySubjects {
  readonly users = new Map<string, UserRecord>();
  readonly userIdOfEmail = new Map<string, string>();
  readonly tokens = new Map<string, OneTimeTokenRecord>();
  /** By issuer and subject. */
  readonly links = new Map<string, LinkedAccount>();
  readonly roles = new Map<string, RoleRecord>();
  /** Names of roles, by the id of who holds them. */
  readonly rolesOf = new Holdings();
  readonly grantsOf = new Holdings();

  /** @param log and sessions, which changes of users and roles reach into. */
  constructor(
    readonly log: MemoryRevocationStore,
    readonly sessions: MemoryRefreshTokenStore,
  ) {}

  /** Users who hold the role, active or not. */
  get administrators(): readonly UserRecord[] {
    return this.rolesOf.holdersOf(ADMINISTRATOR).flatMap((userId) => this.users.get(userId) ?? []);
  }

  /** Is this one an active administrator, and nobody else? */
  isLastAdministrator(userId: string): boolean {
    const active = this.administrators.filter(({ isActive, orgId }) => isActive && orgId === undefined);
    return active.length === 1 && active[0]!.userId === userId;
  }
}

/** Who holds what. */
export class Holdings {
  readonly #of = new Map<string, Set<string>>();

  /** Sorted. */
  of(holder: string): readonly string[] {
    return [...(this.#of.get(holder) ?? [])].sort();
  }

  has(holder: string, name: string): boolean {
    return this.#of.get(holder)?.has(name) ?? false;
  }

  holdersOf(name: string): readonly string[] {
    return [...this.#of].filter(([, names]) => names.has(name)).map(([holder]) => holder);
  }

  /** @returns false when the holder has it already. */
  add(holder: string, name: string): boolean {
    if (this.has(holder, name)) return false;
    this.#of.set(holder, (this.#of.get(holder) ?? new Set()).add(name));
    return true;
  }

  /** @returns false when the holder does not have it. */
  remove(holder: string, name: string): boolean {
    const names = this.#of.get(holder);
    if (names?.delete(name) !== true) return false;
    if (names.size === 0) this.#of.delete(holder);
    return true;
  }

  removeAllOf(holder: string): void {
    this.#of.delete(holder);
  }
}
