import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';

import type { ResolvedAuthOptions } from '../options/auth-options.js';
import { decodeCompactToken } from './compact-token.js';
import { jwtModuleOptions } from './jwt-options.js';
import type { SigningKeyRing } from './signing-key-ring.js';

/**
 * The `JwtService` of `@nestjs/jwt`: signs with the active key, and verifies with the key that a token names. A call
 * that brings a secret or a key of its own gets its way.
 */
export class KeyRingJwtService extends JwtService {
  constructor(
    options: ResolvedAuthOptions,
    private readonly ring: SigningKeyRing,
  ) {
    super(jwtModuleOptions(options, ring));
  }

  override verify<T extends object>(token: string, options?: JwtVerifyOptions): T {
    return super.verify<T>(token, this.#withKeyOf(token, options));
  }

  override async verifyAsync<T extends object>(token: string, options?: JwtVerifyOptions): Promise<T> {
    return super.verifyAsync<T>(token, this.#withKeyOf(token, options));
  }

  /** A token that names no key of ours goes on with the active one, and is refused by its signature. */
  #withKeyOf(token: string, options: JwtVerifyOptions = {}): JwtVerifyOptions {
    if (options.secret !== undefined || options.publicKey !== undefined) return options;
    const key = this.ring.find(kidOf(token));
    return key === undefined
      ? options
      : { algorithms: [key.algorithm], ...options, publicKey: key.verificationKey as never };
  }
}

function kidOf(token: string): unknown {
  try {
    return decodeCompactToken(token).header.kid;
  } catch {
    return undefined;
  }
}
