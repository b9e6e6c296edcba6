import { createHmac, hash, randomBytes } from 'node:crypto';

const PREFIX = 'rt_';
const BYTES = 32;
const FORM = /^rt_[A-Za-z0-9_-]{43}$/;

/** @returns a new refresh token: `rt_` and 256 random bits in base64url. It says nothing to anybody but its store. */
export function generateRefreshToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

export function isRefreshToken(value: string): boolean {
  return FORM.test(value);
}

/** What a refresh token is stored as: SHA-256 of all of it, hexadecimal. */
export function hashRefreshToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/**
 * Hides a token so that only the holder of the token before it can read it: whoever reads the store cannot. The pad is
 * as long as the secret and used once, since a token has one successor.
 */
export function sealSuccessor(successor: string, predecessor: string): string {
  return xor(bytesOf(successor), pad(predecessor)).toString('base64url');
}

/** The way back. */
export function openSuccessor(sealed: string, predecessor: string): string {
  return PREFIX + xor(Buffer.from(sealed, 'base64url'), pad(predecessor)).toString('base64url');
}

function bytesOf(token: string): Buffer {
  return Buffer.from(token.slice(PREFIX.length), 'base64url');
}

function pad(predecessor: string): Buffer {
  return createHmac('sha256', bytesOf(predecessor)).update('gatehouse refresh token successor').digest();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]!));
}
