import { Injectable } from '@nestjs/common';

import { AuthEvents, type Origin } from '../events/auth-events.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { storeAnswer } from '../store-answer.js';
import { AccountMails } from './account-mails.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginService } from './login.service.js';
import { NewPasswords, type NewPasswordOutcome } from './new-passwords.js';
import { PasswordHasher } from './password.hasher.js';
import { UserStore, type UserRecord } from './user.store.js';

/** What became of a change of one's own password. In every case but the first nothing has changed. */
export type PasswordChangeOutcome =
  | { readonly outcome: 'changed'; readonly tokens: SessionTokens }
  /** The current password is wrong. */
  | { readonly outcome: 'wrong' }
  /** There is no such user, or it is not active. */
  | { readonly outcome: 'unknown' }
  | Extract<NewPasswordOutcome, { readonly outcome: 'unacceptable' }>;

/**
 * Passwords of people who change them, or have forgotten them.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store does not answer.
 */
@Injectable()
export class PasswordService {
  constructor(
    private readonly store: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly passwords: NewPasswords,
    private readonly mails: AccountMails,
    private readonly attempts: LoginAttempts,
    private readonly login: LoginService,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Changes a password. Every session of the user ends, the one that asks included, and a new one begins.
   *
   * @throws AuthError `rate_limited` after too many wrong ones.
   */
  async change(
    userId: string,
    currentPassword: string,
    newPassword: string,
    origin: Origin,
  ): Promise<PasswordChangeOutcome> {
    const user = await this.#find(userId);
    if (user === undefined) return { outcome: 'unknown' };
    // As at the login: whoever found an access token is not to find the password by it.
    const attempt = await this.attempts.begin(user.email, origin);
    if (!(await this.hasher.verify(currentPassword, user.passwordHash))) return { outcome: 'wrong' };
    await attempt.succeeded();
    const result = await this.passwords.set(user, newPassword, {}, origin);
    if (result.outcome === 'unacceptable') return result;
    if (result.outcome === 'refused') return { outcome: 'wrong' };
    return { outcome: 'changed', tokens: await this.login.openSession(result.user, origin) };
  }

  /**
   * Sends a token for a new password to an address, if it is that of an active user. The caller cannot tell.
   *
   * @param email normalised.
   * @throws AuthError `rate_limited`
   */
  async forgot(email: string, origin: Origin): Promise<void> {
    await this.attempts.fromSource(origin);
    const mayMail = await this.mails.mayGoTo(email, 'password-reset');
    const user = await storeAnswer('the user store', this.store.findByEmail(email));
    if (!mayMail || user?.isActive !== true) return;
    this.mails.behind(() => this.#sendReset(user, origin));
  }

  /**
   * The same, for an administrator, who gets to know neither the token nor the password. The present password stays good
   * until then.
   *
   * @returns false when there is no such user, or it is not active.
   */
  async startReset(userId: string, origin?: Origin): Promise<boolean> {
    const user = await this.#find(userId);
    if (user === undefined) return false;
    await this.#sendReset(user, origin);
    return true;
  }

  /** Sets a new password by a token from a mail. Nobody is logged in by it. */
  reset(token: string, password: string, origin?: Origin): Promise<NewPasswordOutcome> {
    return this.passwords.redeem(token, 'password-reset', password, {}, origin);
  }

  async #sendReset(user: UserRecord, origin: Origin | undefined): Promise<void> {
    await this.mails.send('password-reset', user);
    this.events.emit({ type: 'password.reset-requested', target: user.userId }, origin);
  }

  async #find(userId: string): Promise<UserRecord | undefined> {
    const user = await storeAnswer('the user store', this.store.findById(userId));
    return user?.isActive === true ? user : undefined;
  }
}
