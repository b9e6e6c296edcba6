import { isDeepStrictEqual } from 'node:util';

import type { UserUpdate } from './user.input.js';
import type { UserChanges, UserRecord } from './user.store.js';

/**
 * What has to be written for a user to become as an update says: nothing that is so already, since writing an address or
 * an organisation ends sessions.
 *
 * @param update as its schema has read it.
 */
export function changesOf(record: UserRecord, update: UserUpdate, now: Date): UserChanges {
  const { name, orgId, isEmailVerified, ...rest } = update;
  const written: UserChanges = {
    ...rest,
    ...(name !== undefined && { name: name ?? undefined }),
    ...(orgId !== undefined && { orgId: orgId ?? undefined }),
  };
  const changes = Object.fromEntries(
    Object.entries(written).filter(
      ([field, value]) => !isDeepStrictEqual(value, record[field as keyof UserChanges]),
    ),
  ) as UserChanges;
  const wasVerified = !('email' in changes) && record.emailVerifiedAt !== undefined;
  const isVerified = isEmailVerified ?? wasVerified;
  const emailVerifiedAt = isVerified ? now : undefined;
  return isVerified === wasVerified && !('email' in changes) ? changes : { ...changes, emailVerifiedAt };
}
