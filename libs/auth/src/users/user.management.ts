import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { Authority } from '../roles/authority.js';
import { SessionService } from '../sessions/session.service.js';
import { OrganisationMoves } from './organisation-moves.js';
import { PasswordService } from './password.service.js';
import { userBodiesOf, type UserPage, type UserPageQuery } from './user.requests.js';
import { UserService, type UserOutcome } from './user.service.js';
import type { User } from './user.view.js';

/**
 * What callers may do with users, after the gate has asked for `user:*` permissions. A caller who belongs to an
 * organisation looks after its users, one who belongs to none after all of them; any other user does not exist: 404.
 * Nobody changes someone who holds more than they do.
 */
@Injectable()
export class UserManagement {
  constructor(
    private readonly users: UserService,
    private readonly passwords: PasswordService,
    private readonly sessions: SessionService,
    private readonly authority: Authority,
    private readonly moves: OrganisationMoves,
  ) {}

  /** One page, oldest first. */
  async list({ orgId, ...page }: UserPageQuery, caller: UserIdentity): Promise<UserPage> {
    if (orgId !== undefined && !isWithin(caller, orgId)) return { users: [], next: undefined };
    const within = caller.orgId ?? orgId;
    const users = await this.users.list({ ...page, orgId: within });
    const isFull = users.length === page.limit;
    return { users, next: isFull ? users.at(-1)!.userId : undefined };
  }

  /** Makes a user who holds nothing and has no password. No mail is sent. */
  async create(body: unknown, caller: UserIdentity, origin: Origin): Promise<User> {
    const input = readRequest(userBodiesOf(caller).create, body);
    const user = await this.users.create({ ...input, orgId: caller.orgId ?? input.orgId }, origin);
    return user ?? taken();
  }

  /** @throws NotFoundException */
  async get(userId: string, caller: UserIdentity): Promise<User> {
    const user = await this.users.find(userId);
    return user !== undefined && isWithin(caller, user.orgId) ? user : notFound();
  }

  /** @throws NotFoundException, AuthError `permission_denied`, BadRequestException, ConflictException. */
  async update(userId: string, body: unknown, caller: UserIdentity, origin: Origin): Promise<User> {
    const update = readRequest(userBodiesOf(caller).update, body);
    const user = await this.demand(userId, caller);
    await this.#demandMove(user, update.orgId, caller);
    return changed(await this.users.update(userId, update, origin));
  }

  /** @throws NotFoundException, AuthError `permission_denied`, ConflictException for the last administrator. */
  async remove(userId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.demand(userId, caller);
    changed(await this.users.remove(userId, origin));
  }

  /** @throws as {@link remove} */
  async disable(userId: string, caller: UserIdentity, origin: Origin): Promise<User> {
    await this.demand(userId, caller);
    return changed(await this.users.disable(userId, origin));
  }

  /** @throws NotFoundException, AuthError `permission_denied`. */
  async enable(userId: string, caller: UserIdentity, origin: Origin): Promise<User> {
    await this.demand(userId, caller);
    return changed(await this.users.enable(userId, origin));
  }

  /** Ends every session of a user. @throws NotFoundException, AuthError `permission_denied`. */
  async logOut(userId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.demand(userId, caller);
    await this.sessions.closeAll(userId, origin);
  }

  /** Sends a user a token for a new password. @throws as {@link logOut}; ConflictException for one who is disabled. */
  async resetPassword(userId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.demand(userId, caller);
    if (!(await this.passwords.startReset(userId, origin)))
      throw new ConflictException('The user is disabled');
  }

  /**
   * The user, if the caller may change them.
   *
   * @throws NotFoundException; AuthError `permission_denied` when the user holds what the caller lacks.
   */
  async demand(userId: string, caller: UserIdentity): Promise<User> {
    const user = await this.get(userId, caller);
    if (!(await this.authority.mayChange(caller, userId)))
      throw new AuthError('permission_denied', 'nobody changes someone who holds more', { caller });
    return user;
  }

  async #demandMove(user: User, orgId: string | null | undefined, caller: UserIdentity): Promise<void> {
    if (orgId === undefined || (orgId ?? undefined) === user.orgId) return;
    if (!(await this.moves.mayMove(caller, user.userId, orgId ?? undefined)))
      throw new AuthError('permission_denied', 'nobody grants what they lack', { caller });
  }
}

/** @throws ConflictException */
export function taken(): never {
  throw new ConflictException('Another user has this address');
}

function isWithin(caller: UserIdentity, orgId: string | undefined): boolean {
  return caller.orgId === undefined || caller.orgId === orgId;
}

function changed(result: UserOutcome): User {
  switch (result.outcome) {
    case 'changed':
      return result.user;
    case 'unknown':
      return notFound();
    case 'email-taken':
      return taken();
    case 'last-administrator':
      throw new ConflictException('No administrator would be left');
  }
}

function notFound(): never {
  throw new NotFoundException();
}
