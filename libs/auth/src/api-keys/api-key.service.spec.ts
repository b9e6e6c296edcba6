import { describe, expect, it, jest } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { ApiKeyUpdate } from './api-key.input.js';
import { hashApiKey } from './api-key.format.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const owner = { name: 'ci', userId: 'ada' };

describe('ApiKeyService.create', () => {
  it('fills in what is left out', async () => {
    const { apiKeys, clock } = makeUnits();
    const { key, apiKey } = await apiKeys.create(owner);
    expect(key).toMatch(/^ck_[0-9A-Za-z]{49}$/);
    expect(apiKey).toEqual({
      ...owner,
      keyId: expect.stringMatching(UUID),
      keyStart: key.slice(0, 8),
      permissions: [],
      isActive: true,
      metadata: {},
      createdAt: new Date(clock.now()),
    });
  });

  it('keeps what is given', async () => {
    const { apiKeys, store } = makeUnits({ apiKeys: { prefix: 'acme' } });
    const input = {
      ...owner,
      orgId: 'org',
      permissions: ['session:read', 'memory:*'] as const,
      rateLimit: { limit: 5, window: 60 },
      expiresAt: new Date('2100-01-01'),
      isActive: false,
      metadata: { plan: 'pro', nested: [{ a: null }] },
    };
    const { key, apiKey } = await apiKeys.create(input);
    expect(key).toMatch(/^acme_/);
    expect(apiKey).toMatchObject(input);
    expect(await store.findById(apiKey.keyId)).toEqual({ ...apiKey, keyHash: hashApiKey(key) });
  });

  it('stores and shows nothing that the key could be read from', async () => {
    const { apiKeys, store } = makeUnits();
    const { key, apiKey } = await apiKeys.create(owner);
    expect(apiKey).not.toHaveProperty('keyHash');
    const shown = [apiKey, await apiKeys.get(apiKey.keyId), ...(await apiKeys.list())];
    expect(JSON.stringify(shown)).not.toContain(hashApiKey(key));
    expect(JSON.stringify([shown, await store.list({ limit: 100 })])).not.toContain(key.slice(8, 20));
    expect(await apiKeys.update(apiKey.keyId, { name: 'x' })).not.toHaveProperty('keyHash');
    expect(await apiKeys.revoke(apiKey.keyId)).not.toHaveProperty('keyHash');
  });
});

