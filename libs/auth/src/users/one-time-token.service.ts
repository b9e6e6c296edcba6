import { hash, randomBytes } from 'node:crypto';

import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { storeAnswer } from '../store-answer.js';
import { OneTimeTokenStore, type OneTimePurpose, type OneTimeTokenRecord } from './one-time-token.store.js';
import { UserStore, type UserRecord } from './user.store.js';

/** A token for a mail. */
export interface OneTimeToken {
  /** `ot_` and 256 random bits in base64url. It is in no store. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** A token that was spent. */
export interface RedeemedToken {
  /** Whose it was, as they are now. */
  readonly user: UserRecord;
  readonly record: OneTimeTokenRecord;
}

/** Milliseconds. ASVS 6.4.3 and NIST 800-63B allow no more for what comes by mail and takes over an account. */
const LIFETIME = 3_600_000;
const PRUNE_INTERVAL = 3_600_000;
const FORM = /^ot_[A-Za-z0-9_-]{43}$/;

/**
 * The tokens in mails: each is good once, for an hour, for one purpose, and only while its user has the password and
 * the address that they had when it was issued.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store does not answer.
 */
@Injectable()
export class OneTimeTokenService implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: OneTimeTokenStore,
    private readonly users: UserStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.store.prune(new Date(this.clock.now())).catch(() => undefined);
    }, PRUNE_INTERVAL);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Makes a token. Those that the user has already stay good beside it. */
  async issue(purpose: OneTimePurpose, user: UserRecord): Promise<OneTimeToken> {
    const token = `ot_${randomBytes(32).toString('base64url')}`;
    const now = this.clock.now();
    const expiresAt = new Date(now + LIFETIME);
    const record: OneTimeTokenRecord = {
      tokenHash: hashToken(token),
      purpose,
      userId: user.userId,
      binding: bindingOf(user),
      createdAt: new Date(now),
      expiresAt,
    };
    await storeAnswer('the one-time token store', this.store.insert(record));
    return { token, expiresAt };
  }

  /**
   * Spends a token. Of any number of callers that race exactly one gets it.
   *
   * @returns undefined for a token that is malformed, unknown, spent, expired or for another purpose, and when its user
   * is gone, not active, or has another password or address by now: which of these is nobody's to know.
   */
  async redeem(token: string, purpose: OneTimePurpose): Promise<RedeemedToken | undefined> {
    if (!FORM.test(token)) return undefined;
    const now = new Date(this.clock.now());
    const record = await storeAnswer(
      'the one-time token store',
      this.store.consume(hashToken(token), purpose, now),
    );
    if (record === undefined) return undefined;
    const user = await this.#userOf(record);
    return user?.isActive === true && bindingOf(user) === record.binding ? { user, record } : undefined;
  }

  /**
   * Makes a token good again that was spent in vain: what was to be done with it was not done. Should it have been done
   * after all, the token stays void by what it is bound to.
   */
  async giveBack({ record }: Pick<RedeemedToken, 'record'>): Promise<void> {
    await storeAnswer('the one-time token store', this.store.insert(record));
  }

  async #userOf(record: OneTimeTokenRecord): Promise<UserRecord | undefined> {
    try {
      return await storeAnswer('the user store', this.users.findById(record.userId));
    } catch (error) {
      await this.giveBack({ record }).catch(() => undefined);
      throw error;
    }
  }
}

function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** Both change what a token of before may do. A zero byte is in neither. */
function bindingOf({ email, passwordHash = '' }: UserRecord): string {
  return hash('sha256', `${email}\0${passwordHash}`, 'hex');
}
