import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { RateLimits } from '../api-keys/rate-limits.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { sourceOf } from '../users/login-source.js';

/** Failures of one client from one source, and of one source, within a window in seconds. */
const LIMITS = { client: { limit: 20, window: 900 }, source: { limit: 100, window: 900 } } as const;

type Limited = keyof typeof LIMITS;

/**
 * Counts failures to authenticate at the token endpoint. Right credentials are never stopped, nor counted: many instances
 * of a service can share an address, and nobody locks a client out. Secrets have 256 bits: what the limits tell is that
 * something is wrong, they need not keep anybody from guessing.
 */
@Injectable()
export class ClientAttempts {
  constructor(
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
  ) {}

  /** Notes a failure. @throws AuthError `rate_limited` with the seconds until another attempt makes sense. */
  async failed(clientId: string, origin: Origin): Promise<void> {
    const refused: Limited[] = [];
    let wait = 0;
    for (const [limited, key] of keysOf(clientId, origin)) {
      const { isAllowed, endsIn } = await this.limits.count(key, LIMITS[limited]);
      if (isAllowed) continue;
      refused.push(limited);
      wait = Math.max(wait, endsIn);
    }
    const [first] = refused;
    if (first === undefined) return;
    this.events.emit({ type: 'client.limited', target: first }, origin);
    throw new AuthError('rate_limited', `too many failures of one ${first}`, {
      retryAfter: Math.max(1, Math.ceil(wait / 1_000)),
    });
  }
}

/** Counters are named by hashes: what is shared with other instances holds no address. */
function keysOf(clientId: string, { ip }: Origin): readonly (readonly [Limited, string])[] {
  const source = ip === undefined ? '' : sourceOf(ip);
  const ofClient = ['client', keyOf('client', clientId, source)] as const;
  return source === '' ? [ofClient] : [ofClient, ['source', keyOf('source', source)]];
}

function keyOf(kind: string, ...parts: readonly string[]): string {
  return `services:${kind}:${hash('sha256', parts.join('\n'), 'base64url')}`;
}