describe('ApiKeyService.verify', () => {
  it('tells whose key it is', async () => {
    const { apiKeys, clock, permissions } = makeUnits();
    const expiresAt = new Date(clock.now() + 60_000);
    const { key, apiKey } = await apiKeys.create({
      ...owner,
      orgId: 'org',
      permissions: ['session:read'],
      expiresAt,
      metadata: { plan: 'pro' },
    });
    const identity = await apiKeys.verify(key);
    expect(identity).toBeInstanceOf(UserIdentity);
    expect(identity).toMatchObject({
      userId: 'ada',
      orgId: 'org',
      provider: 'api_key',
      permissions: ['session:read'],
      credentialId: apiKey.keyId,
      metadata: { plan: 'pro' },
      expiresAt,
      issuedAt: apiKey.createdAt,
    });
    expect(identity.permissions).toBe(permissions.of(['session:read']).grants);
  });

  it('refuses in one way, and tells the log why', async () => {
    const { apiKeys, clock } = makeUnits();
    const make = async (fields = {}): Promise<{ key: string; keyId: string }> => {
      const { key, apiKey } = await apiKeys.create({ ...owner, ...fields });
      return { key, keyId: apiKey.keyId };
    };
    const revoked = await make();
    await apiKeys.revoke(revoked.keyId);
    const deactivated = await make();
    await apiKeys.update(deactivated.keyId, { isActive: false });
    const unknown = await makeUnits().apiKeys.create(owner);
    const cases: [string, string][] = [
      ['the key is malformed', 'ck_x'],
      ['the key is unknown', unknown.key],
      ['the key is revoked', revoked.key],
      ['the key is inactive', (await make({ isActive: false })).key],
      ['the key is inactive', deactivated.key],
      ['the key is expired', (await make({ expiresAt: new Date(clock.now()) })).key],
    ];
    for (const [reason, key] of cases) {
      const error: unknown = await apiKeys.verify(key).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'AuthError',
        code: 'credentials_invalid',
        reason,
        message: 'The credentials are not valid',
      });
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it('ends a key at that moment, and not before', async () => {
    const { apiKeys, clock } = makeUnits();
    const { key } = await apiKeys.create({ ...owner, expiresAt: new Date(clock.now() + 1) });
    expect((await apiKeys.verify(key)).userId).toBe('ada');
    clock.advance(0.001);
    await expect(apiKeys.verify(key)).rejects.toMatchObject({ reason: 'the key is expired' });
  });

  it('never makes an active key of a revoked one', async () => {
    const { apiKeys } = makeUnits();
    const { key, apiKey } = await apiKeys.create(owner);
    await apiKeys.revoke(apiKey.keyId);
    await apiKeys.update(apiKey.keyId, { isActive: true, expiresAt: null });
    await expect(apiKeys.verify(key)).rejects.toMatchObject({ reason: 'the key is revoked' });
  });

  it('refuses a key with a wrong checksum without a look-up', async () => {
    const { apiKeys, store } = makeUnits();
    const findByHash = jest.spyOn(store, 'findByHash');
    const { key } = await apiKeys.create(owner);
    const wrong = [
      `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`,
      key.slice(0, -1),
      `${key}0`,
      '',
      'ck_',
    ];
    for (const text of [...wrong, hashApiKey(key)]) {
      await expect(apiKeys.verify(text)).rejects.toMatchObject({ code: 'credentials_invalid' });
    }
    expect(findByHash).not.toHaveBeenCalled();
    await apiKeys.verify(key);
    expect(findByHash).toHaveBeenCalledTimes(1);
  });

  it('takes a store that does not answer for an outage, never for an unknown key', async () => {
    const { apiKeys, store } = makeUnits();
    const { key } = await apiKeys.create(owner);
    const cause = new Error('connection refused');
    jest.spyOn(store, 'findByHash').mockRejectedValue(cause);
    await expect(apiKeys.verify(key)).rejects.toMatchObject({
      code: 'auth_unavailable',
      reason: 'the API key store does not answer',
      message: 'Authentication is unavailable at the moment',
      cause,
    });
  });
});

describe('ApiKeyService.register', () => {
  const key = `ck_${Buffer.alloc(32, 0xfb).toString('base64url')}`;
  const registered = { userId: 'ada', keyHash: hashApiKey(key) };

  it('takes over a key by its hash', async () => {
    const { apiKeys, clock } = makeUnits();
    expect(await apiKeys.register(registered)).toEqual({
      userId: 'ada',
      name: 'registered',
      keyId: expect.stringMatching(UUID),
      permissions: [],
      isActive: true,
      metadata: {},
      createdAt: new Date(clock.now()),
    });
    expect((await apiKeys.verify(key)).userId).toBe('ada');
  });

  it('keeps its id, its age and everything else', async () => {
    const { apiKeys } = makeUnits();
    const fields = { keyId: 'old-1', name: 'old', createdAt: new Date(5), orgId: 'org', isActive: false };
    const apiKey = await apiKeys.register({
      ...registered,
      ...fields,
      keyHash: registered.keyHash.toUpperCase(),
    });
    expect(apiKey).toMatchObject(fields);
    expect(apiKey).not.toHaveProperty('keyHash');
    await apiKeys.update('old-1', { isActive: true });
    expect(await apiKeys.verify(key)).toMatchObject({ credentialId: 'old-1', issuedAt: new Date(5) });
  });

  it('changes nothing when the hash or the id is there', async () => {
    const { apiKeys } = makeUnits();
    const first = await apiKeys.register({ ...registered, keyId: 'one' });
    expect(await apiKeys.register({ ...registered, keyId: 'two', userId: 'eve' })).toBeUndefined();
    expect(await apiKeys.register({ userId: 'eve', keyId: 'one', keyHash: 'a'.repeat(64) })).toBeUndefined();
    expect(await apiKeys.list()).toEqual([first]);
    expect((await apiKeys.verify(key)).userId).toBe('ada');
  });
});

describe('ApiKeyService.update and revoke', () => {
  it('changes what is named, and clears what is null', async () => {
    const { apiKeys } = makeUnits();
    const rateLimit = { limit: 1, window: 60 };
    const { apiKey } = await apiKeys.create({ ...owner, rateLimit, expiresAt: new Date('2100-01-01') });
    const update: ApiKeyUpdate = {
      name: 'new',
      permissions: ['session:list'],
      metadata: { x: 1 },
      isActive: false,
    };
    expect(await apiKeys.update(apiKey.keyId, update)).toEqual({ ...apiKey, ...update });
    const cleared = await apiKeys.update(apiKey.keyId, { rateLimit: null, expiresAt: null });
    expect(cleared).toEqual({ ...apiKey, ...update, rateLimit: undefined, expiresAt: undefined });
    expect(await apiKeys.update(apiKey.keyId, {})).toEqual(cleared);
    expect(await apiKeys.get(apiKey.keyId)).toEqual(cleared);
  });

  it('revokes once, at the moment of the first call', async () => {
    const { apiKeys, clock } = makeUnits();
    const { apiKey } = await apiKeys.create(owner);
    const revoked = await apiKeys.revoke(apiKey.keyId);
    expect(revoked).toEqual({ ...apiKey, revokedAt: new Date(clock.now()) });
    clock.advance(60);
    expect(await apiKeys.revoke(apiKey.keyId)).toEqual(revoked);
  });

  it('knows nothing of a key that is not there, and tells nobody of it', async () => {
    const { apiKeys, feed } = makeUnits();
    const { position } = feed;
    expect(await apiKeys.get('nobody')).toBeUndefined();
    expect(await apiKeys.update('nobody', { name: 'x' })).toBeUndefined();
    expect(await apiKeys.revoke('nobody')).toBeUndefined();
    expect(feed.position).toBe(position);
  });

  it.each<[string, (units: ReturnType<typeof makeUnits>, keyId: string) => Promise<unknown>]>([
    ['update', ({ apiKeys }, keyId) => apiKeys.update(keyId, { permissions: [] })],
    ['revoke', ({ apiKeys }, keyId) => apiKeys.revoke(keyId)],
  ])('%s reaches the store before the feed, and the feed before it returns', async (verb, change) => {
    const units = makeUnits();
    const { apiKeys, feed, store } = units;
    const { key, apiKey } = await apiKeys.create({ ...owner, permissions: ['session:list'] });
    const other = await apiKeys.verify((await apiKeys.create(owner)).key);
    const identity = await apiKeys.verify(key);
    const since = feed.position;
    expect(feed.verdict(identity, since)).toBe('good');
    const announce = feed.announce.bind(feed);
    const announced = jest.spyOn(feed, 'announce').mockImplementation(async () => {
      const { permissions, revokedAt } = (await store.findById(apiKey.keyId))!;
      expect(verb === 'update' ? permissions : revokedAt).not.toEqual(
        verb === 'update' ? ['session:list'] : undefined,
      );
      return announce();
    });
    await change(units, apiKey.keyId);
    expect(announced).toHaveBeenCalledTimes(1);
    expect(feed.verdict(identity, since)).toBe('changed');
    expect(feed.verdict(identity, feed.position)).toBe('good');
    expect(feed.verdict(other, since)).toBe('good');
  });
});

describe('ApiKeyService.list', () => {
  it('gives pages, oldest first, of 50 unless it is told another number from 1 to 100', async () => {
    const { apiKeys, clock } = makeUnits();
    const keyIds: string[] = [];
    for (let i = 0; i < 101; i += 1) {
      clock.advance(1);
      keyIds.push((await apiKeys.create({ ...owner, userId: i % 2 === 0 ? 'ada' : 'bob' })).apiKey.keyId);
    }
    const ids = async (query?: Parameters<typeof apiKeys.list>[0]): Promise<string[]> =>
      (await apiKeys.list(query)).map(({ keyId }) => keyId);
    expect(await ids()).toEqual(keyIds.slice(0, 50));
    expect(await ids({ limit: 1_000 })).toEqual(keyIds.slice(0, 100));
    expect(await ids({ limit: 3, after: keyIds[3]! })).toEqual(keyIds.slice(4, 7));
    for (const limit of [0, -5]) expect(await ids({ limit })).toEqual(keyIds.slice(0, 1));
    expect(await ids({ userId: 'bob', limit: 2 })).toEqual([keyIds[1], keyIds[3]]);
  });
});
