import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { Revocation } from '../revocation/revocation.js';
import { ADMINISTRATOR, type RoleRecord } from '../roles/role.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import type { OneTimeTokenRecord } from '../users/one-time-token.store.js';
import type { UserChangeTerms, UserRecord } from '../users/user.store.js';
import { at } from './refresh-token-store.fixtures.js';
import { newHash, newRevocation } from './store-contract.js';

/** Stores of one database that people, and what they hold, are in. */
export type PeopleContractStores = Pick<AuthStores, 'refreshTokens' | 'revocations'> &
  Required<Pick<AuthStores, 'users' | 'oneTimeTokens' | 'roles'>>;

/** Makes them for one test, empty. */
export type MakePeopleStores = () => Promise<PeopleContractStores> | PeopleContractStores;

/** A user whom nobody else is. */
export function newUser(fields: Partial<UserRecord> = {}): UserRecord {
  const userId = randomUUID();
  return {
    userId,
    email: `${userId}@example.com`,
    name: undefined,
    orgId: undefined,
    passwordHash: undefined,
    isActive: true,
    emailVerifiedAt: undefined,
    metadata: {},
    createdAt: at(0),
    updatedAt: at(0),
    ...fields,
  };
}

/** A role of a name that no other has. */
export function newRole(fields: Partial<RoleRecord> = {}): RoleRecord {
  return {
    name: `role-${randomUUID()}`,
    orgId: undefined,
    description: undefined,
    permissions: [],
    inherits: [],
    createdAt: at(0),
    updatedAt: at(0),
    ...fields,
  };
}

/** A one-time token that nobody else has. */
export function newToken(fields: Partial<OneTimeTokenRecord> = {}): OneTimeTokenRecord {
  return {
    tokenHash: newHash(),
    purpose: 'password-reset',
    userId: randomUUID(),
    binding: newHash(),
    createdAt: at(0),
    expiresAt: at(3_600),
    ...fields,
  };
}

/** An entry about what a subject holds; about nobody else's without an id. */
export function permissionsEntry(id?: string): Revocation {
  return newRevocation('permissions', id);
}

/** What goes with a change: one entry about the user's permissions, and no session is closed. */
export function termsFor(userId: string, fields: Partial<UserChangeTerms> = {}): UserChangeTerms {
  return { now: at(10), revocations: [permissionsEntry(userId)], closesSessions: false, ...fields };
}

/** Stores with users that were just inserted. */
export async function withUsers(
  makeStores: MakePeopleStores,
  ...users: readonly UserRecord[]
): Promise<PeopleContractStores> {
  const stores = await makeStores();
  for (const user of users) assert.equal(await stores.users.insert(user), true);
  return stores;
}

/** Stores with an administrator. */
export async function withAdministrator(
  makeStores: MakePeopleStores,
): Promise<PeopleContractStores & { readonly administrator: UserRecord }> {
  const stores = await makeStores();
  const administrator = newUser();
  assert.equal(await stores.users.insertFirstAdministrator(administrator), true);
  return { ...stores, administrator };
}

/** Adds a user who holds the role of administrators. */
export async function addHolder(
  { users, roles }: PeopleContractStores,
  fields: Partial<UserRecord> = {},
): Promise<UserRecord> {
  const user = newUser(fields);
  assert.equal(await users.insert(user), true);
  assert.equal(await roles.assign(user.userId, ADMINISTRATOR, permissionsEntry(user.userId)), true);
  return user;
}
