import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { RateLimits } from '../api-keys/rate-limits.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { sourceOf } from '../users/login-source.js';

/** Failures of one client from one source, and of one source, within a window in seconds. */
const LIMITS = { client: { limit: 20, window: 900 }, source: { limit: 100, window: 900 } } as const;
/** Seconds for which the question whether somebody is locked out leaves a trace. */
const ASKED_FOR = 1;

type Limited = keyof typeof LIMITS;

/**
 * Counts failures to authenticate at the token endpoint. Nobody locks a client out from elsewhere: what fails is counted
 * for client and source together. Successes are not counted, so that many instances of a service can share an address.
 * Secrets have 256 bits: what the limits keep from happening is work, not a guess.
 */
@Injectable()
export class ClientAttempts {
  constructor(
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
  ) {}

  /** @throws AuthError `rate_limited` with the seconds until another attempt makes sense. */
  async demandRoom(clientId: string, origin: Origin): Promise<void> {
    for (const [limited, key] of keysOf(clientId, origin)) {
      // Counters cannot be looked at without being counted up, so a lock is a window that ends later than a look's own.
      const { endsIn } = await this.limits.count(`${key}:locked`, { limit: 1, window: ASKED_FOR });
      if (endsIn <= ASKED_FOR * 1_000) continue;
      this.events.emit({ type: 'client.limited', target: limited }, origin);
      throw new AuthError('rate_limited', `too many failures of one ${limited}`, {
        retryAfter: Math.max(1, Math.ceil(endsIn / 1_000)),
      });
    }
  }

  /** Notes a failure. Never rejects. */
  async failed(clientId: string, origin: Origin): Promise<void> {
    for (const [limited, key] of keysOf(clientId, origin)) {
      const { used, limit, endsIn } = await this.limits.count(key, LIMITS[limited]);
      if (used < limit) continue;
      // Otherwise the lock would be a part of the window that a look has begun.
      await this.limits.reset(`${key}:locked`);
      const window = Math.max(ASKED_FOR + 1, Math.ceil(endsIn / 1_000));
      await this.limits.count(`${key}:locked`, { limit: 1, window });
    }
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
