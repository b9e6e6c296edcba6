import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { LoginAttempts } from './login-attempts.js';
import { OneTimeTokenService, type RedeemedToken } from './one-time-token.service.js';
import type { OneTimePurpose } from './one-time-token.store.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import { UserStore, type UserChanges, type UserRecord } from './user.store.js';

/** What became of a new password. In every case but the first nothing has changed. */
export type NewPasswordOutcome =
  | { readonly outcome: 'set'; readonly user: UserRecord }
  /** The token is not good, or the user has changed in the meantime. */
  | { readonly outcome: 'refused' }
  /** The policy has something against the password. */
  | { readonly outcome: 'unacceptable'; readonly problem: string };

/**
 * Sets passwords. With each, every session of the user ends and every access token that was issued until then is
 * refused: whoever knew the old password is out.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store does not answer.
 */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly store: UserStore,
    private readonly tokens: OneTimeTokenService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly attempts: LoginAttempts,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Sets the password of a user, while the one that was read with the record is still the one that is stored.
   *
   * @param more what changes with it.
   */
  async set(
    user: UserRecord,
    password: string,
    more: UserChanges,
    origin?: Origin,
  ): Promise<NewPasswordOutcome> {
    const problem = this.policy.problemOf(password, { ...user, ...more });
    if (problem !== undefined) return { outcome: 'unacceptable', problem };
    const passwordHash = await this.hasher.hash(password);
    const result = await storeAnswer(
      'the user store',
      this.store.update(
        user.userId,
        { ...more, passwordHash },
        {
          now: new Date(this.clock.now()),
          revocations: [this.changes.ended(user.userId)],
          closesSessions: true,
          expected: { passwordHash: user.passwordHash, email: user.email },
        },
      ),
    );
    if (result.outcome !== 'changed') return { outcome: 'refused' };
    await this.feed.announce();
    await this.attempts.forget(user.email, origin);
    this.events.emit({ type: 'password.changed', target: user.userId }, origin);
    return { outcome: 'set', user: result.user };
  }

  /**
   * Sets the password of whoever a token was mailed to. Their address is verified by it: they have read the mail. A
   * token with an unacceptable password, or with an outage behind it, stays good for another try.
   */
  async redeem(
    token: string,
    purpose: Exclude<OneTimePurpose, 'email-verification'>,
    password: string,
    more: UserChanges,
    origin?: Origin,
  ): Promise<NewPasswordOutcome> {
    const redeemed = await this.tokens.redeem(token, purpose);
    if (redeemed === undefined) return { outcome: 'refused' };
    const { user } = redeemed;
    const emailVerifiedAt = user.emailVerifiedAt ?? new Date(this.clock.now());
    const result = await this.#orGiveBack(
      redeemed,
      this.set(user, password, { ...more, emailVerifiedAt }, origin),
    );
    if (result.outcome === 'set' && user.emailVerifiedAt === undefined)
      this.events.emit({ type: 'email.verified', target: user.userId }, origin);
    return result;
  }

  async #orGiveBack(
    redeemed: RedeemedToken,
    attempt: Promise<NewPasswordOutcome>,
  ): Promise<NewPasswordOutcome> {
    try {
      const result = await attempt;
      if (result.outcome === 'unacceptable') await this.tokens.giveBack(redeemed);
      return result;
    } catch (error) {
      await this.tokens.giveBack(redeemed).catch(() => undefined);
      throw error;
    }
  }
}
