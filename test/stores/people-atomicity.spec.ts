import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { newRole, newUser, permissionsEntry, termsFor } from '../../libs/auth/src/testing/people.fixtures.js';
import { newSession } from '../../libs/auth/src/testing/refresh-token-store.fixtures.js';
import { newHash } from '../../libs/auth/src/testing/store-contract.js';
import { WITHOUT_PEOPLE } from '../support/databases.js';

const database = new PGlite();
const stores = postgresStores(database);
const { users, roles, refreshTokens } = stores;

const user = newUser({ name: 'before' });
const session = newSession({ userId: user.userId });
const [base, top] = [newRole(), newRole({ description: 'before' })];
/** The log does not take it: there is no such moment. */
const IMPOSSIBLE = { ...permissionsEntry(), at: NaN };
const TERMS = termsFor(user.userId, { revocations: [IMPOSSIBLE], closesSessions: true });

beforeAll(async () => {
  await migrate(database);
  await refreshTokens.open(session, newHash());
});
beforeEach(async () => {
  await database.exec(WITHOUT_PEOPLE);
  await users.insert(user);
  for (const role of [base, top]) await roles.insert(role, permissionsEntry());
  await roles.assign(user.userId, top.name, permissionsEntry());
  await roles.addGrant(user.userId, 'a:b', permissionsEntry());
});
afterAll(() => database.close());

const CHANGES: [string, () => Promise<unknown>][] = [
  ['users.update', () => users.update(user.userId, { name: 'after', isActive: false }, TERMS)],
  ['users.remove', () => users.remove(user.userId, TERMS)],
  ['roles.insert', () => roles.insert(newRole(), IMPOSSIBLE)],
  ['roles.update', () => roles.update(top.name, undefined, { permissions: ['*'] }, new Date(1), IMPOSSIBLE)],
  ['roles.remove', () => roles.remove(top.name, undefined, IMPOSSIBLE)],
  ['roles.assign', () => roles.assign(user.userId, base.name, IMPOSSIBLE)],
  ['roles.unassign', () => roles.unassign(user.userId, top.name, IMPOSSIBLE)],
  ['roles.addGrant', () => roles.addGrant(user.userId, 'c:d', IMPOSSIBLE)],
  ['roles.removeGrant', () => roles.removeGrant(user.userId, 'a:b', IMPOSSIBLE)],
];

it.each(CHANGES)('%s has done nothing when its entry cannot be written', async (_verb, change) => {
  const before = await everything();
  await expect(change()).rejects.toThrow();
  expect(await everything()).toEqual(before);
});

async function everything() {
  return {
    users: await users.list({ limit: 100 }),
    roles: await roles.list({ limit: 100 }),
    holdings: await roles.holdingsOf(user.userId),
    session: await refreshTokens.findById(session.sessionId),
    log: await stores.revocations.readAfter(0, 1_000),
  };
}
