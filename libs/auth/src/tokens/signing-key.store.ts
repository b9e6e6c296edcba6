import type { JwtAlgorithm, SigningKeyState } from '../options/auth-options.js';
import type { Revocation } from '../revocation/revocation.js';

/** What is known of a signing key beyond the options: a key of the store itself, or the state of one of the options. */
export interface SigningKeyRecord {
  /** `kid`; `''` for the key of the options whose tokens have none. */
  readonly keyId: string;
  readonly algorithm: JwtAlgorithm;
  /** A `removed` key stays: its name is not given again, and options that still hold it do not bring it back. */
  readonly state: SigningKeyState | 'removed';
  /** The private key or the secret, encrypted. Undefined for a key of the options and for one that is removed. */
  readonly sealedKey: string | undefined;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/**
 * Where signing keys last. A port. Both writing verbs append the revocation to the log of the same stores in one step
 * with the change, so that every instance reads the keys anew. At most one record is `active`, under any race.
 */
export abstract class SigningKeyStore {
  /** All records, removed ones too, by `createdAt` and `keyId`. */
  abstract list(): Promise<readonly SigningKeyRecord[]>;

  /**
   * Adds a key that is not active.
   *
   * @returns false, with nothing written, when there is a record of that `keyId`.
   */
  abstract insert(record: SigningKeyRecord, revocation: Revocation): Promise<boolean>;

  /**
   * Sets `state` and `changedAt`; of a key that has no record, writes the whole record. With `active`, the key that was
   * active becomes `retired` in the same step; with `removed`, `sealedKey` is erased.
   *
   * @returns false, with nothing written, for a key that is removed, and for one that is active and would no longer be.
   */
  abstract change(record: SigningKeyRecord, revocation: Revocation): Promise<boolean>;
}

/** Takes the place of a store that an application has not: its keys are those of the options. */
export class NoSigningKeyStore extends SigningKeyStore {
  override async list(): Promise<readonly SigningKeyRecord[]> {
    return [];
  }

  override insert(): Promise<boolean> {
    throw new Error('stores.signingKeys is not set: the keys are those of the options');
  }

  override change(): Promise<boolean> {
    return this.insert();
  }
}
