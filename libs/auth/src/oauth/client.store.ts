import type { JsonWebKey } from 'node:crypto';

import type { Revocation } from '../revocation/revocation.js';

/** One secret of a service. The secret itself is not known: only its SHA-256. */
export interface ClientSecretRecord {
  /** SHA-256 of the secret, 64 lower-case hexadecimal digits. */
  readonly secretHash: string;
  readonly createdAt: Date;
  /** From when on it is refused; undefined: it does not end by itself. */
  readonly expiresAt: Date | undefined;
}

/** A service: a program that gets access tokens for itself (RFC 6749 section 4.4). */
export interface ClientRecord {
  /** UUIDv7; `sub` and `client_id` of its tokens. */
  readonly clientId: string;
  readonly name: string;
  readonly orgId: string | undefined;
  /** The most that its tokens carry. */
  readonly permissions: readonly string[];
  /** Secrets that are good or will be refused at a stated time; none for a client that signs. */
  readonly secrets: readonly ClientSecretRecord[];
  /** Public keys of a client that authenticates by `private_key_jwt` (RFC 7523); none for one with secrets. */
  readonly keys: readonly JsonWebKey[];
  /** False: it gets no tokens, and those that it has are refused. */
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The fields of a record that may change. `undefined` as a value clears the field. */
export type ClientChanges = Partial<Pick<ClientRecord, 'name' | 'permissions' | 'keys' | 'isActive'>>;

/** Which clients to list, and which page of them. */
export interface ClientQuery {
  readonly orgId?: string;
  /** How many at most, 1 to 100. */
  readonly limit: number;
  /** The `clientId` after which the page begins; nothing after one that is unknown. */
  readonly after?: string;
}

/**
 * Where services last. A port: implement it for your database and run `clientStoreContract` of
 * `nestjs-gatehouse/testing` against it.
 *
 * Every verb is atomic, and its entries in the revocation log are a part of it, written exactly when the verb changes
 * something. A store that cannot answer rejects; it never answers "not there".
 */
export abstract class ClientStore {
  /** @returns false, with nothing changed, when the `clientId` is there already. */
  abstract insert(client: ClientRecord): Promise<boolean>;

  abstract findById(clientId: string): Promise<ClientRecord | undefined>;

  /** In the order of `clientId`, which is that of creation; at most `query.limit`. */
  abstract list(query: ClientQuery): Promise<readonly ClientRecord[]>;

  /**
   * Changes fields of one client and leaves the others as they are; `updatedAt` is `now`.
   * @returns the client afterwards, or undefined when there is none.
   */
  abstract update(
    clientId: string,
    changes: ClientChanges,
    now: Date,
    ...revocations: readonly Revocation[]
  ): Promise<ClientRecord | undefined>;

  /**
   * Adds a secret, lets those that there are end at `othersEndAt` unless they end earlier, and drops those that have
   * ended. Of callers that race each adds its own.
   * @returns the client afterwards, or undefined when there is none.
   */
  abstract addSecret(
    clientId: string,
    secret: ClientSecretRecord,
    othersEndAt: Date,
    now: Date,
  ): Promise<ClientRecord | undefined>;

  /** @returns the client as it was, or undefined when there is none. */
  abstract remove(clientId: string, ...revocations: readonly Revocation[]): Promise<ClientRecord | undefined>;

  /**
   * Notes that an assertion was used (RFC 7523 section 3, `jti`).
   * @param expiresAt from when on it need not be remembered.
   * @returns false when it was used before. Of any number of callers that race exactly one gets true.
   */
  abstract useAssertion(clientId: string, jti: string, expiresAt: Date): Promise<boolean>;

  /** Forgets the assertions that have expired. */
  abstract prune(now: Date): Promise<void>;
}
