import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type AuthFact, type Origin } from '../events/auth-events.js';
import { readInput } from '../input.js';
import type { Revocation } from '../revocation/revocation.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { normaliseEmail } from './email.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import { changesOf } from './user.changes.js';
import { userInputSchema, userUpdateSchema, type UserInput, type UserUpdate } from './user.input.js';
import { UserStore, type UserChangeResult, type UserChanges, type UserQuery } from './user.store.js';
import { userView, type User } from './user.view.js';

/** What became of a change of a user. In every case but the first nothing has changed. */
export type UserOutcome =
  | { readonly outcome: 'changed'; readonly user: User }
  | { readonly outcome: 'unknown' }
  /** Another user has the address. */
  | { readonly outcome: 'email-taken' }
  /** No active administrator would be left. */
  | { readonly outcome: 'last-administrator' };

/**
 * People: makes them and changes them. What is changed counts for their tokens, sessions and keys from the next request
 * on, on every instance.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer.
 */
@Injectable()
export class UserService {
  readonly #ids = new UuidV7Sequence();

  constructor(
    private readonly store: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Makes a user who holds nothing yet.
   *
   * @returns undefined, with nothing changed, when another user has the address.
   * @throws TypeError naming each field that is not as {@link UserInput} says, or what the policy has against the
   * password.
   */
  async create(input: UserInput, origin?: Origin): Promise<User | undefined> {
    const { password, isEmailVerified, ...fields } = readInput(userInputSchema, input, 'create');
    const problem = password === undefined ? undefined : this.policy.problemOf(password, fields);
    if (problem !== undefined) throw new TypeError(`create: password ${problem}`);
    const now = new Date(this.clock.now());
    const record = {
      userId: this.#ids.next(now.getTime()),
      email: fields.email,
      name: fields.name,
      orgId: fields.orgId,
      passwordHash: password === undefined ? undefined : await this.hasher.hash(password),
      isActive: true,
      emailVerifiedAt: isEmailVerified ? now : undefined,
      metadata: fields.metadata,
      createdAt: now,
      updatedAt: now,
    };
    if (!(await storeAnswer('the user store', this.store.insert(record)))) return undefined;
    this.#tell('user.created', record.userId, origin);
    return userView(record);
  }

  async find(userId: string): Promise<User | undefined> {
    const record = await storeAnswer('the user store', this.store.findById(userId));
    return record && userView(record);
  }

  /** @param email in any spelling. */
  async findByEmail(email: string): Promise<User | undefined> {
    const normalised = normaliseEmail(email);
    if (normalised === undefined) return undefined;
    const record = await storeAnswer('the user store', this.store.findByEmail(normalised));
    return record && userView(record);
  }

  /** One page of users, oldest first; 50 unless the query says another limit. The next page begins `after` the last. */
  async list(query: Partial<UserQuery> = {}): Promise<readonly User[]> {
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100);
    return (await storeAnswer('the user store', this.store.list({ ...query, limit }))).map(userView);
  }

  /**
   * Changes what is said of a user. With another address or organisation the user's sessions end: their tokens speak of
   * the old one. Another address is unverified unless `isEmailVerified` says otherwise. Where it is verified now, the sessions
   * of a user without a password end as well, as when its owner confirms it (see `EmailVerificationService`).
   *
   * @throws TypeError naming each field that is not as {@link UserUpdate} says.
   */
  async update(userId: string, update: UserUpdate, origin?: Origin): Promise<UserOutcome> {
    const input = readInput(userUpdateSchema, update, 'update');
    const record = await storeAnswer('the user store', this.store.findById(userId));
    if (record === undefined) return { outcome: 'unknown' };
    const changes = changesOf(record, input, new Date(this.clock.now()));
    if (Object.keys(changes).length === 0) return { outcome: 'changed', user: userView(record) };
    const isMoved = 'email' in changes || 'orgId' in changes;
    const isProven = 'emailVerifiedAt' in changes && record.passwordHash === undefined;
    return this.#change(
      userId,
      changes,
      isMoved || isProven ? this.#end(userId) : [],
      'user.updated',
      origin,
    );
  }

  /** Refuses everything of a user from the next request on, and ends their sessions. Nothing is lost by it. */
  disable(userId: string, origin?: Origin): Promise<UserOutcome> {
    return this.#change(userId, { isActive: false }, this.#end(userId), 'user.disabled', origin);
  }

  /** Lets a user log in again. Their API keys work again; sessions that were ended stay ended. */
  enable(userId: string, origin?: Origin): Promise<UserOutcome> {
    return this.#change(userId, { isActive: true }, [this.changes.changed(userId)], 'user.enabled', origin);
  }

  /** Removes a user for good, with all that they hold. `changed` gives the user as it was. */
  async remove(userId: string, origin?: Origin): Promise<UserOutcome> {
    const terms = { now: new Date(this.clock.now()), revocations: this.#end(userId), closesSessions: true };
    return this.#conclude(await storeAnswer('the user store', this.store.remove(userId, terms)), () =>
      this.#tell('user.deleted', userId, origin),
    );
  }

  async #change(
    userId: string,
    changes: UserChanges,
    revocations: readonly Revocation[],
    type: UserEvent,
    origin: Origin | undefined,
  ): Promise<UserOutcome> {
    const closesSessions = revocations.some(({ kind }) => kind === 'subject');
    const terms = { now: new Date(this.clock.now()), revocations, closesSessions };
    return this.#conclude(
      await storeAnswer('the user store', this.store.update(userId, changes, terms)),
      () => this.#tell(type, userId, origin),
    );
  }

  async #conclude(result: UserChangeResult, tell: () => void): Promise<UserOutcome> {
    if (result.outcome === 'outdated') throw new Error('nothing was expected of the user');
    if (result.outcome !== 'changed') return result;
    await this.feed.announce();
    tell();
    return { outcome: 'changed', user: userView(result.user) };
  }

  /** What is issued while the change is being made is looked at again: the first entry alone would miss it. */
  #end(userId: string): readonly Revocation[] {
    return [this.changes.ended(userId), this.changes.changed(userId)];
  }

  #tell(type: UserEvent, target: string, origin: Origin | undefined): void {
    this.events.emit({ type, target }, origin);
  }
}

type UserEvent = Extract<AuthFact['type'], `user.${string}`>;
