import type { UserRecord } from './user.store.js';

/** A person as applications and answers see them: everything but the hash of the password. */
export interface User extends Omit<UserRecord, 'passwordHash'> {
  /** False: no login by password, as after an invitation that has not been accepted yet. */
  readonly hasPassword: boolean;
}

/** Field by field: what a store may add to its records does not get out. */
export function userView(record: UserRecord): User {
  return {
    userId: record.userId,
    email: record.email,
    name: record.name,
    orgId: record.orgId,
    isActive: record.isActive,
    hasPassword: record.passwordHash !== undefined,
    emailVerifiedAt: record.emailVerifiedAt,
    metadata: record.metadata,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  };
}

/** A person as they see themselves. What applications keep in `metadata` is not for them to know. */
export type AccountView = Pick<User, 'userId' | 'email' | 'name' | 'orgId' | 'emailVerifiedAt'>;

/** What {@link AccountView} says of a user. */
export function accountView({ userId, email, name, orgId, emailVerifiedAt }: User): AccountView {
  return { userId, email, name, orgId, emailVerifiedAt };
}
