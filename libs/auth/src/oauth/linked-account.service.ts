import { Injectable } from '@nestjs/common';

import { AuthEvents, type Origin } from '../events/auth-events.js';
import { storeAnswer } from '../store-answer.js';
import { UserStore } from '../users/user.store.js';
import { LinkedAccountStore, type LinkedAccount, type UnlinkResult } from './linked-account.store.js';

/** The accounts at login providers that users have linked. */
@Injectable()
export class LinkedAccountService {
  constructor(
    private readonly links: LinkedAccountStore,
    private readonly users: UserStore,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Of one user, oldest first.
   * @throws AuthError `auth_unavailable`.
   */
  list(userId: string): Promise<readonly LinkedAccount[]> {
    return storeAnswer('the linked account store', this.links.list(userId));
  }

  /**
   * Ends a link. The sessions that it has opened stay.
   *
   * @returns `last`, with nothing changed, when the user could not log in any more: without a password the last link stays.
   * @throws AuthError `auth_unavailable`.
   */
  async unlink(userId: string, provider: string, subject: string, origin: Origin): Promise<UnlinkResult> {
    const user = await storeAnswer('the user store', this.users.findById(userId));
    const link = (await this.list(userId)).find(
      (one) => one.provider === provider && one.subject === subject,
    );
    if (user === undefined || link === undefined) return 'unknown';
    const keepsLast = user.passwordHash === undefined;
    const result = await storeAnswer(
      'the linked account store',
      this.links.remove(userId, link.issuer, subject, keepsLast),
    );
    if (result === 'removed')
      this.events.emit({ type: 'provider.unlinked', target: userId, loginProvider: provider }, origin);
    return result;
  }
}
