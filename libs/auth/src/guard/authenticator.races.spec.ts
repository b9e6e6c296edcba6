import { describe, expect, it, jest } from '@jest/globals';

import { makeGate } from '../../../../test/support/gate.js';

describe.each([true, false])('Authenticator: revocations (remembering: %p)', (cached) => {
  it.each(['token', 'session', 'subject'] as const)('hit a token, by %s', async (kind) => {
    const gate = makeGate(cached);
    const token = gate.token({ sessionId: 's1' });
    const other = gate.token({ userId: 'bob', sessionId: 's2' });
    const { credentialId } = await gate.authenticator.authenticate([token]);
    expect(await gate.outcome(other)).toBe('bob');
    const at = gate.clock.now() + 1;
    const id = { token: credentialId, session: 's1', subject: 'ada' }[kind];
    await gate.feed.revoke({ kind, id, at, expiresAt: at + 3_600_000 });
    for (let i = 0; i < 2; i += 1) {
      expect(await gate.outcome(token)).toBe('credentials_invalid: revoked');
      expect(await gate.outcome(other)).toBe('bob');
    }
  });

  it('hit a key', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    expect(await gate.outcome(key)).toBe('ada');
    await gate.apiKeys.revoke(key.keyId);
    for (let i = 0; i < 2; i += 1) {
      expect(await gate.outcome(key)).toBe('credentials_invalid: the key is revoked');
    }
  });

  it('let a key that was changed be read again, once', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    expect(await gate.outcome(key)).toBe('ada');
    await gate.apiKeys.update(key.keyId, { permissions: ['admin:read'] });
    const identity = await gate.authenticator.authenticate([key]);
    expect(identity.permissions).toEqual(['admin:read']);
    expect(gate.lookUps()).toBe(2);
    expect(await gate.outcome(key)).toBe('ada');
    expect(gate.lookUps()).toBe(cached ? 2 : 3);
  });

  it('hit a key whose reading had begun before', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const held = gate.holdLookUp();
    const answer = gate.outcome(key);
    await held.hasRead;
    await gate.apiKeys.revoke(key.keyId);
    held.release();
    expect(await answer).toBe('credentials_invalid: the key is revoked');
    // Nor has it filled the cache.
    expect(await gate.outcome(key)).toBe('credentials_invalid: the key is revoked');
  });

  it('are not shared with the same text in another scheme', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const held = gate.holdLookUp();
    const answer = gate.outcome(key);
    await held.hasRead;
    const other = gate.outcome({ scheme: 'jwt', value: key.value });
    held.release();
    expect(await other).toMatch(/^credentials_invalid/);
    expect(await answer).toBe('ada');
  });

  it('let a key be read again that was changed while it was read', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const held = gate.holdLookUp();
    const answer = gate.authenticator.authenticate([key]);
    await held.hasRead;
    await gate.apiKeys.update(key.keyId, { permissions: [] });
    held.release();
    expect((await answer).permissions).toEqual([]);
    expect((await gate.authenticator.authenticate([key])).permissions).toEqual([]);
  });

  it('hit a token whose verification had begun before', async () => {
    const gate = makeGate(cached);
    const token = gate.token();
    const { credentialId } = await gate.tokens.verifyAccessToken(token.value);
    const held = gate.holdToken();
    const answer = gate.outcome(token);
    await held.hasRead;
    const at = gate.clock.now();
    await gate.feed.revoke({ kind: 'token', id: credentialId, at, expiresAt: at + 60_000 });
    held.release();
    expect(await answer).toBe('credentials_invalid: revoked');
    expect(await gate.outcome(token)).toBe('credentials_invalid: revoked');
  });
});

describe.each([true, false])('Authenticator: a single flight (remembering: %p)', (cached) => {
  it('is one verification for 100 requests with one credential', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const other = await gate.key({ userId: 'bob' });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => gate.outcome(i % 10 === 9 ? other : key)),
    );
    expect(answers.filter((one) => one === 'ada')).toHaveLength(90);
    expect(answers.filter((one) => one === 'bob')).toHaveLength(10);
    expect(gate.lookUps()).toBe(2);
  });

  it('ends with its answer, a refusal too', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    jest.spyOn(gate.store, 'findByHash').mockRejectedValueOnce(new Error('down'));
    const answers = await Promise.all([gate.outcome(key), gate.outcome(key)]);
    for (const answer of answers) expect(answer).toMatch(/^auth_unavailable/);
    expect(gate.lookUps()).toBe(1);
    expect(await gate.outcome(key)).toBe('ada');
    expect(gate.lookUps()).toBe(2);
  });

  it('is not joined by a request that came after a revocation', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const held = gate.holdLookUp();
    const before = gate.outcome(key);
    await held.hasRead;
    await gate.apiKeys.revoke((await gate.key()).keyId);
    expect(await gate.outcome(key)).toBe('ada');
    held.release();
    expect(await before).toBe('ada');
    expect(gate.lookUps()).toBe(2);
  });

  it('is still joined when an older one has ended', async () => {
    const gate = makeGate(cached);
    const key = await gate.key();
    const older = gate.holdLookUp();
    const first = gate.outcome(key);
    await older.hasRead;
    await gate.apiKeys.revoke((await gate.key()).keyId);
    const newer = gate.holdLookUp();
    const second = gate.outcome(key);
    await newer.hasRead;
    older.release();
    expect(await first).toBe('ada');
    const third = gate.outcome(key);
    newer.release();
    expect(await Promise.all([second, third])).toEqual(['ada', 'ada']);
    expect(gate.lookUps()).toBe(2);
  });
});
