import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { RateLimits } from '../api-keys/rate-limits.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { RateLimit } from '../options/rate-limit.js';
import { sourceOf } from './login-source.js';

/** Seconds for which a source is familiar. Timers of a process's counters reach no further than 24 days. */
const FAMILIAR_FOR = 14 * 86_400;
/** Seconds for which the question whether a source is familiar leaves a trace. */
const ASKED_FOR = 1;

/** One attempt to log in, counted already. */
export interface LoginAttempt {
  /** It was the right password: what failed before is forgotten, and the source is familiar from now on. Never rejects. */
  succeeded(): Promise<void>;
}

/**
 * Counts attempts against `users.loginLimits`, before anything is hashed, so that of many at a time each counts.
 *
 * An address is counted whether it is somebody's or not. A lock-out lasts until its window ends. Whoever keeps an account
 * locked from elsewhere does not shut its owner out: a source from which somebody logged in to the account, or set its
 * password, within 14 days is familiar, and has a counter of its own for this account that strangers cannot fill. Attempts from a familiar source
 * count nowhere else, so that an office behind one address is not locked out by its own logins. A new password by mail
 * ends a lock-out as well (see {@link forget}). The price: whoever shares a source with its owner, and has used it up, can
 * tell that an account was logged in to from there.
 */
@Injectable()
export class LoginAttempts {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Counts one attempt. Needed in front of everything that compares a password.
   *
   * @param email normalised.
   * @throws AuthError `rate_limited` with the seconds until another attempt makes sense.
   */
  async begin(email: string, origin: Origin): Promise<LoginAttempt> {
    const account = accountKey(email);
    const familiar = familiarKey(email, origin);
    const isFamiliar = familiar !== undefined && (await this.#isFamiliar(familiar));
    const counter = isFamiliar ? triesKey(familiar) : account;
    if (!isFamiliar) await this.fromSource(origin);
    await this.#count('account', counter, this.#loginLimits.account, origin);
    return {
      succeeded: async () => {
        await this.limits.reset(counter);
        if (familiar !== undefined) await this.#makeFamiliar(familiar);
      },
    };
  }

  /**
   * Counts something that costs a hash and is nobody's yet, as a registration, against the source alone. Nothing is
   * counted where the source is unknown.
   *
   * @throws AuthError `rate_limited`.
   */
  async fromSource(origin: Origin): Promise<void> {
    if (origin.ip === undefined) return;
    await this.#count('source', keyOf('source', sourceOf(origin.ip)), this.#loginLimits.source, origin);
  }

  /**
   * The account has a new password: what failed before is forgotten, and the source that it was set from is familiar from
   * now on. Otherwise strangers who go on would lock the account again before its owner is back. Never rejects.
   */
  async forget(email: string, origin: Origin = {}): Promise<void> {
    await this.limits.reset(accountKey(email));
    const familiar = familiarKey(email, origin);
    if (familiar === undefined) return;
    await this.limits.reset(triesKey(familiar));
    await this.#makeFamiliar(familiar);
  }

  get #loginLimits(): { readonly account: RateLimit; readonly source: RateLimit } {
    const { users } = this.options;
    if (users === undefined) throw new TypeError('users is off');
    return users.loginLimits;
  }

  async #count(target: 'account' | 'source', key: string, limit: RateLimit, origin: Origin): Promise<void> {
    const { isAllowed, endsIn } = await this.limits.count(key, limit);
    if (isAllowed) return;
    this.events.emit({ type: 'login.limited', target }, origin);
    throw new AuthError('rate_limited', `too many attempts of one ${target}`, {
      retryAfter: Math.max(1, Math.ceil(endsIn / 1_000)),
    });
  }

  /** Counters cannot be looked at without being counted up, so a mark is a window that ends later than a look's own. */
  async #isFamiliar(key: string): Promise<boolean> {
    const { endsIn } = await this.limits.count(key, { limit: 1, window: ASKED_FOR });
    return endsIn > ASKED_FOR * 1_000;
  }

  async #makeFamiliar(key: string): Promise<void> {
    // Otherwise the mark would be a part of the window that a look has begun.
    await this.limits.reset(key);
    await this.limits.count(key, { limit: 1, window: FAMILIAR_FOR });
  }
}

function accountKey(email: string): string {
  return keyOf('account', email);
}

/** Of one source's attempts at one account; undefined where the source is unknown. */
function familiarKey(email: string, { ip }: Origin): string | undefined {
  return ip === undefined ? undefined : keyOf('familiar', email, sourceOf(ip));
}

function triesKey(familiar: string): string {
  return `${familiar}:tries`;
}

/** Counters are named by hashes: what is shared with other instances holds no address. */
function keyOf(kind: string, ...parts: readonly string[]): string {
  return `login:${kind}:${hash('sha256', parts.join('\n'), 'base64url')}`;
}
