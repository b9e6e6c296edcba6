import { describe, expect, it } from '@jest/globals';

import { AuthError } from '../errors.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { AuthStrategy, StrategyRequest } from './auth-strategy.js';
import { runStrategy } from './run-strategy.js';

/** What Passport hands to a strategy. */
interface Run {
  success(identity: unknown): void;
  fail(reason?: unknown, status?: unknown): void;
  error(cause?: unknown): void;
  pass(): void;
  redirect(url: string): void;
}

const identity = new UserIdentity({ userId: 'ada', credentialId: 'c' });

function strategyThat(decide: (this: Run, request: StrategyRequest) => unknown): AuthStrategy {
  return { scheme: 'jwt', header: 'authorization', authenticate: decide as never };
}

const outcome = (decide: (this: Run, request: StrategyRequest) => unknown): Promise<unknown> =>
  runStrategy(strategyThat(decide), { scheme: 'jwt', value: 'a.b.c' }).catch((error: unknown) => error);

const outage = (reason: string, cause?: unknown): unknown =>
  expect.objectContaining({ name: 'AuthError', code: 'auth_unavailable', reason, cause });

describe('runStrategy', () => {
  it('gives the identity that the strategy succeeds with, sooner or later', async () => {
    expect(
      await outcome(function () {
        this.success(identity);
      }),
    ).toBe(identity);
    expect(
      await outcome(function () {
        setImmediate(() => this.success(identity));
      }),
    ).toBe(identity);
  });

  it.each([undefined, null, true, {}, { userId: 'ada' }, { ...identity.toJSON() }, 'ada'])(
    'takes success without an identity for an outage: %p',
    async (user) => {
      expect(
        await outcome(function () {
          this.success(user);
        }),
      ).toEqual(outage('the strategy succeeded without an identity'));
    },
  );

  it('refuses as the strategy says', async () => {
    const refusal = new AuthError('token_expired', 'expired');
    expect(
      await outcome(function () {
        this.fail(refusal);
      }),
    ).toBe(refusal);
    expect(
      await outcome(function () {
        this.error(refusal);
      }),
    ).toBe(refusal);
    expect(
      await outcome(function () {
        throw refusal;
      }),
    ).toBe(refusal);
  });

  it.each([undefined, 'No auth token', new Error('jwt malformed'), 401, { message: 'invalid signature' }])(
    'takes a plain failure for invalid credentials, without its text: %p',
    async (reason) => {
      expect(
        await outcome(function () {
          this.fail(reason, 500);
        }),
      ).toMatchObject({
        name: 'AuthError',
        code: 'credentials_invalid',
        reason: 'refused by the strategy',
        cause: undefined,
      });
    },
  );

  it('takes any other error for an outage', async () => {
    const cause = new Error('ECONNREFUSED');
    expect(
      await outcome(function () {
        this.error(cause);
      }),
    ).toEqual(outage('the strategy threw', cause));
    expect(
      await outcome(function () {
        throw cause;
      }),
    ).toEqual(outage('the strategy threw', cause));
    expect(
      await outcome(function () {
        this.error(undefined);
      }),
    ).toEqual(outage('the strategy threw'));
  });

  it('takes a strategy that does not decide for an outage', async () => {
    const undecided = outage('the strategy did not decide');
    expect(
      await outcome(function () {
        this.pass();
      }),
    ).toEqual(undecided);
    expect(
      await outcome(function () {
        this.redirect('https://evil.example');
      }),
    ).toEqual(undecided);
  });

  it('lets the first decision stand', async () => {
    expect(
      await outcome(function () {
        this.fail();
        this.success(identity);
      }),
    ).toMatchObject({
      code: 'credentials_invalid',
    });
  });

  it('hands over a request with the one credential and nothing else', async () => {
    const requests: StrategyRequest[] = [];
    const strategy: AuthStrategy = {
      scheme: 'api-key',
      header: 'x-key',
      authenticate: function (this: Run, request: StrategyRequest) {
        requests.push(request);
        this.success(identity);
      } as never,
    };
    await runStrategy(strategy, { scheme: 'api-key', value: 'ck_1' });
    await runStrategy(
      { ...strategy, scheme: 'jwt', header: 'authorization' },
      { scheme: 'jwt', value: 'a.b.c' },
    );
    expect(requests).toEqual([
      { headers: { 'x-key': 'ck_1' } },
      { headers: { authorization: 'Bearer a.b.c' } },
    ]);
  });

  it('keeps runs of one strategy apart, and leaves nothing on it', async () => {
    const strategy = strategyThat(function ({ headers }) {
      const userId = headers.authorization!.slice('Bearer '.length);
      setImmediate(() => this.success(new UserIdentity({ userId, credentialId: 'c' })));
    });
    const before = Object.keys(strategy);
    const userIds = Array.from({ length: 50 }, (_, i) => `user_${i}`);
    const found = await Promise.all(userIds.map((value) => runStrategy(strategy, { scheme: 'jwt', value })));
    expect(found.map(({ userId }) => userId)).toEqual(userIds);
    expect(Object.keys(strategy)).toEqual(before);
  });
});
