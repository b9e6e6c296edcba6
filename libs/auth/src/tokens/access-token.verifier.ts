import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { PermissionSets } from '../identity/permission-set.js';
import { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions, type ResolvedSigningKey } from '../options/auth-options.js';
import { checkClaims, checkHeader, type AccessTokenClaims } from './access-token.claims.js';
import { decodeCompactToken, type DecodedToken } from './compact-token.js';
import { SigningKeyRing } from './signing-key-ring.js';

/** What is checked of an access token before and after its signature. The signature itself is the strategy's. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly ring: SigningKeyRing,
    private readonly permissions: PermissionSets,
    private readonly clock: Clock,
  ) {}

  /**
   * Before the signature: form, type, key id and algorithm.
   *
   * @returns the key that the signature has to be of.
   * @throws AuthError `credentials_invalid`
   */
  beforeSignature(token: string): ResolvedSigningKey {
    return checkHeader(decodeCompactToken(token).header, this.options.jwt, this.ring);
  }

  /**
   * After the signature: the claims, and whom they tell of.
   *
   * @throws AuthError `credentials_invalid`, `token_expired`
   */
  afterSignature(claims: DecodedToken['claims'], token: string): UserIdentity {
    return this.#identity(checkClaims(claims, this.options.jwt, this.clock.now()), token);
  }

  #identity(claims: AccessTokenClaims, token: string): UserIdentity {
    return new UserIdentity({
      userId: claims.sub,
      orgId: claims.org_id ?? undefined,
      email: claims.email ?? undefined,
      name: claims.name ?? undefined,
      permissions: this.permissions.of(claims.permissions ?? []),
      // RFC 9068 section 2.2: a token that a client got for itself names it as its subject.
      provider: claims.client_id === claims.sub ? 'service' : 'jwt',
      credentialId: claims.jti ?? digestOfSigned(token),
      sessionId: claims.sid ?? undefined,
      issuedAt: claims.iat == null ? undefined : Math.round(claims.iat * 1_000),
      expiresAt: (claims.exp + this.options.jwt.clockTolerance) * 1_000,
      metadata: claims.metadata ?? undefined,
    });
  }
}

/** The predecessor's tokens have no jti. What was signed names them as well; the signature could be written in more ways. */
function digestOfSigned(token: string): string {
  return hash('sha256', token.slice(0, token.lastIndexOf('.')), 'base64url');
}
