import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { storeAnswer } from '../store-answer.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { AccountMails } from './account-mails.js';
import { LoginAttempts } from './login-attempts.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import { UserStore, type UserRecord } from './user.store.js';

/** Who registers. */
export interface Registration {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
}

/** People who make an account for themselves. */
@Injectable()
export class RegistrationService {
  readonly #ids = new UuidV7Sequence();

  constructor(
    private readonly store: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly mails: AccountMails,
    private readonly attempts: LoginAttempts,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Makes an account that holds nothing and belongs to no organisation. With an address that has one already nothing is
   * changed and its owner is told by mail; the caller cannot tell the difference: the password is hashed, and one row
   * is tried to be added, either way.
   *
   * @returns what the policy has against the password; undefined when it was accepted.
   * @throws AuthError `rate_limited`, `auth_unavailable`.
   */
  async register({ email, password, name }: Registration, origin: Origin): Promise<string | undefined> {
    await this.attempts.fromSource(origin);
    const problem = this.policy.problemOf(password, { email, name });
    if (problem !== undefined) return problem;
    const now = new Date(this.clock.now());
    const user: UserRecord = {
      userId: this.#ids.next(now.getTime()),
      email,
      name,
      orgId: undefined,
      passwordHash: await this.hasher.hash(password),
      isActive: true,
      emailVerifiedAt: undefined,
      metadata: {},
      createdAt: now,
      updatedAt: now,
    };
    const isNew = await storeAnswer('the user store', this.store.insert(user));
    this.mails.behind(() => this.#follow(user, isNew, origin));
    return undefined;
  }

  /** Behind the answer: what comes now takes a different time for a new address and for one that is taken. */
  async #follow(user: UserRecord, isNew: boolean, origin: Origin): Promise<void> {
    if (isNew) this.events.emit({ type: 'user.created', target: user.userId }, origin);
    const kind = isNew ? 'email-verification' : 'registration-repeated';
    if (!(await this.mails.mayGoTo(user.email, kind))) return;
    if (isNew) return this.mails.send('email-verification', user);
    const owner = await storeAnswer('the user store', this.store.findByEmail(user.email));
    if (owner?.isActive === true) this.mails.tellOfRepetition(owner);
  }
}
