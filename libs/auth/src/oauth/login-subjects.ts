import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import type { ResolvedLoginProvider } from '../options/login-provider-options.js';
import { storeAnswer } from '../store-answer.js';
import { normaliseEmail } from '../users/email.js';
import { nameText } from '../users/user.input.js';
import { UserStore, type UserRecord } from '../users/user.store.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { LinkedAccountStore, type LinkedAccount } from './linked-account.store.js';
import type { ProviderProfile } from './provider-profile.js';

/** Why nobody is logged in whom a provider has logged in. */
export type SubjectRefusal =
  /** The user is disabled. */
  | 'access_denied'
  /** The address is another user's, and does not prove that it is the same person. */
  | 'account_exists'
  /** Nobody is known by that, and nobody new is taken. */
  | 'account_unknown'
  /** The provider tells no address, and nobody is a user without. */
  | 'email_missing';

/** Who a provider's subject is here. */
export type FoundSubject =
  | { readonly outcome: 'found'; readonly user: UserRecord }
  | { readonly outcome: 'refused'; readonly error: SubjectRefusal };

/**
 * Which user a subject of a provider is. That is (issuer, subject), never an address: an address only ever makes the link,
 * and only when it is proven on both sides.
 */
@Injectable()
export class LoginSubjects {
  readonly #userIds = new UuidV7Sequence();

  constructor(
    private readonly links: LinkedAccountStore,
    private readonly users: UserStore,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @param provider that `profile` is of.
   * @throws AuthError `auth_unavailable`.
   */
  async find(
    provider: ResolvedLoginProvider,
    profile: ProviderProfile,
    origin: Origin,
  ): Promise<FoundSubject> {
    const linked = await this.#linked(profile);
    if (linked !== undefined) return entered(linked);
    const email = profile.email === undefined ? undefined : normaliseEmail(profile.email);
    if (email === undefined) return refused('email_missing');
    const isProven = provider.trustsEmail && profile.isEmailVerified && isAscii(profile.email);
    const owner = await storeAnswer('the user store', this.users.findByEmail(email));
    if (owner === undefined) return this.#create(provider, profile, { email, isProven }, origin);
    // Somebody may have registered with an address that is not theirs, and wait for its owner.
    if (!isProven || owner.emailVerifiedAt === undefined) return refused('account_exists');
    if (!owner.isActive) return refused('access_denied');
    return (await this.link(owner, provider, profile, origin)) ? entered(owner) : refused('account_exists');
  }

  /**
   * Links a subject to a user.
   *
   * @returns false when it is another user's.
   * @throws AuthError `auth_unavailable`.
   */
  async link(
    user: UserRecord,
    { name }: ResolvedLoginProvider,
    profile: ProviderProfile,
    origin: Origin,
  ): Promise<boolean> {
    const { issuer, subject } = profile;
    // A void one goes by this, and does not stand for the new one.
    const linked = await this.#linked(profile);
    if (linked !== undefined) return linked.userId === user.userId;
    const link: LinkedAccount = {
      ...{ issuer, subject, userId: user.userId, provider: name },
      isProven: user.emailVerifiedAt !== undefined,
      createdAt: new Date(this.clock.now()),
    };
    if (await storeAnswer('the linked account store', this.links.insert(link))) {
      this.events.emit({ type: 'provider.linked', target: user.userId, loginProvider: name }, origin);
      return true;
    }
    const there = await storeAnswer('the linked account store', this.links.find(issuer, subject));
    return there?.userId === user.userId;
  }

  async #linked({ issuer, subject }: ProviderProfile): Promise<UserRecord | undefined> {
    const link = await storeAnswer('the linked account store', this.links.find(issuer, subject));
    if (link === undefined) return undefined;
    const user = await storeAnswer('the user store', this.users.findById(link.userId));
    if (user === undefined || !isVoid(link, user)) return user;
    await storeAnswer('the linked account store', this.links.remove(user.userId, issuer, subject, false));
    return undefined;
  }

  async #create(
    provider: ResolvedLoginProvider,
    profile: ProviderProfile,
    { email, isProven }: { readonly email: string; readonly isProven: boolean },
    origin: Origin,
  ): Promise<FoundSubject> {
    if (!provider.createsUsers) return refused('account_unknown');
    const now = new Date(this.clock.now());
    const user: UserRecord = {
      userId: this.#userIds.next(now.getTime()),
      email,
      name: nameText.safeParse(profile.name).data,
      orgId: undefined,
      passwordHash: undefined,
      isActive: true,
      emailVerifiedAt: isProven ? now : undefined,
      metadata: {},
      createdAt: now,
      updatedAt: now,
    };
    // Somebody has taken the address in between.
    if (!(await storeAnswer('the user store', this.users.insert(user)))) return refused('account_exists');
    try {
      if (await this.link(user, provider, profile, origin)) {
        this.events.emit({ type: 'user.created', target: user.userId }, origin);
        return entered(user);
      }
    } catch (error) {
      await this.#withdraw(user).catch(() => undefined);
      throw error;
    }
    await this.#withdraw(user);
    return refused('account_exists');
  }

  /** Without the link nobody could log in as this user, and nobody else could have the address. */
  async #withdraw({ userId, createdAt: now }: UserRecord): Promise<void> {
    await storeAnswer(
      'the user store',
      this.users.remove(userId, { now, revocations: [], closesSessions: false }),
    );
  }
}

/**
 * Whoever has proven the address since then need not be who made the link: that one may have come with somebody else's
 * address, and waited.
 */
function isVoid(link: LinkedAccount, { emailVerifiedAt }: UserRecord): boolean {
  return !link.isProven && emailVerifiedAt !== undefined && emailVerifiedAt >= link.createdAt;
}

/** Another spelling of an address may be another mailbox there, whatever it is normalised to here. */
function isAscii(email: string | undefined): boolean {
  return email !== undefined && /^[\x21-\x7e]+$/.test(email);
}

function entered(user: UserRecord): FoundSubject {
  return user.isActive ? { outcome: 'found', user } : refused('access_denied');
}

function refused(error: SubjectRefusal): FoundSubject {
  return { outcome: 'refused', error };
}
