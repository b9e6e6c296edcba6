import { Injectable } from '@nestjs/common';

import { AuthEvents, type Origin } from '../events/auth-events.js';
import { RoleService } from '../roles/role.service.js';
import { storeAnswer } from '../store-answer.js';
import { AccountMails } from './account-mails.js';
import { NewPasswords, type NewPasswordOutcome } from './new-passwords.js';
import { UserService } from './user.service.js';
import { UserStore } from './user.store.js';
import type { User } from './user.view.js';

/** Who is invited. */
export interface Invitation {
  /** Normalised. */
  readonly email: string;
  readonly name?: string | undefined;
  readonly orgId?: string | undefined;
  /** Names of the roles that the user gets. Default: none. */
  readonly roles?: readonly string[] | undefined;
}

/**
 * People who are invited: there is a user at once, with roles and without a password, who is asked by mail for one.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store does not answer.
 */
@Injectable()
export class InvitationService {
  constructor(
    private readonly store: UserStore,
    private readonly users: UserService,
    private readonly roles: RoleService,
    private readonly passwords: NewPasswords,
    private readonly mails: AccountMails,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Makes a user and sends them an invitation, good for an hour.
   *
   * @returns undefined, with nothing changed, when another user has the address.
   * @throws TypeError naming each field that is wrong.
   */
  async invite({ roles = [], ...input }: Invitation, origin?: Origin): Promise<User | undefined> {
    const user = await this.users.create(input, origin);
    if (user === undefined) return undefined;
    for (const role of roles) await this.roles.assign(user.userId, role, origin);
    await this.send(user.userId, origin);
    return user;
  }

  /**
   * Sends an invitation again: the one before may have run out.
   *
   * @returns false when there is no such user, or they have a password already or are not active.
   */
  async send(userId: string, origin?: Origin): Promise<boolean> {
    const user = await storeAnswer('the user store', this.store.findById(userId));
    if (user?.isActive !== true || user.passwordHash !== undefined) return false;
    await this.mails.send('invitation', user);
    this.events.emit({ type: 'user.invited', target: userId }, origin);
    return true;
  }

  /**
   * Sets the first password of an invited user. Their address is verified by it. Nobody is logged in by it.
   *
   * @param name what they are called; undefined: as the invitation has it.
   */
  accept(
    token: string,
    password: string,
    name: string | undefined,
    origin?: Origin,
  ): Promise<NewPasswordOutcome> {
    const more = name === undefined ? {} : { name };
    return this.passwords.redeem(token, 'invitation', password, more, origin);
  }
}
