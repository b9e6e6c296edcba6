import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { SessionService, type SessionTokens } from '../sessions/session.service.js';
import { storeAnswer } from '../store-answer.js';
import { normaliseEmail } from './email.js';
import { LoginAttempts } from './login-attempts.js';
import { PasswordHasher } from './password.hasher.js';
import { UserStore, type UserRecord } from './user.store.js';

/** What people log in with. */
export interface LoginInput {
  readonly email: string;
  /** Exactly as it was typed. */
  readonly password: string;
}

/** Logs people in. */
@Injectable()
export class LoginService {
  readonly #logger = new Logger(LoginService.name);

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly users: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly attempts: LoginAttempts,
    private readonly sessions: SessionService,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Opens a session for whoever has the right password. Whatever else is the case, the answer and the work that is done
   * for it are the same: nobody learns here whether an address is known.
   *
   * @throws AuthError `credentials_invalid` for an unknown address, a wrong password, a user who is disabled, has no
   * password or has not confirmed the address where that is asked for; `rate_limited` (see {@link LoginAttempts});
   * `auth_unavailable`.
   */
  async login(input: LoginInput, origin: Origin = {}): Promise<SessionTokens> {
    this.hasher.demandRoom();
    const email = normaliseEmail(input.email);
    const attempt = await this.attempts.begin(email ?? input.email, origin);
    const user = email === undefined ? undefined : await this.#find(this.users.findByEmail(email));
    const isRight = await this.hasher.verify(input.password, user?.passwordHash);
    const reason = this.#whyNot(user, isRight);
    if (user === undefined || reason !== undefined) throw this.#refused(user, reason, origin);
    await attempt.succeeded();
    const current = await this.#rehashed(user, input.password);
    const tokens = await this.openSession(current, origin);
    await this.#confirm(current, tokens, origin);
    this.events.emit({ type: 'login.succeeded', target: user.userId }, origin);
    return tokens;
  }

  /**
   * Opens a session for a user who has been identified. Its tokens carry whatever the user holds; the address only if it is
   * confirmed, where that is asked for: whoever reads it in them takes it for theirs.
   *
   * @param since `RevocationFeed.position` from before the user was looked at, as of `SessionService.open`.
   * @throws AuthError `auth_unavailable`.
   */
  openSession(user: UserRecord, origin: Origin = {}, since?: number): Promise<SessionTokens> {
    const { userId, orgId, name } = user;
    const email = this.#lacksProof(user) ? undefined : user.email;
    return this.sessions.open({ userId, orgId, email, name, permissions: ['*'] }, origin, since);
  }

  #whyNot(user: UserRecord | undefined, isRight: boolean): string | undefined {
    if (user === undefined) return 'the address is unknown';
    if (user.passwordHash === undefined) return 'the user has no password';
    if (!isRight) return 'the password is wrong';
    if (!user.isActive) return 'the user is disabled';
    return this.#lacksProof(user) ? 'the address is not confirmed' : undefined;
  }

  #lacksProof({ emailVerifiedAt }: UserRecord): boolean {
    return this.options.users?.requireVerifiedEmail === true && emailVerifiedAt === undefined;
  }

  #refused(user: UserRecord | undefined, reason = 'the address is unknown', origin: Origin): AuthError {
    this.#logger.debug(`login failed: ${reason}`);
    this.events.emit({ type: 'login.failed', target: user?.userId, reason }, origin);
    return new AuthError('credentials_invalid', reason);
  }

  /** The one moment at which the password is there to be hashed with the parameters of today. A failure can wait. */
  async #rehashed(user: UserRecord, password: string): Promise<UserRecord> {
    const { userId, passwordHash } = user;
    if (passwordHash === undefined || !this.hasher.needsRehash(passwordHash)) return user;
    try {
      const result = await storeAnswer(
        'the user store',
        this.users.update(
          userId,
          { passwordHash: await this.hasher.hash(password) },
          {
            now: new Date(this.clock.now()),
            revocations: [],
            closesSessions: false,
            expected: { passwordHash },
          },
        ),
      );
      return result.outcome === 'changed' ? result.user : user;
    } catch {
      this.#logger.warn('A password could not be hashed anew; the next login tries again');
      return user;
    }
  }

  /**
   * Looks at the user again. A change of the password or the address closes the sessions that are there, and this one was
   * not there yet when the password was compared.
   */
  async #confirm(user: UserRecord, { sessionId }: SessionTokens, origin: Origin): Promise<void> {
    const now = await this.#find(this.users.findById(user.userId));
    const isSame = now?.passwordHash === user.passwordHash && now?.email === user.email;
    if (isSame && this.#whyNot(now, true) === undefined) return;
    await this.sessions.close(sessionId, origin);
    throw this.#refused(user, 'the user was changed meanwhile', origin);
  }

  #find(answer: Promise<UserRecord | undefined>): Promise<UserRecord | undefined> {
    return storeAnswer('the user store', answer);
  }
}
