import assert from 'node:assert/strict';

import type { LoginState } from '../oauth/login-state.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { at } from './refresh-token-store.fixtures.js';
import { newHash, race, type TestRunner } from './store-contract.js';

type Stores = Required<Pick<AuthStores, 'loginStates'>>;

/** A login that nobody else has begun. */
export function newLoginState(fields: Partial<LoginState> = {}): LoginState {
  return {
    stateHash: newHash(),
    step: 'callback',
    provider: 'work',
    browserHash: newHash(),
    redirectTo: 'https://app.example.com/done?a=1',
    codeChallenge: undefined,
    userId: undefined,
    sessionId: undefined,
    expiresAt: at(600),
    ...fields,
  };
}

/**
 * What every {@link LoginStateStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * loginStateStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test begins logins of its own.
 */
export function loginStateStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  const withStates = async (...states: readonly LoginState[]): Promise<Stores['loginStates']> => {
    const { loginStates } = await makeStores();
    for (const state of states) await loginStates.insert(state);
    return loginStates;
  };

  describe('LoginStateStore', () => {
    it('gives a login out once, whole', async () => {
      const state = newLoginState();
      const other = newLoginState({
        step: 'exchange',
        codeChallenge: newHash(),
        userId: 'ada',
        sessionId: 'session',
      });
      const store = await withStates(state, other);
      assert.deepEqual(await store.consume(state.stateHash, 'callback', at(1)), state);
      assert.equal(await store.consume(state.stateHash, 'callback', at(1)), undefined);
      assert.deepEqual(await store.consume(other.stateHash, 'exchange', at(1)), other);
    });

    it('knows no login by a part of its hash, nor at another step, and leaves it there', async () => {
      const state = newLoginState();
      const store = await withStates(state);
      for (const hash of ['', state.stateHash.slice(1), state.stateHash.slice(0, -1), '\0', '%'])
        assert.equal(await store.consume(hash, 'callback', at(1)), undefined);
      assert.equal(await store.consume(state.stateHash, 'exchange', at(1)), undefined);
      assert.deepEqual(await store.consume(state.stateHash, 'callback', at(1)), state);
    });

    it('gives out a login until it expires, and not from then on', async () => {
      const [good, bad] = [newLoginState({ expiresAt: at(10) }), newLoginState({ expiresAt: at(10) })];
      const store = await withStates(good, bad);
      assert.equal(await store.consume(bad.stateHash, 'callback', at(10)), undefined);
      const justBefore = new Date(at(10).getTime() - 1);
      assert.deepEqual(await store.consume(good.stateHash, 'callback', justBefore), good);
    });

    it('removes what has expired, and nothing else', async () => {
      const [ended, alive] = [newLoginState({ expiresAt: at(10) }), newLoginState({ expiresAt: at(11) })];
      const store = await withStates(ended, alive);
      await store.prune(at(10));
      // As if it were early enough: what is gone is not found at any time.
      assert.equal(await store.consume(ended.stateHash, 'callback', at(1)), undefined);
      assert.deepEqual(await store.consume(alive.stateHash, 'callback', at(1)), alive);
    });

    it('gives a login to one of many callers', async () => {
      const state = newLoginState();
      const store = await withStates(state);
      const got = await race(() => store.consume(state.stateHash, 'callback', at(1)));
      assert.deepEqual(
        got.filter((one) => one !== undefined),
        [state],
      );
    });
  });
}
