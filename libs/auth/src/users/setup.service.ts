import { hash, timingSafeEqual } from 'node:crypto';

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { storeAnswer } from '../store-answer.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginService } from './login.service.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import { UserStore, type UserRecord } from './user.store.js';

/** Who becomes the first administrator. */
export interface SetupInput {
  readonly setupToken: string;
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/** What became of a set-up. In every case but the first nothing has changed. */
export type SetupResult =
  | { readonly outcome: 'completed'; readonly tokens: SessionTokens }
  /** There is an administrator already, or no set-up token in the options. */
  | { readonly outcome: 'closed' }
  /** The policy has something against the password. */
  | { readonly outcome: 'unacceptable'; readonly problem: string }
  | { readonly outcome: 'email-taken' };

/**
 * Makes the first administrator, once. No account is there by default.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer.
 */
@Injectable()
export class SetupService implements OnApplicationBootstrap {
  readonly #logger = new Logger(SetupService.name);
  readonly #ids = new UuidV7Sequence();
  /** The last administrator stays, so what was completed once is not open again. */
  #isCompleted = false;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly users: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly attempts: LoginAttempts,
    private readonly login: LoginService,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /** A store that does not answer yet does not stop the boot: the line of the log is missing, and nothing else. */
  async onApplicationBootstrap(): Promise<void> {
    if (await this.isNeeded().catch(() => false))
      this.#logger.warn(
        'There is no administrator yet: whoever has the set-up token can become the first one',
      );
  }

  /** Is there a set-up token, and no administrator yet? */
  async isNeeded(): Promise<boolean> {
    if (this.options.users?.setupToken === undefined || this.#isCompleted) return false;
    this.#isCompleted = await storeAnswer('the user store', this.users.hasAdministrator());
    return !this.#isCompleted;
  }

  /**
   * Makes the administrator and logs them in. Their address counts as confirmed: whoever has the set-up token runs the
   * application. Of any number of callers at a time exactly one becomes the administrator.
   *
   * @throws AuthError `credentials_invalid` for a wrong set-up token, `rate_limited` after too many from one source.
   */
  async setUp(input: SetupInput, origin: Origin = {}): Promise<SetupResult> {
    const { setupToken, email, password, name } = input;
    if (!(await this.isNeeded())) return { outcome: 'closed' };
    await this.attempts.fromSource(origin);
    if (!this.#isSetupToken(setupToken)) throw this.#refused(origin);
    const problem = this.policy.problemOf(password, { email, name });
    if (problem !== undefined) return { outcome: 'unacceptable', problem };
    const user = this.#administrator(email, name, await this.hasher.hash(password));
    const isFirst = await storeAnswer('the user store', this.users.insertFirstAdministrator(user));
    if (!isFirst) return { outcome: (await this.isNeeded()) ? 'email-taken' : 'closed' };
    this.#isCompleted = true;
    this.events.emit({ type: 'setup.completed', target: user.userId }, origin);
    return { outcome: 'completed', tokens: await this.login.openSession(user, origin) };
  }

  #refused(origin: Origin): AuthError {
    const reason = 'the set-up token is wrong';
    this.events.emit({ type: 'login.failed', target: undefined, reason }, origin);
    return new AuthError('credentials_invalid', reason);
  }

  /** Digests are compared: they are of one length, whatever is presented. */
  #isSetupToken(presented: string): boolean {
    const expected = this.options.users?.setupToken;
    return expected !== undefined && timingSafeEqual(digest(presented), digest(expected));
  }

  #administrator(email: string, name: string | undefined, passwordHash: string): UserRecord {
    const now = new Date(this.clock.now());
    return {
      userId: this.#ids.next(now.getTime()),
      ...{ email, name, passwordHash },
      orgId: undefined,
      isActive: true,
      emailVerifiedAt: now,
      metadata: {},
      createdAt: now,
      updatedAt: now,
    };
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
