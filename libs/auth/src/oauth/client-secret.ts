import { hash, timingSafeEqual } from 'node:crypto';

import { generateApiKey, isWellFormedApiKey } from '../api-keys/api-key.format.js';
import type { ClientSecretRecord } from './client.store.js';

/** What secrets of services begin with, so that secret scanners know them: `cs_`, and then like an API key. */
const PREFIX = 'cs';

/** Compared with where there is nothing else to compare with. */
const NO_HASH = hash('sha256', '', 'hex');

/** @returns a new secret: `cs_`, 43 characters of secret, 6 of checksum, all base62. */
export function generateClientSecret(): string {
  return generateApiKey(PREFIX);
}

/** Does it look like what {@link generateClientSecret} makes? */
export function isWellFormedClientSecret(text: string): boolean {
  return text.startsWith(`${PREFIX}_`) && isWellFormedApiKey(text, PREFIX);
}

/** What a secret is stored as: SHA-256 of all of it, hexadecimal. */
export function hashClientSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/**
 * Is this one of the secrets, and good at that time?
 *
 * @param secrets none of an unknown client: the work is the same.
 */
export function isClientSecret(secret: string, secrets: readonly ClientSecretRecord[], now: number): boolean {
  const presented = Buffer.from(hashClientSecret(secret));
  let isKnown = false;
  for (const { secretHash, expiresAt } of [...secrets, { secretHash: NO_HASH, expiresAt: new Date(0) }]) {
    const isEqual = timingSafeEqual(presented, Buffer.from(secretHash));
    if (isEqual && !hasEnded(expiresAt, now)) isKnown = true;
  }
  return isKnown;
}

/** How many of the secrets are good at that time. @param now milliseconds since 1970. */
export function liveSecrets(secrets: readonly ClientSecretRecord[], now: number): number {
  return secrets.filter(({ expiresAt }) => !hasEnded(expiresAt, now)).length;
}

/** For stores: the secrets of a client after another was added, as `ClientStore.addSecret` says. */
export function secretsAfter(
  secrets: readonly ClientSecretRecord[],
  added: ClientSecretRecord,
  othersEndAt: Date,
  now: Date,
): readonly ClientSecretRecord[] {
  const others = secrets
    .map((one) =>
      one.expiresAt !== undefined && one.expiresAt < othersEndAt ? one : { ...one, expiresAt: othersEndAt },
    )
    .filter(({ expiresAt }) => !hasEnded(expiresAt, now.getTime()));
  return [...others, added];
}

function hasEnded(expiresAt: Date | undefined, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= now;
}
