import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { PermissionSets } from '../identity/permission-set.js';
import { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions, type ResolvedSigningKey } from '../options/auth-options.js';
import { checkClaims, checkHeader, type AccessTokenClaims } from './access-token.claims.js';
import { decodeClaims, decodeHeader, splitCompactToken, type DecodedToken } from './compact-token.js';
import { SigningKeyRing, type RingKey } from './signing-key-ring.js';

/** A token whose form and header were checked, and whose signature and claims were not: believe nothing of it. */
export interface OpenedToken {
  readonly token: string;
  readonly claims: DecodedToken['claims'];
  /** What the signature has to be of. */
  readonly key: ResolvedSigningKey;
}

/** A header as it was sent, and the key that it names among these. */
interface AcceptedHeader {
  readonly text: string;
  readonly keys: readonly RingKey[];
  readonly key: ResolvedSigningKey;
}

/** What is checked of an access token before and after its signature. The signature itself is the strategy's. */
@Injectable()
export class AccessTokenVerifier {
  /** The one that was accepted last: nearly all tokens of an issuer have the same. */
  #accepted: AcceptedHeader | undefined;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly ring: SigningKeyRing,
    private readonly permissions: PermissionSets,
    private readonly clock: Clock,
  ) {}

  /**
   * Before the signature: form, type, key id and algorithm.
   *
   * @throws AuthError `credentials_invalid`
   */
  beforeSignature(token: string): OpenedToken {
    const { header, claims } = splitCompactToken(token);
    return { token, key: this.#keyOf(header), claims: decodeClaims(claims) };
  }

  /**
   * After the signature: the claims, and whom they tell of.
   *
   * @throws AuthError `credentials_invalid`, `token_expired`
   */
  afterSignature({ token, claims }: OpenedToken): UserIdentity {
    return this.#identity(checkClaims(claims, this.options.jwt, this.clock.now()), token);
  }

  #keyOf(header: string): ResolvedSigningKey {
    const { keys } = this.ring;
    if (header === this.#accepted?.text && keys === this.#accepted.keys) return this.#accepted.key;
    const key = checkHeader(decodeHeader(header), this.options.jwt, this.ring);
    this.#accepted = { text: header, keys, key };
    return key;
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
