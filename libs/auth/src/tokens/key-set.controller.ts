import type { JsonWebKey } from 'node:crypto';

import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';

import { Public } from '../guard/access.decorators.js';
import { SigningKeyRing } from './signing-key-ring.js';

/** Seconds for which a key set may be reused: a key is to be published for longer than that before it signs. */
export const KEY_SET_MAX_AGE = 300;

/** A key set (RFC 7517 section 5). */
export interface KeySet {
  readonly keys: readonly JsonWebKey[];
}

/**
 * The public keys of this application, for services that verify its tokens by themselves: of all key pairs that verify
 * here, those that will sign included. Secrets have no public part and do not appear.
 *
 * The path is fixed (RFC 8615), whatever the prefix of the other endpoints and the version of the application's.
 */
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class KeySetController {
  constructor(private readonly ring: SigningKeyRing) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', `public, max-age=${KEY_SET_MAX_AGE}`)
  @Header('Content-Type', 'application/jwk-set+json')
  keySet(): KeySet {
    return { keys: this.ring.publicKeys };
  }
}
