import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { AccountMails } from './account-mails.js';
import { LoginAttempts } from './login-attempts.js';
import { OneTimeTokenService } from './one-time-token.service.js';
import { UserStore } from './user.store.js';

/**
 * Whether an address is its user's.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store does not answer.
 */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly store: UserStore,
    private readonly tokens: OneTimeTokenService,
    private readonly mails: AccountMails,
    private readonly attempts: LoginAttempts,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Sends a token to an address, if it is that of an active user and not verified yet. The caller cannot tell.
   *
   * @param email normalised.
   * @throws AuthError `rate_limited`
   */
  async request(email: string, origin: Origin): Promise<void> {
    await this.attempts.fromSource(origin);
    const mayMail = await this.mails.mayGoTo(email, 'email-verification');
    const user = await storeAnswer('the user store', this.store.findByEmail(email));
    if (mayMail && user?.isActive === true && user.emailVerifiedAt === undefined)
      this.mails.behind(() => this.mails.send('email-verification', user));
  }

  /**
   * Notes that whoever read the mail has the address. Whoever came without a password, from a login provider, need not be
   * the same person: their sessions end, as their links do.
   *
   * @returns false, with nothing changed, when the token is not good.
   */
  async verify(token: string, origin?: Origin): Promise<boolean> {
    const redeemed = await this.tokens.redeem(token, 'email-verification');
    if (redeemed === undefined) return false;
    const { userId, email, emailVerifiedAt, passwordHash } = redeemed.user;
    if (emailVerifiedAt !== undefined) return true;
    const now = new Date(this.clock.now());
    const closesSessions = passwordHash === undefined;
    const revocations = closesSessions ? [this.changes.ended(userId)] : [];
    const terms = { now, revocations, closesSessions, expected: { email } };
    const result = await storeAnswer(
      'the user store',
      this.store.update(userId, { emailVerifiedAt: now }, terms),
    );
    if (result.outcome !== 'changed') return false;
    if (closesSessions) await this.feed.announce();
    this.events.emit({ type: 'email.verified', target: userId }, origin);
    return true;
  }
}
