import type { ClientRecord, ClientSecretRecord } from './client.store.js';

/** A service as it may be shown: without the hashes of its secrets. */
export interface Client extends Omit<ClientRecord, 'secrets'> {
  /** How it authenticates at the token endpoint: the first also as `client_secret_post`. */
  readonly authentication: 'client_secret_basic' | 'private_key_jwt';
  readonly secrets: readonly Omit<ClientSecretRecord, 'secretHash'>[];
}

/** What may be shown of a record. */
export function clientView({ secrets, ...client }: ClientRecord): Client {
  return {
    ...client,
    authentication: isSigning(client) ? 'private_key_jwt' : 'client_secret_basic',
    secrets: secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt })),
  };
}

/** Does it sign assertions? Otherwise it has secrets. That is decided when it is made. */
export function isSigning({ keys }: Pick<ClientRecord, 'keys'>): boolean {
  return keys.length > 0;
}
