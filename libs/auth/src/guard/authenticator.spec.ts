import { describe, expect, it, jest } from '@jest/globals';

import { makeGate, NONSENSE } from '../../../../test/support/gate.js';

describe('Authenticator: what is remembered', () => {
  it('is answered at once, without a promise', async () => {
    const gate = makeGate();
    for (const credential of [gate.token(), await gate.key()]) {
      const first = gate.authenticator.authenticate([credential]);
      expect(first).toBeInstanceOf(Promise);
      const identity = await first;
      expect(identity.userId).toBe('ada');
      expect(gate.authenticator.authenticate([credential])).toBe(identity);
    }
    expect(gate.lookUps()).toBe(1);
  });

  it('is nothing without a cache', async () => {
    const gate = makeGate(false);
    const key = await gate.key();
    for (const lookUps of [1, 2]) {
      const answer = gate.authenticator.authenticate([key]);
      expect(answer).toBeInstanceOf(Promise);
      expect((await answer).userId).toBe('ada');
      expect(gate.lookUps()).toBe(lookUps);
    }
  });

  it('is no refusal and no outage', async () => {
    const gate = makeGate();
    const key = await gate.key({ isActive: false });
    expect(await gate.outcome(key)).toBe('credentials_invalid: the key is inactive');
    await gate.apiKeys.update(key.keyId, { isActive: true });
    jest.spyOn(gate.store, 'findByHash').mockRejectedValueOnce(new Error('down'));
    expect(await gate.outcome(key)).toBe('auth_unavailable: the API key store does not answer');
    expect(await gate.outcome(key)).toBe('ada');
  });

  it('goes by the whole credential, and by its scheme', async () => {
    const gate = makeGate();
    const token = gate.token();
    const key = await gate.key();
    for (const credential of [token, key]) expect(await gate.outcome(credential)).toBe('ada');
    const otherEnd = token.value.slice(0, -1) + (token.value.endsWith('A') ? 'E' : 'A');
    expect(await gate.outcome({ scheme: 'jwt', value: otherEnd })).toMatch(/^credentials_invalid/);
    expect(await gate.outcome({ scheme: 'jwt', value: key.value })).toMatch(/^credentials_invalid/);
    expect(await gate.outcome({ scheme: 'api-key', value: token.value })).toMatch(/^credentials_invalid/);
  });

  it.each([0, 30])(
    'never outlives the exp of a token, with a leeway of %d seconds',
    async (clockTolerance) => {
      const gate = makeGate(true, { jwt: { clockTolerance } });
      const token = gate.token({ expiresIn: 60 });
      expect(await gate.outcome(token)).toBe('ada');
      gate.clock.advance(59.999 + clockTolerance);
      expect(gate.authenticator.authenticate([token])).toHaveProperty('userId', 'ada');
      gate.clock.advance(0.001);
      expect(await gate.outcome(token)).toBe('token_expired: expired');
    },
  );

  it('never outlives the end of a key', async () => {
    const gate = makeGate();
    const key = await gate.key({ expiresAt: new Date(gate.clock.now() + 60_000) });
    expect(await gate.outcome(key)).toBe('ada');
    gate.clock.advance(59.999);
    expect(gate.authenticator.authenticate([key])).toHaveProperty('userId', 'ada');
    gate.clock.advance(0.001);
    expect(await gate.outcome(key)).toBe('credentials_invalid: the key is expired');
  });
});

describe('Authenticator: several credentials', () => {
  it('tries them in their order, and asks no further than the first that verifies', async () => {
    const gate = makeGate();
    const token = gate.token({ userId: 'tokens' });
    const key = await gate.key({ userId: 'keys' });
    expect(await gate.outcome(token, key)).toBe('tokens');
    expect(gate.lookUps()).toBe(0);
    expect(await gate.outcome(NONSENSE, key)).toBe('keys');
    expect(await gate.outcome(NONSENSE, key)).toBe('keys');
    expect(gate.lookUps()).toBe(1);
  });

  it('says of several refusals the first', async () => {
    const gate = makeGate();
    const key = await gate.key({ isActive: false });
    const token = gate.token();
    gate.clock.advance(60);
    expect(await gate.outcome(token, key)).toBe('token_expired: expired');
    expect(await gate.outcome(key, token)).toBe('credentials_invalid: the key is inactive');
  });

  it('says that it could not tell when any of them could not be judged', async () => {
    const gate = makeGate();
    const key = await gate.key();
    jest.spyOn(gate.store, 'findByHash').mockRejectedValue(new Error('down'));
    const outage = 'auth_unavailable: the API key store does not answer';
    expect(await gate.outcome(NONSENSE, key)).toBe(outage);
    expect(await gate.outcome(key, NONSENSE)).toBe(outage);
    expect(await gate.outcome(key, gate.token())).toBe('ada');
  });

  it('takes whatever else goes wrong for an outage', async () => {
    const gate = makeGate();
    const cause = new Error('broken');
    jest.spyOn(gate.feed, 'verdict').mockImplementation(() => {
      throw cause;
    });
    await expect(gate.authenticator.authenticate([gate.token()])).rejects.toMatchObject({
      code: 'auth_unavailable',
      reason: 'verification threw',
      cause,
    });
  });
});
