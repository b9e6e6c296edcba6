import { createHmac, hash, randomBytes } from 'node:crypto';

import type { LoginSecrets } from './provider-profile.js';

/** 256 bits in base64url. */
const FORM = /^[A-Za-z0-9_-]{43}$/;
const CODE_FORM = /^lc_[A-Za-z0-9_-]{43}$/;
/** RFC 7636 section 4.1. */
const VERIFIER_FORM = /^[A-Za-z0-9._~-]{43,128}$/;

/** 256 random bits in base64url: a state, or what a browser is told apart by. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A code that stands for a login that has succeeded. */
export function newCode(): string {
  return `lc_${newSecret()}`;
}

/** Does it look like a state, a browser's secret or an S256 challenge? */
export function isSecret(text: string | undefined): text is string {
  return text !== undefined && FORM.test(text);
}

/** Does it look like what {@link newCode} makes? */
export function isCode(text: string): boolean {
  return CODE_FORM.test(text);
}

/** What stores hold in the place of a secret: SHA-256, hexadecimal. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/**
 * What goes to the provider, made of what the browser alone has: neither the store nor an address holds enough to go on
 * with a login.
 */
export function secretsOf(state: string, browser: string): LoginSecrets {
  const derive = (purpose: string): string =>
    createHmac('sha256', browser).update(`${purpose}\0${state}`).digest('base64url');
  return { state, verifier: derive('verifier'), nonce: derive('nonce') };
}

/** Is this the verifier of a challenge (RFC 7636 section 4.6, S256)? Where there was none, there must be no verifier. */
export function answersChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  return VERIFIER_FORM.test(verifier) && hash('sha256', verifier, 'base64url') === challenge;
}
