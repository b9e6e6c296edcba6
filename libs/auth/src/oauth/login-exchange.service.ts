import { Injectable } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { storeAnswer } from '../store-answer.js';
import { LoginService } from '../users/login.service.js';
import { UserStore } from '../users/user.store.js';
import { answersChallenge, isCode } from './login-secrets.js';
import { LoginStates } from './login-states.js';

/** Opens the session of a login with a provider. */
@Injectable()
export class LoginExchangeService {
  constructor(
    private readonly states: LoginStates,
    private readonly users: UserStore,
    private readonly logins: LoginService,
    private readonly feed: RevocationFeed,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Exchanges the code that a login has ended with. It is good once, for a minute.
   *
   * @param verifier of the challenge that the login was begun with (RFC 7636 section 4.5), and only then.
   * @returns undefined for a code that is malformed, unknown, spent, expired or another's, when its user is gone or disabled,
   * and when all sessions of the user were ended since: which of these is nobody's to know.
   * @throws AuthError `auth_unavailable`.
   */
  async exchange(
    code: string,
    verifier: string | undefined,
    origin: Origin,
  ): Promise<SessionTokens | undefined> {
    if (!isCode(code)) return undefined;
    await this.feed.catchUp();
    const since = this.feed.position;
    const login = await this.states.consume(code, 'exchange');
    if (login?.userId === undefined || !answersChallenge(login.codeChallenge, verifier)) return undefined;
    // Whatever has ended every session of the user since (a new password, a proof of the address) ends this login, too.
    if ((this.feed.subjectRevokedAt(login.userId) ?? 0) > this.states.beganAt(login)) return undefined;
    const user = await storeAnswer('the user store', this.users.findById(login.userId));
    if (user?.isActive !== true) return undefined;
    try {
      const tokens = await this.logins.openSession(user, origin, since);
      this.events.emit({ type: 'login.succeeded', target: user.userId }, origin);
      return tokens;
    } catch (error) {
      // Disabled, or out of every session, in this very moment.
      if (error instanceof AuthError && error.code === 'credentials_invalid') return undefined;
      throw error;
    }
  }
}
