import { BadRequestException, ConflictException } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { PermissionSet } from '../identity/permission-set.js';
import type { SubjectDirectory } from '../identity/subject-directory.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { storeAnswer } from '../store-answer.js';
import type { ApiKeyService } from './api-key.service.js';
import type { ApiKeyRecord } from './api-key.store.js';

type Owner = Pick<ApiKeyRecord, 'userId' | 'orgId'>;

/** Who may own a key, and how many. */
export class ApiKeyOwnerManagement {
  /** @param quota how many live keys one owner may have. */
  constructor(
    private readonly quota: number,
    private readonly apiKeys: ApiKeyService,
    private readonly subjects: SubjectDirectory,
  ) {}

  /**
   * @param beingReplaced also those that are being replaced have their room: twice as many in all.
   * @throws ConflictException for an owner who has as many keys as may be.
   */
  async demandRoom(owner: Owner, beingReplaced = false): Promise<void> {
    const quota = beingReplaced ? 2 * this.quota : this.quota;
    if ((await this.#countLive(owner)) >= quota) throw tooMany(quota);
  }

  /**
   * Keys may be made at the same moment, each of which has seen the same room: it is looked at again afterwards.
   *
   * @returns what has to be said to whoever made one too many; undefined when there was room.
   */
  async excess(owner: Owner): Promise<ConflictException | undefined> {
    // What has been made is answered, should the store be away by now.
    const count = await this.#countLive(owner).catch(() => 0);
    return count > this.quota ? tooMany(this.quota) : undefined;
  }

  /**
   * Somebody else is to own a key: whoever makes it acts in their name, so nobody does that to someone who holds more.
   *
   * @throws BadRequestException for a user whom the application does not know, or who is not active; AuthError
   * `permission_denied` for one who holds what the caller lacks.
   */
  async demandOver(caller: UserIdentity, { userId, orgId }: Owner): Promise<void> {
    const subject = await storeAnswer('the subject directory', this.#stateOf(userId, orgId));
    if (subject?.isActive !== true) throw new BadRequestException('userId is no active subject');
    if (!new PermissionSet(caller.permissions).coversAll(subject.permissions ?? []))
      throw new AuthError('permission_denied', 'the owner holds more', { caller });
  }

  #countLive({ userId, orgId }: Owner): Promise<number> {
    return this.apiKeys.countLive(userId, orgId);
  }

  /** Rejects, and never throws, whatever the application's directory does. */
  async #stateOf(userId: string, orgId: string | undefined) {
    return this.subjects.find(userId, orgId, 'user');
  }
}

function tooMany(quota: number): ConflictException {
  return new ConflictException(`The owner has ${quota} live keys and may have no more: revoke one`);
}
