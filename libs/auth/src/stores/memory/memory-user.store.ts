import { frozenCopy } from '../../identity/frozen-copy.js';
import { ADMINISTRATOR } from '../../roles/role.store.js';
import {
  UserStore,
  type UserChangeResult,
  type UserChanges,
  type UserChangeTerms,
  type UserQuery,
  type UserRecord,
} from '../../users/user.store.js';
import type { MemorySubjects } from './memory-subjects.js';

/** People in the memory of one process: for tests, and for trying things out. */
export class MemoryUserStore extends UserStore {
  /** @param subjects the same as for {@link MemoryRoleStore} and {@link MemoryOneTimeTokenStore}. */
  constructor(private readonly subjects: MemorySubjects) {
    super();
  }

  override async insert(user: UserRecord): Promise<boolean> {
    return this.#insert(user);
  }

  override async insertFirstAdministrator(user: UserRecord): Promise<boolean> {
    if (this.subjects.administrators.length > 0 || !this.#insert(user)) return false;
    this.subjects.rolesOf.add(user.userId, ADMINISTRATOR);
    return true;
  }

  override async hasAdministrator(): Promise<boolean> {
    return this.subjects.administrators.length > 0;
  }

  override async findById(userId: string): Promise<UserRecord | undefined> {
    return this.subjects.users.get(userId);
  }

  override async findByEmail(email: string): Promise<UserRecord | undefined> {
    const userId = this.subjects.userIdOfEmail.get(email);
    return userId === undefined ? undefined : this.subjects.users.get(userId);
  }

  override async list({ orgId, search, limit, after }: UserQuery): Promise<readonly UserRecord[]> {
    if (after !== undefined && !this.subjects.users.has(after)) return [];
    const part = search?.toLowerCase() ?? '';
    return [...this.subjects.users.values()]
      .filter(({ userId }) => after === undefined || userId > after)
      .filter((user) => orgId === undefined || user.orgId === orgId)
      .filter(({ email, name }) => email.includes(part) || (name?.toLowerCase().includes(part) ?? false))
      .sort((a, b) => (a.userId < b.userId ? -1 : 1))
      .slice(0, limit);
  }

  override async update(
    userId: string,
    changes: UserChanges,
    terms: UserChangeTerms,
  ): Promise<UserChangeResult> {
    const user = this.subjects.users.get(userId);
    if (user === undefined) return { outcome: 'unknown' };
    if (!isAsExpected(user, terms)) return { outcome: 'outdated' };
    const changed = frozenCopy({ ...user, ...changes, updatedAt: terms.now });
    const staysOne = changed.isActive && changed.orgId === undefined;
    if (!staysOne && this.subjects.isLastAdministrator(userId)) return { outcome: 'last-administrator' };
    if ((this.subjects.userIdOfEmail.get(changed.email) ?? userId) !== userId)
      return { outcome: 'email-taken' };
    this.subjects.userIdOfEmail.delete(user.email);
    this.subjects.userIdOfEmail.set(changed.email, userId);
    this.subjects.users.set(userId, changed);
    this.#conclude(userId, terms);
    return { outcome: 'changed', user: changed };
  }

  override async remove(userId: string, terms: Omit<UserChangeTerms, 'expected'>): Promise<UserChangeResult> {
    const { users, userIdOfEmail, tokens, links, rolesOf, grantsOf } = this.subjects;
    const user = users.get(userId);
    if (user === undefined) return { outcome: 'unknown' };
    if (this.subjects.isLastAdministrator(userId)) return { outcome: 'last-administrator' };
    users.delete(userId);
    userIdOfEmail.delete(user.email);
    for (const token of tokens.values()) if (token.userId === userId) tokens.delete(token.tokenHash);
    for (const [key, link] of links) if (link.userId === userId) links.delete(key);
    rolesOf.removeAllOf(userId);
    grantsOf.removeAllOf(userId);
    this.#conclude(userId, terms);
    return { outcome: 'changed', user };
  }

  #insert(user: UserRecord): boolean {
    const { users, userIdOfEmail } = this.subjects;
    if (users.has(user.userId) || userIdOfEmail.has(user.email)) return false;
    users.set(user.userId, frozenCopy(user));
    userIdOfEmail.set(user.email, user.userId);
    return true;
  }

  #conclude(userId: string, { now, revocations, closesSessions }: UserChangeTerms): void {
    if (closesSessions) this.subjects.sessions.closeAllNow(userId, now);
    this.subjects.log.appendNow(revocations);
  }
}

function isAsExpected(user: UserRecord, { expected = {} }: UserChangeTerms): boolean {
  return Object.entries(expected).every(([name, value]) => user[name as keyof UserRecord] === value);
}
