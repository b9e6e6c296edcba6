import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions, type JwtAlgorithm, type SigningKeyState } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SigningKeyRing, type RingKey } from './signing-key-ring.js';
import { keyOf, signingKeyInputSchema, type SigningKeyInput } from './signing-key.input.js';
import { NoSigningKeyStore, SigningKeyStore, type SigningKeyRecord } from './signing-key.store.js';
import { keyRevocation, newKeyId, sealedRecord, STORE, StoredSigningKeys } from './stored-signing-keys.js';

/** What is told of a signing key. */
export interface SigningKey {
  /** `kid`; `''` for the key of the options whose tokens have none. */
  readonly keyId: string;
  readonly algorithm: JwtAlgorithm;
  readonly state: SigningKeyState;
  /** Undefined for a key of the options. */
  readonly createdAt: Date | undefined;
}

/**
 * Changes signing keys while the application runs, on all instances: `add` a key, let everybody learn of it, `activate`
 * it, and `remove` the one before when its last token has expired.
 */
@Injectable()
export class SigningKeyService {
  readonly #logger = new Logger(SigningKeyService.name);
  readonly #stored: StoredSigningKeys;
  #lastProblem: string | undefined;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly ring: SigningKeyRing,
    private readonly store: SigningKeyStore,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#stored = new StoredSigningKeys(options, store, ring);
    feed.prepare('signing-key', () => this.#reload());
  }

  /** The keys as this instance knows them, those of the options first. Each of them verifies. */
  list(): readonly SigningKey[] {
    return this.ring.keys.map(viewOf);
  }

  /**
   * Adds a key in the state `next`: it verifies and is published, and does not sign yet.
   *
   * @throws TypeError naming what is wrong with the key; Error when the `keyId` is or was taken, or when there is no
   * store for it or no `jwt.keyEncryptionKey`; AuthError `auth_unavailable`.
   */
  async add(input: SigningKeyInput = {}, origin?: Origin): Promise<SigningKey> {
    const { keyId = newKeyId(), algorithm, ...given } = readInput(signingKeyInputSchema, input, 'add');
    this.#needsStore();
    await this.#stored.load();
    const key = await keyOf(algorithm, given);
    // Making a key may take a while, and its age counts from the moment when others can learn of it.
    const now = this.clock.now();
    const record = sealedRecord(this.options, keyId, algorithm, key, now);
    const revocation = keyRevocation(this.options, keyId, now);
    const isFree = this.#find(keyId) === undefined;
    if (!isFree || !(await storeAnswer(STORE, this.store.insert(record, revocation))))
      throw new Error('add: there is or was a key of that keyId');
    await this.feed.announce();
    this.events.emit({ type: 'signing-key.created', target: keyId }, origin);
    return { keyId, algorithm, state: 'next', createdAt: record.createdAt };
  }

  /**
   * From now on this key signs, and the one that did is retired. Takes keys that are `next` or `retired`.
   *
   * @param how a key that was added less than `revocation.maxStaleness` ago may be unknown to an instance, which would
   * refuse its tokens: `immediately` accepts that.
   * @throws Error when the key is unknown, too new, or cannot sign; AuthError `auth_unavailable`.
   */
  async activate(keyId: string, how: { immediately?: boolean } = {}, origin?: Origin): Promise<SigningKey> {
    const key = await this.#known(keyId, 'activate');
    if (key.state === 'active') return viewOf(key);
    if (key.signingKey === undefined) throw new Error('activate: the key has no private part');
    const age = this.clock.now() - (key.createdAt?.getTime() ?? 0);
    const { maxStaleness } = this.options.revocation;
    if (age < maxStaleness * 1_000 && how.immediately !== true) {
      throw new Error(
        `activate: other instances may not know the key before it is ${maxStaleness} seconds old`,
      );
    }
    const { keyId: before } = this.ring.active;
    await this.#change(key, 'active', 'activate');
    this.events.emit({ type: 'signing-key.activated', target: keyId }, origin);
    this.events.emit({ type: 'signing-key.retired', target: before }, origin);
    return { ...viewOf(key), state: 'active' };
  }

  /**
   * Takes back a key that was to become active. It still verifies.
   *
   * @throws Error when the key is unknown, or active: activating another one retires it; AuthError `auth_unavailable`.
   */
  async retire(keyId: string, origin?: Origin): Promise<SigningKey> {
    const key = await this.#known(keyId, 'retire');
    if (key.state === 'active') throw new Error('retire: the key is active. Activate another one');
    if (key.state === 'next') {
      await this.#change(key, 'retired', 'retire');
      this.events.emit({ type: 'signing-key.retired', target: keyId }, origin);
    }
    return { ...viewOf(key), state: 'retired' };
  }

  /**
   * Ends a key for ever. Its tokens are refused on this instance when it resolves, remembered ones too, and on the
   * others as soon as with any revocation. Options that still hold the key do not bring it back.
   *
   * @throws Error when the key is unknown, or active: activate another one before; AuthError `auth_unavailable`.
   */
  async remove(keyId: string, origin?: Origin): Promise<void> {
    const key = await this.#known(keyId, 'remove');
    if (key.state === 'active') throw new Error('remove: the key is active. Activate another one before');
    await this.#change(key, 'removed', 'remove');
    this.events.emit({ type: 'signing-key.removed', target: keyId }, origin);
  }

  async #known(keyId: string, call: string): Promise<RingKey> {
    this.#needsStore();
    await this.#stored.load();
    const key = this.#find(keyId);
    if (key === undefined) throw new Error(`${call}: there is no key of that keyId`);
    return key;
  }

  async #change(
    { keyId, algorithm }: RingKey,
    state: SigningKeyRecord['state'],
    call: string,
  ): Promise<void> {
    const now = new Date(this.clock.now());
    const record = { keyId, algorithm, state, sealedKey: undefined, createdAt: now, changedAt: now };
    const isChanged = await storeAnswer(
      STORE,
      this.store.change(record, keyRevocation(this.options, keyId, this.clock.now())),
    );
    if (!isChanged) throw new Error(`${call}: the key was changed at the same time`);
    await this.feed.announce();
  }

  /** A ring that cannot be read stops the feed: it becomes stale, and nothing is accepted by keys of yesterday. */
  async #reload(): Promise<void> {
    try {
      await this.#stored.load();
      this.#lastProblem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#lastProblem) this.#logger.error(`The signing keys cannot be read: ${message}`);
      this.#lastProblem = message;
      throw error;
    }
  }

  #find(keyId: string): RingKey | undefined {
    return this.ring.keys.find((key) => key.keyId === keyId);
  }

  #needsStore(): void {
    if (this.store instanceof NoSigningKeyStore) {
      throw new Error('stores.signingKeys is not set: the keys are those of the options');
    }
  }
}

function viewOf({ keyId, algorithm, state, createdAt }: RingKey): SigningKey {
  return { keyId, algorithm, state, createdAt };
}
