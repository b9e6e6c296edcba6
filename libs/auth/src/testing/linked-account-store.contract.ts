import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { LinkedAccount } from '../oauth/linked-account.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { newUser, termsFor } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { race, type TestRunner } from './store-contract.js';

type Stores = Required<Pick<AuthStores, 'linkedAccounts' | 'users'>>;

const ISSUER = 'https://work.example.com';

/**
 * What every {@link LinkedAccountStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * linkedAccountStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes users of its own.
 */
export function linkedAccountStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  const withUser = async () => {
    const { linkedAccounts, users } = await makeStores();
    const user = newUser();
    assert.equal(await users.insert(user), true);
    const link = (fields: Partial<LinkedAccount> = {}): LinkedAccount => ({
      issuer: ISSUER,
      subject: randomUUID(),
      userId: user.userId,
      provider: 'work',
      isProven: true,
      createdAt: at(1),
      ...fields,
    });
    return { store: linkedAccounts, users, user, link };
  };

  describe('LinkedAccountStore', () => {
    it('finds a link by issuer and subject together, exactly', async () => {
      const { store, link } = await withUser();
      const one = link();
      const other = link({ issuer: `${ISSUER}/other`, subject: one.subject, isProven: false });
      assert.equal(await store.insert(one), true);
      assert.equal(await store.find(other.issuer, other.subject), undefined);
      assert.equal(await store.insert(other), true);
      assert.deepEqual(await store.find(one.issuer, one.subject), one);
      assert.deepEqual(await store.find(other.issuer, other.subject), other);
      assert.equal(await store.find(ISSUER, one.subject.toUpperCase()), undefined);
      assert.equal(await store.find(ISSUER, `${one.subject}\0`), undefined);
    });

    it('leaves a link as it is when its subject is to be linked again', async () => {
      const { store, users, link } = await withUser();
      const other = newUser();
      await users.insert(other);
      const one = link();
      assert.equal(await store.insert(one), true);
      assert.equal(await store.insert({ ...one, userId: other.userId }), false);
      assert.equal(await store.insert(one), false);
      assert.deepEqual(await store.find(one.issuer, one.subject), one);
      assert.deepEqual(await store.list(other.userId), []);
    });

    it('links nobody who is not there', async () => {
      const { store, link } = await withUser();
      const one = link({ userId: randomUUID() });
      assert.equal(await store.insert(one), false);
      assert.equal(await store.find(one.issuer, one.subject), undefined);
    });

    it('lists the links of one user, oldest first', async () => {
      const { store, user, link } = await withUser();
      const [second, first] = [link({ createdAt: at(2) }), link({ createdAt: at(1) })];
      for (const one of [second, first]) await store.insert(one);
      assert.deepEqual(await store.list(user.userId), [first, second]);
      assert.deepEqual(await store.list(randomUUID()), []);
    });

    it('removes a link of its user alone', async () => {
      const { store, user, link } = await withUser();
      const [one, other] = [link(), link()];
      for (const each of [one, other]) await store.insert(each);
      assert.equal(await store.remove(randomUUID(), one.issuer, one.subject, false), 'unknown');
      assert.equal(await store.remove(user.userId, one.issuer, randomUUID(), false), 'unknown');
      assert.equal(await store.remove(user.userId, `${ISSUER}/other`, one.subject, false), 'unknown');
      assert.equal(await store.remove(user.userId, one.issuer, one.subject, true), 'removed');
      assert.equal(await store.remove(user.userId, one.issuer, one.subject, true), 'unknown');
      assert.deepEqual(await store.list(user.userId), [other]);
    });

    it('keeps the only link of a user when it is to stay', async () => {
      const { store, user, link } = await withUser();
      const one = link();
      await store.insert(one);
      assert.equal(await store.remove(user.userId, one.issuer, one.subject, true), 'last');
      assert.deepEqual(await store.find(one.issuer, one.subject), one);
      assert.equal(await store.remove(user.userId, one.issuer, one.subject, false), 'removed');
      assert.equal(await store.find(one.issuer, one.subject), undefined);
    });

    it('lets the links of a user go with the user', async () => {
      const { store, users, user, link } = await withUser();
      const one = link();
      await store.insert(one);
      const { expected: _, ...terms } = termsFor(user.userId);
      assert.equal((await users.remove(user.userId, terms)).outcome, 'changed');
      assert.equal(await store.find(one.issuer, one.subject), undefined);
    });

    it('links a subject for one of many callers', async () => {
      const { store, link } = await withUser();
      const one = link();
      const answers = await race(() => store.insert(one));
      assert.equal(answers.filter((isNew) => isNew).length, 1);
    });

    it('leaves one link of many that are removed at the same time', async () => {
      const { store, user, link } = await withUser();
      const links = Array.from({ length: 10 }, () => link());
      for (const one of links) await store.insert(one);
      const answers = await race((racer) =>
        store.remove(user.userId, ISSUER, links[racer % links.length]!.subject, true),
      );
      assert.equal(answers.filter((answer) => answer === 'removed').length, links.length - 1);
      assert.equal((await store.list(user.userId)).length, 1);
    });
  });
}
