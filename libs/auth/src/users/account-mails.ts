import { hash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';

import { RateLimits } from '../api-keys/rate-limits.js';
import type { RateLimit } from '../options/rate-limit.js';
import { AuthMailer, type AuthMail } from './auth-mailer.js';
import { OneTimeTokenService, type OneTimeToken } from './one-time-token.service.js';
import type { OneTimePurpose } from './one-time-token.store.js';
import type { UserRecord } from './user.store.js';

/** Of each kind that anybody can cause to be sent, to one address: nobody fills another one's mailbox. */
const LIMIT: RateLimit = { limit: 5, window: 3_600 };

/** Hands the messages of accounts to the application's mailer. Nobody waits for a mail. */
@Injectable()
export class AccountMails {
  readonly #logger = new Logger(AccountMails.name);

  constructor(
    private readonly mailer: AuthMailer,
    private readonly tokens: OneTimeTokenService,
    private readonly limits: RateLimits,
  ) {}

  /**
   * Counts one more mail of a kind to an address, whether it is known here or not. Kinds count apart: whoever causes one
   * kind of mail does not keep those of another from being sent. Never rejects.
   */
  async mayGoTo(email: string, kind: AuthMail['kind']): Promise<boolean> {
    // What is shared with other instances holds no address.
    const { isAllowed } = await this.limits.count(
      `mail:${kind}:${hash('sha256', email, 'base64url')}`,
      LIMIT,
    );
    return isAllowed;
  }

  /**
   * Makes a token and sends it. For callers who may know that the user exists.
   *
   * @throws AuthError `auth_unavailable` when the token cannot be stored.
   */
  async send(kind: OneTimePurpose, user: UserRecord): Promise<void> {
    this.#hand(kind, user, await this.tokens.issue(kind, user));
  }

  /**
   * Does something once the answer is on its way, which so takes as long as one about nobody. A failure is noted in the
   * log.
   */
  behind(task: () => Promise<void>): void {
    setImmediate(() => {
      task().catch((error: unknown) => this.#note(error));
    });
  }

  /** Tells the owner of an address that somebody registered with it. */
  tellOfRepetition(user: UserRecord): void {
    this.#hand('registration-repeated', user, undefined);
  }

  #hand(kind: AuthMail['kind'], user: UserRecord, issued: OneTimeToken | undefined): void {
    const { email: to, userId } = user;
    // Whoever registers writes a name; nobody is to write to strangers by it.
    const name = kind === 'email-verification' && user.emailVerifiedAt === undefined ? undefined : user.name;
    const mail = { kind, to, name, userId, token: issued?.token, expiresAt: issued?.expiresAt };
    // A mailer that throws is one that rejects.
    void (async () => this.mailer.send(mail))().catch((error: unknown) => this.#note(error));
  }

  /** The name alone: a message may quote what was to be sent. */
  #note(error: unknown): void {
    this.#logger.error(`A mail was not sent: ${error instanceof Error ? error.name : typeof error}`);
  }
}
