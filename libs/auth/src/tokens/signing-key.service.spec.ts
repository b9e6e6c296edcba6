import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthEvents } from '../events/auth-events.js';
import type { JwtOptions } from '../options/auth-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { MemoryRevocationStore, NoNotifications } from '../stores/memory/memory-revocation.store.js';
import { MemorySigningKeyStore } from '../stores/memory/memory-signing-key.store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { SigningKeyRing } from './signing-key-ring.js';
import { SigningKeyService } from './signing-key.service.js';
import { NoSigningKeyStore, type SigningKeyStore } from './signing-key.store.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function makeService(jwt: JwtOptions = {}, given?: SigningKeyStore) {
  const options = resolveOptions({
    jwt: { secret: SECRET, keyEncryptionKey: randomBytes(32), ...jwt },
  });
  const [log, clock] = [new MemoryRevocationStore(), new ManualClock()];
  const [store, events] = [given ?? new MemorySigningKeyStore(log), new AuthEvents(clock)];
  const feed = new RevocationFeed(options.revocation, log, new NoNotifications(), clock, events);
  const ring = new SigningKeyRing(options.jwt.keys);
  return { keys: new SigningKeyService(options, ring, store, feed, clock, events), ring, store, clock, log };
}

describe('SigningKeyService', () => {
  it.each([
    ['HS256', 'secret'],
    ['HS512', 'secret'],
    ['PS384', 'rsa'],
    ['ES256', 'ec'],
    ['ES384', 'ec'],
    ['ES512', 'ec'],
  ] as const)('makes a key for %s and stores it encrypted', async (algorithm, type) => {
    const { keys, ring, store } = makeService();
    const { keyId } = await keys.add({ algorithm });
    expect(keyId).toMatch(/^[A-Za-z0-9_-]{16}$/);
    const { signingKey, verificationKey } = ring.find(keyId)!;
    expect(signingKey!.asymmetricKeyType ?? signingKey!.type).toBe(type);
    expect(verificationKey.type).toBe(type === 'secret' ? 'secret' : 'public');
    const [record] = await store.list();
    const plain =
      signingKey!.type === 'secret'
        ? signingKey!.export()
        : signingKey!.export({ type: 'pkcs8', format: 'der' });
    const sealed = Buffer.from(record!.sealedKey!, 'base64url');
    expect(sealed.length).toBe(plain.length + 28);
    expect(sealed.includes(plain.subarray(-20))).toBe(false);
  });

  it('takes a key that is given', async () => {
    const { keys, ring } = makeService();
    await keys.add({ keyId: 'mine', privateKey: ec.privateKey });
    expect(ring.find('mine')!.verificationKey.equals(ec.publicKey)).toBe(true);
    await keys.add({ keyId: 'secret', algorithm: 'HS256', secret: SECRET });
    expect(ring.find('secret')!.verificationKey.export().toString()).toBe(SECRET);
  });

  it.each([
    [{ secret: 'canary', algorithm: 'HS256' }, /secret is shorter than 32 bytes/],
    [{ privateKey: ec.privateKey, algorithm: 'RS256' }, /privateKey is an EC key/],
    [{ privateKey: ec.publicKey }, /privateKey is a public key/],
    [{ secret: SECRET }, /algorithm takes a key pair, not a secret/],
    [{ algorithm: 'none' }, /algorithm is no known algorithm/],
    [{ keyId: '' }, /keyId is empty/],
    [{ keyId: 'x'.repeat(256) }, /keyId is longer than 255/],
    [{ keyId: 'a\0' }, /keyId holds something else than printable ASCII/],
    [{ state: 'active' }, /state is no field of it/],
  ])('refuses the key %#', async (input, reason) => {
    const { keys, store } = makeService();
    const adding = keys.add(input as never);
    await expect(adding).rejects.toThrow(TypeError);
    await expect(adding).rejects.toThrow(reason);
    await expect(adding).rejects.not.toThrow(/canary/);
    expect(await store.list()).toEqual([]);
  });

  it('gives no name twice, not even after the key was removed', async () => {
    const { keys } = makeService({ keyId: 'first' });
    await keys.add({ keyId: 'second' });
    await keys.remove('second');
    for (const keyId of ['first', 'second']) {
      await expect(keys.add({ keyId })).rejects.toThrow('there is or was a key of that keyId');
    }
  });

  it('activates no key that other instances may not know', async () => {
    const { keys, ring, clock } = makeService();
    await keys.add({ keyId: 'new' });
    clock.advance(9.999);
    await expect(keys.activate('new')).rejects.toThrow('before it is 10 seconds old');
    expect(ring.active.keyId).toBe('');
    clock.advance(0.001);
    await keys.activate('new');
    expect(ring.active.keyId).toBe('new');
  });

  it('goes back to the key before', async () => {
    const { keys, ring } = makeService();
    await keys.add({ keyId: 'new' });
    await keys.activate('new', { immediately: true });
    await keys.activate('');
    expect(keys.list().map(({ state }) => state)).toEqual(['active', 'retired']);
    expect(ring.active.keyId).toBe('');
  });

  it('retires what was to become active, and neither retires nor removes the active key', async () => {
    const { keys, ring } = makeService();
    await keys.add({ keyId: 'new' });
    expect(await keys.retire('new')).toMatchObject({ state: 'retired' });
    expect(await keys.retire('new')).toMatchObject({ state: 'retired' });
    for (const keyId of ['', 'new']) {
      await keys.activate(keyId, { immediately: true });
      await expect(keys.retire(keyId)).rejects.toThrow('the key is active');
      await expect(keys.remove(keyId)).rejects.toThrow('the key is active');
      expect(ring.active.keyId).toBe(keyId);
    }
  });

  it('knows no key that is not there', async () => {
    const { keys } = makeService();
    for (const call of ['activate', 'retire', 'remove'] as const) {
      await expect(keys[call]('__proto__')).rejects.toThrow(`${call}: there is no key of that keyId`);
    }
  });

  it('activates no key that cannot sign', async () => {
    const { keys } = makeService({
      secret: undefined,
      keys: [
        { keyId: 'a', secret: SECRET },
        { keyId: 'b', algorithm: 'ES256', publicKey: ec.publicKey, state: 'next' },
      ],
    });
    await expect(keys.activate('b')).rejects.toThrow('has no private part');
  });

  it('needs a store, and an encryption key to add to it', async () => {
    const { keys } = makeService({}, new NoSigningKeyStore());
    await expect(keys.add()).rejects.toThrow('stores.signingKeys is not set');
    await expect(keys.activate('')).rejects.toThrow('stores.signingKeys is not set');
    await expect(makeService({ keyEncryptionKey: undefined }).keys.add()).rejects.toThrow(
      'jwt.keyEncryptionKey is not set',
    );
  });

  it('leaves one active key when many are activated at once', async () => {
    const { keys, store } = makeService();
    const added = await Promise.all(Array.from({ length: 20 }, () => keys.add()));
    await Promise.all(added.map(({ keyId }) => keys.activate(keyId, { immediately: true })));
    expect((await store.list()).filter(({ state }) => state === 'active')).toHaveLength(1);
    expect(keys.list().filter(({ state }) => state === 'active')).toHaveLength(1);
  });
});
