import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';

import type { Clock } from '../clock.js';
import type { JwtAlgorithm, ResolvedAuthOptions, ResolvedJwtOptions } from '../options/auth-options.js';
import { AuthOptionsError } from '../options/options-error.js';
import { storeAnswer } from '../store-answer.js';
import type { Revocation } from '../revocation/revocation.js';
import { openKey, sealKey } from './sealed-key.js';
import type { RingKey, SigningKeyRing } from './signing-key-ring.js';
import { keyOf } from './signing-key.input.js';
import type { SigningKeyRecord, SigningKeyStore } from './signing-key.store.js';

/** What is waited for, in the log's words. */
export const STORE = 'the store of signing keys';

const KEY_ID_BYTES = 12;

/** Brings the ring up to date with the store. */
export class StoredSigningKeys {
  #latest: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly store: SigningKeyStore,
    private readonly ring: SigningKeyRing,
  ) {}

  /**
   * One reading after the other: none that began earlier ends later.
   *
   * @throws AuthError `auth_unavailable` when the store does not answer; AuthOptionsError when what it holds and the
   * options make no ring. Then the ring is as it was.
   */
  load(): Promise<void> {
    const read = (): Promise<void> => this.#read();
    this.#latest = this.#latest.then(read, read);
    return this.#latest;
  }

  /** When the options leave all keys to the store, the first instance makes the first key; then {@link load}s. */
  async begin(clock: Clock): Promise<void> {
    if (this.options.jwt.keys.length === 0) {
      const records = await storeAnswer(STORE, this.store.list());
      // Several instances may do so at once: one of their keys stays active, and all of them verify.
      if (!records.some(({ state }) => state === 'active')) await this.#makeFirst(clock.now());
    }
    await this.load();
  }

  async #makeFirst(now: number): Promise<void> {
    const key = await keyOf('ES256');
    const record = sealedRecord(this.options, newKeyId(), 'ES256', key, now);
    const revocation = keyRevocation(this.options, record.keyId, now);
    await storeAnswer(STORE, this.store.insert(record, revocation));
    await storeAnswer(STORE, this.store.change({ ...record, state: 'active' }, revocation));
  }

  async #read(): Promise<void> {
    const records = await storeAnswer(STORE, this.store.list());
    this.ring.replace(assembleRing(this.options.jwt, records));
  }
}

/** A `kid` that nobody else has. */
export function newKeyId(): string {
  return randomBytes(KEY_ID_BYTES).toString('base64url');
}

/**
 * A key as it goes into the store, to become active some time.
 *
 * @throws Error without `jwt.keyEncryptionKey`.
 */
export function sealedRecord(
  { jwt: { keyEncryptionKey } }: ResolvedAuthOptions,
  keyId: string,
  algorithm: JwtAlgorithm,
  key: KeyObject,
  now: number,
): SigningKeyRecord {
  if (keyEncryptionKey === undefined)
    throw new Error('jwt.keyEncryptionKey is not set: a key cannot be stored without it');
  const sealedKey = sealKey(key, keyEncryptionKey, { keyId, algorithm });
  return { keyId, algorithm, state: 'next', sealedKey, createdAt: new Date(now), changedAt: new Date(now) };
}

/** Every change is one to the feed: it makes the instances read the keys, and look at remembered tokens again. */
export function keyRevocation({ jwt }: ResolvedAuthOptions, keyId: string, at: number): Revocation {
  const expiresAt = at + (jwt.maxAccessTokenTtl + jwt.clockTolerance) * 1_000;
  return { kind: 'signing-key', id: keyId, at, expiresAt };
}

/**
 * The keys of the options and those of the store. An active key of the store signs instead of that of the options; what
 * was removed is in neither.
 *
 * @throws AuthOptionsError
 */
export function assembleRing(
  { keys, keyEncryptionKey }: ResolvedJwtOptions,
  records: readonly SigningKeyRecord[],
): readonly RingKey[] {
  const problems: string[] = [];
  const recordOf = new Map(records.map((record) => [record.keyId, record]));
  const isActiveStored = records.some(({ state }) => state === 'active');
  const ring: RingKey[] = [];
  for (const key of keys) {
    const record = recordOf.get(key.keyId);
    if (record?.sealedKey !== undefined) problems.push(twice(key.keyId));
    if (record?.state === 'removed') continue;
    const written = isActiveStored && key.state === 'active' ? 'retired' : key.state;
    // Without an active key in the store, that of the options signs, whatever the store says of it.
    const state = key.state === 'active' && !isActiveStored ? 'active' : (record?.state ?? written);
    ring.push({ ...key, state, createdAt: undefined });
  }
  for (const { keyId, algorithm, state, sealedKey, createdAt } of records) {
    if (sealedKey === undefined || state === 'removed') continue;
    const key = keyEncryptionKey && openKey(sealedKey, keyEncryptionKey, { keyId, algorithm });
    if (key === undefined) problems.push(keyEncryptionKey === undefined ? MISSING : closed(keyId));
    else ring.push({ keyId, algorithm, state, createdAt, takesTokensWithoutKeyId: false, ...halves(key) });
  }
  if (problems.length === 0 && !ring.some(({ state }) => state === 'active')) problems.push(NO_ACTIVE);
  if (problems.length > 0) throw new AuthOptionsError([...new Set(problems)]);
  return ring;
}

function halves(key: KeyObject): Pick<RingKey, 'signingKey' | 'verificationKey'> {
  return { signingKey: key, verificationKey: key.type === 'secret' ? key : createPublicKey(key) };
}

const MISSING =
  'jwt.keyEncryptionKey is missing, and the store holds signing keys. Remedy: give the key that they were sealed with.';
const NO_ACTIVE =
  'jwt.keys lacks the key that the store calls active, or holds one as active that was removed. Remedy: name another active key.';

function closed(keyId: string): string {
  return `jwt.keyEncryptionKey does not open the signing key ${JSON.stringify(keyId)} of the store. Remedy: give the key that it was sealed with.`;
}

function twice(keyId: string): string {
  return `jwt.keys holds a key named ${JSON.stringify(keyId)}, and so does the store. Remedy: give each key a name of its own.`;
}
