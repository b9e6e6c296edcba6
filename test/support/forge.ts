import { createHmac } from 'node:crypto';

import { SECRET } from './secret.js';

type Json = Readonly<Record<string, unknown>>;

/** What a good token of the tests' applications holds. A member that is set to undefined is left out. */
export interface Forgery {
  readonly header?: Json;
  readonly claims?: Json;
  /** The text of the segment, instead of `header`. */
  readonly rawHeader?: string | Buffer;
  readonly rawClaims?: string | Buffer;
  readonly secret?: string | Buffer;
  /** Of the HMAC, whatever the header says. */
  readonly hash?: string;
  /** Seconds since 1970. */
  readonly now?: number;
}

/**
 * Signs a token without any library, so that every part of it may be as no library would make it. Without arguments
 * it is one that the gate accepts.
 */
export function forgeToken(forgery: Forgery = {}): string {
  const { now = Math.floor(Date.now() / 1_000), secret = SECRET, hash = 'sha256' } = forgery;
  const header = { alg: 'HS256', typ: 'at+jwt', ...forgery.header };
  const claims = {
    iss: 'gatehouse',
    aud: 'gatehouse',
    sub: 'ada',
    iat: now,
    exp: now + 600,
    jti: 'forged',
    permissions: ['session:read'],
    ...forgery.claims,
  };
  const signed = [forgery.rawHeader ?? JSON.stringify(header), forgery.rawClaims ?? JSON.stringify(claims)]
    .map((part) => Buffer.from(part as string).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}
