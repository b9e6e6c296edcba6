import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { effectiveGrants, type EffectiveGrants } from '../identity/effective-grants.js';
import { PermissionSets } from '../identity/permission-set.js';
import { SubjectDirectory } from '../identity/subject-directory.js';
import { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions, type ResolvedSigningKey } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
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

type Grants = Pick<AccessTokenClaims, 'permissions' | 'roles'> | EffectiveGrants;

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
    private readonly feed: RevocationFeed,
    private readonly subjects: SubjectDirectory,
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
   * @returns the identity itself; a promise of it when the subject has changed since the token was issued and has to be
   * looked at.
   * @throws AuthError (or rejects with it) `credentials_invalid`, `token_expired`; `auth_unavailable` when the subject
   * directory does not answer.
   */
  afterSignature({ token, claims }: OpenedToken): UserIdentity | Promise<UserIdentity> {
    const checked = checkClaims(claims, this.options.jwt, this.clock.now());
    const changedAt = this.feed.permissionsChangedAt(checked.sub);
    const isFromBefore = changedAt !== undefined && (issuedAtOf(checked) ?? 0) <= changedAt;
    return isFromBefore ? this.#lookAgain(checked, token) : this.#identity(checked, token, checked);
  }

  #keyOf(header: string): ResolvedSigningKey {
    const { keys } = this.ring;
    if (header === this.#accepted?.text && keys === this.#accepted.keys) return this.#accepted.key;
    const key = checkHeader(decodeHeader(header), this.options.jwt, this.ring);
    this.#accepted = { text: header, keys, key };
    return key;
  }

  /** What the token carries and its subject holds now. */
  async #lookAgain(claims: AccessTokenClaims, token: string): Promise<UserIdentity> {
    const carried = {
      userId: claims.sub,
      orgId: claims.org_id ?? undefined,
      permissions: claims.permissions ?? [],
      roles: claims.roles ?? [],
    };
    const kind = isService(claims) ? 'service' : 'user';
    const effective = await storeAnswer(
      'the subject directory',
      effectiveGrants(this.subjects, carried, kind),
    );
    if (effective === undefined)
      throw new AuthError('credentials_invalid', 'the subject of the token is not active');
    return this.#identity(claims, token, effective);
  }

  #identity(claims: AccessTokenClaims, token: string, grants: Grants): UserIdentity {
    return new UserIdentity({
      userId: claims.sub,
      orgId: claims.org_id ?? undefined,
      email: claims.email ?? undefined,
      name: claims.name ?? undefined,
      permissions: this.permissions.of(grants.permissions ?? []),
      roles: grants.roles ?? undefined,
      provider: isService(claims) ? 'service' : 'jwt',
      credentialId: claims.jti ?? digestOfSigned(token),
      sessionId: claims.sid ?? undefined,
      issuedAt: issuedAtOf(claims),
      expiresAt: (claims.exp + this.options.jwt.clockTolerance) * 1_000,
      metadata: claims.metadata ?? undefined,
    });
  }
}

/** RFC 9068 section 2.2: a token that a client got for itself names it as its subject. */
function isService(claims: AccessTokenClaims): boolean {
  return claims.client_id === claims.sub;
}

/** Milliseconds since 1970. */
function issuedAtOf({ iat }: AccessTokenClaims): number | undefined {
  return iat == null ? undefined : Math.round(iat * 1_000);
}

/** The predecessor's tokens have no jti. What was signed names them as well; the signature could be written in more ways. */
function digestOfSigned(token: string): string {
  return hash('sha256', token.slice(0, token.lastIndexOf('.')), 'base64url');
}
