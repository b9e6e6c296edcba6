import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { AuthStores } from '../stores/auth-stores.js';
import type { OneTimeTokenRecord } from '../users/one-time-token.store.js';
import { newToken } from './people.fixtures.js';
import { at } from './refresh-token-store.fixtures.js';
import { race, type TestRunner } from './store-contract.js';

type Stores = Required<Pick<AuthStores, 'oneTimeTokens'>>;

/**
 * What every {@link OneTimeTokenStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * oneTimeTokenStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes tokens of its own.
 */
export function oneTimeTokenStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  const withTokens = async (...tokens: readonly OneTimeTokenRecord[]): Promise<Stores['oneTimeTokens']> => {
    const { oneTimeTokens } = await makeStores();
    for (const token of tokens) await oneTimeTokens.insert(token);
    return oneTimeTokens;
  };

  describe('OneTimeTokenStore', () => {
    it('gives a token out once, whole', async () => {
      const [token, other] = [newToken(), newToken({ purpose: 'invitation' })];
      const store = await withTokens(token, other);
      assert.deepEqual(await store.consume(token.tokenHash, token.purpose, at(1)), token);
      assert.equal(await store.consume(token.tokenHash, token.purpose, at(1)), undefined);
      assert.deepEqual(await store.consume(other.tokenHash, other.purpose, at(1)), other);
    });

    it('takes a token back that was consumed', async () => {
      const token = newToken();
      const store = await withTokens(token);
      await store.consume(token.tokenHash, token.purpose, at(1));
      await store.insert(token);
      assert.deepEqual(await store.consume(token.tokenHash, token.purpose, at(1)), token);
    });

    it('knows no token by a part of its hash, nor for another purpose, and leaves it there', async () => {
      const token = newToken();
      const store = await withTokens(token);
      const { tokenHash, purpose } = token;
      for (const hash of ['', '%', tokenHash.slice(0, -1), tokenHash.toUpperCase(), `${tokenHash}\0`])
        assert.equal(await store.consume(hash, purpose, at(1)), undefined);
      for (const other of ['email-verification', 'invitation'] as const)
        assert.equal(await store.consume(tokenHash, other, at(1)), undefined);
      assert.deepEqual(await store.consume(tokenHash, purpose, at(1)), token);
    });

    it('gives out a token until it expires, and not from then on', async () => {
      const [good, bad] = [newToken({ expiresAt: at(10) }), newToken({ expiresAt: at(10) })];
      const store = await withTokens(good, bad);
      assert.equal(await store.consume(bad.tokenHash, bad.purpose, at(10)), undefined);
      const justBefore = new Date(at(10).getTime() - 1);
      assert.deepEqual(await store.consume(good.tokenHash, good.purpose, justBefore), good);
    });

    it('removes the tokens of a user, of one purpose or of all', async () => {
      const userId = randomUUID();
      const reset = newToken({ userId });
      const invitation = newToken({ userId, purpose: 'invitation' });
      const verification = newToken({ userId, purpose: 'email-verification' });
      const other = newToken();
      const store = await withTokens(reset, invitation, verification, other);
      await store.removeOf(userId, 'password-reset');
      await store.removeOf(randomUUID());
      assert.equal(await store.consume(reset.tokenHash, reset.purpose, at(1)), undefined);
      assert.deepEqual(await store.consume(invitation.tokenHash, invitation.purpose, at(1)), invitation);
      await store.removeOf(userId);
      assert.equal(await store.consume(verification.tokenHash, verification.purpose, at(1)), undefined);
      assert.deepEqual(await store.consume(other.tokenHash, other.purpose, at(1)), other);
    });

    it('removes what has expired, and nothing else', async () => {
      const [ended, alive] = [newToken({ expiresAt: at(10) }), newToken({ expiresAt: at(11) })];
      const store = await withTokens(ended, alive);
      await store.prune(at(10));
      // As if it were early enough: what is gone is not found at any time.
      assert.equal(await store.consume(ended.tokenHash, ended.purpose, at(1)), undefined);
      assert.deepEqual(await store.consume(alive.tokenHash, alive.purpose, at(1)), alive);
    });

    it('gives a token to one of many callers', async () => {
      const token = newToken();
      const store = await withTokens(token);
      const got = await race(() => store.consume(token.tokenHash, token.purpose, at(1)));
      assert.deepEqual(
        got.filter((one) => one !== undefined),
        [token],
      );
    });
  });
}
