import type { IncomingMessage, ServerResponse } from 'node:http';

/** A public key that is good, and both halves of one that is not the issuer's. */
export interface KnownKeys {
  readonly jwk: { readonly kid?: string };
  readonly strangers: { readonly jwk: object; readonly privateJwk: object };
}

export const BAD_KEY_SETS: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse, keys: KnownKeys) => unknown>
>;
