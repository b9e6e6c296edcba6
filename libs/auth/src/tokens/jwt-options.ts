import type { JwtModuleOptions } from '@nestjs/jwt';

import type { ResolvedAuthOptions } from '../options/auth-options.js';

/** RFC 9068 section 2.1: says that a token is an access token and nothing else. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Options with which a `JwtService` signs tokens that the gate accepts, and verifies those that it made. */
export function jwtModuleOptions({ jwt }: ResolvedAuthOptions): JwtModuleOptions {
  const { algorithm, issuer, audience, keyId } = jwt;
  return {
    // Objects of node:crypto: text would be parsed for each token, at many times the cost of the signature.
    privateKey: jwt.signingKey,
    publicKey: jwt.verificationKey,
    signOptions: {
      algorithm,
      issuer,
      expiresIn: jwt.accessTokenTtl,
      header: { alg: algorithm, typ: ACCESS_TOKEN_TYPE },
      ...(audience && { audience: audience.length === 1 ? audience[0] : [...audience] }),
      ...(keyId !== undefined && { keyid: keyId }),
    },
    verifyOptions: {
      algorithms: [algorithm],
      issuer,
      clockTolerance: jwt.clockTolerance,
      ...(audience && { audience: audience as [string, ...string[]] }),
    },
  };
}
