import { jest } from '@jest/globals';

import { ApiKeyStrategy } from '../../libs/auth/src/api-keys/api-key.strategy.js';
import type { Credential } from '../../libs/auth/src/guard/auth-strategy.js';
import { Authenticator } from '../../libs/auth/src/guard/authenticator.js';
import { IdentityCache } from '../../libs/auth/src/guard/identity-cache.js';
import type { AuthOptions } from '../../libs/auth/src/options/auth-options.js';
import { makeUnits, type Units } from './units.js';

/** A credential that no strategy accepts. */
export const NONSENSE: Credential = { scheme: 'jwt', value: 'a.b.c' };

/** A verification that has found its answer and does not give it yet. */
export interface Held {
  readonly hasRead: Promise<void>;
  readonly release: () => void;
}

/** An authenticator with the real strategies on the real services, without Nest. */
export interface Gate extends Units {
  readonly authenticator: Authenticator;
  /** How often a key was looked up. */
  readonly lookUps: () => number;
  /** Holds back the next look-up of a key. */
  readonly holdLookUp: () => Held;
  /** Holds back the next verification of a token. */
  readonly holdToken: () => Held;
  /** A new token for ada, of a minute. */
  readonly token: (input?: object) => Credential;
  /** A new key of ada's. */
  readonly key: (input?: object) => Promise<Credential & { readonly keyId: string }>;
  /** The user id, or code and reason of the refusal. */
  readonly outcome: (...credentials: Credential[]) => Promise<string>;
}

/** @param cached false: nothing is remembered. */
export function makeGate(cached = true, options: AuthOptions = {}): Gate {
  const units = makeUnits(options);
  const { store, tokens, apiKeys, jwtStrategy } = units;
  const authenticator = new Authenticator(
    { all: [jwtStrategy, new ApiKeyStrategy(units.options.apiKeys!, apiKeys)] },
    units.feed,
    cached ? new IdentityCache({ maxEntries: 10, maxAge: 3_600 }, units.clock) : undefined,
  );
  const read = store.findByHash.bind(store);
  const findByHash = jest.spyOn(store, 'findByHash');
  const judge = jwtStrategy.validate.bind(jwtStrategy);
  const validate = jest.spyOn(jwtStrategy, 'validate');
  return {
    ...units,
    authenticator,
    lookUps: () => findByHash.mock.calls.length,
    holdLookUp: () =>
      hold((wait) => findByHash.mockImplementationOnce(async (hash) => wait(await read(hash)))),
    holdToken: () =>
      hold((wait) => validate.mockImplementationOnce((...args) => wait(judge(...args)) as never)),
    token: (input) => ({
      scheme: 'jwt',
      value: tokens.createAccessToken({ userId: 'ada', expiresIn: 60, ...input }),
    }),
    key: async (input) => {
      const { key, apiKey } = await apiKeys.create({
        name: 'ci',
        userId: 'ada',
        permissions: ['session:read'],
        ...input,
      });
      return { scheme: 'api-key', value: key, keyId: apiKey.keyId };
    },
    outcome: async (...credentials) => {
      try {
        return (await authenticator.authenticate(credentials)).userId;
      } catch (error) {
        const { code, reason } = error as { code: string; reason: string };
        return `${code}: ${reason}`;
      }
    },
  };
}

function hold(mock: (wait: <T>(answer: T) => Promise<T>) => void): Held {
  let tell = (): void => undefined;
  let release = (): void => undefined;
  const hasRead = new Promise<void>((resolve) => (tell = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  mock(async (answer) => {
    tell();
    await released;
    return answer;
  });
  return { hasRead, release };
}
