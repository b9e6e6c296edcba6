import type { JwtModuleOptions } from '@nestjs/jwt';

import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { SigningKeyRing } from './signing-key-ring.js';

/** RFC 9068 section 2.1: says that a token is an access token and nothing else. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/**
 * Options with which a `JwtService` signs tokens that the gate accepts, and verifies those of the active key. They are
 * read for each token, and tell of the key that is active then.
 */
export function jwtModuleOptions({ jwt }: ResolvedAuthOptions, ring: SigningKeyRing): JwtModuleOptions {
  const { issuer, audience } = jwt;
  return {
    // Objects of node:crypto: text would be parsed for each token, at many times the cost of the signature.
    get privateKey() {
      return ring.active.signingKey;
    },
    get publicKey() {
      return ring.active.verificationKey;
    },
    get signOptions() {
      const { algorithm, keyId } = ring.active;
      return {
        algorithm,
        issuer,
        expiresIn: jwt.accessTokenTtl,
        header: { alg: algorithm, typ: ACCESS_TOKEN_TYPE },
        ...(audience && { audience: audience.length === 1 ? audience[0] : [...audience] }),
        ...(keyId !== '' && { keyid: keyId }),
      };
    },
    get verifyOptions() {
      return {
        algorithms: [ring.active.algorithm],
        issuer,
        clockTolerance: jwt.clockTolerance,
        ...(audience && { audience: audience as [string, ...string[]] }),
      };
    },
  };
}
