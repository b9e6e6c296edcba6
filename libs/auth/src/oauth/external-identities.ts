import { hash } from 'node:crypto';

import { AuthError } from '../errors.js';
import { effectiveGrants, type EffectiveGrants } from '../identity/effective-grants.js';
import { PermissionSets } from '../identity/permission-set.js';
import { isGrant, isKnownGrant } from '../identity/permission.js';
import type { SubjectDirectory } from '../identity/subject-directory.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Claims, MappedClaims, ResolvedTrustedIssuer } from '../options/oauth-options.js';
import { storeAnswer } from '../store-answer.js';
import { mapClaims } from './claims-mapping.js';
import type { CheckedClaims } from './external-token.claims.js';

const MAX_ID_LENGTH = 255;

/** A token of another issuer that is good, and what was found out of it. */
export interface ExternalToken {
  readonly issuer: ResolvedTrustedIssuer;
  /** Everything that the issuer says. */
  readonly claims: Claims;
  readonly checked: CheckedClaims;
  /** What names the token when it has no `jti`: what was signed of it, or the whole of an opaque one. */
  readonly substance: string;
  /** Milliseconds since 1970. */
  readonly rememberUntil: number;
}

/** Makes identities of tokens of other issuers. */
export class ExternalIdentities {
  constructor(
    private readonly options: Pick<ResolvedAuthOptions, 'permissions' | 'jwt'>,
    private readonly permissions: PermissionSets,
    private readonly subjects: SubjectDirectory,
  ) {}

  /**
   * @throws AuthError (as a rejection) `credentials_invalid` when the mapping refuses the token, or the subject that it
   * stands for is not active; `auth_unavailable` when the mapping throws or the subject directory does not answer.
   */
  async of({ issuer, claims, checked, substance, rememberUntil }: ExternalToken): Promise<UserIdentity> {
    const { permissions = [], ...mapped } = this.#map(claims, issuer);
    const carried = {
      ...mapped,
      roles: mapped.roles,
      permissions: permissions.filter((grant) => this.#isKnown(grant)),
    };
    const grants = mapped.userId === undefined ? carried : await this.#ofOwner(carried, mapped.userId);
    return new UserIdentity({
      userId: mapped.userId ?? externalId(issuer.issuer, checked.sub),
      orgId: mapped.orgId,
      email: mapped.email,
      name: mapped.name,
      permissions: this.permissions.of(grants.permissions),
      roles: grants.roles,
      provider: mapped.provider ?? (isService(checked) && mapped.userId === undefined ? 'service' : 'jwt'),
      credentialId: credentialIdOf(issuer.issuer, checked, substance),
      sessionId: checked.sid == null ? undefined : externalId(issuer.issuer, checked.sid),
      issuedAt: checked.iat == null ? undefined : Math.round(checked.iat * 1_000),
      expiresAt: (checked.exp + this.options.jwt.clockTolerance) * 1_000,
      metadata: mapped.metadata,
      rememberUntil,
    });
  }

  #map(claims: Claims, issuer: ResolvedTrustedIssuer): MappedClaims {
    let mapped: MappedClaims | undefined;
    try {
      mapped = mapClaims(claims, issuer);
    } catch (cause) {
      throw new AuthError('auth_unavailable', 'mapClaims does not answer', { cause });
    }
    if (mapped === undefined) throw new AuthError('credentials_invalid', 'mapClaims refuses the token');
    return mapped;
  }

  /** The issuer does not know when its subject changes here: it is looked at whenever the token is verified. */
  async #ofOwner(carried: MappedClaims & EffectiveGrants, userId: string): Promise<EffectiveGrants> {
    const { orgId, permissions, roles } = carried;
    const owner = effectiveGrants(
      this.subjects,
      { userId, orgId, permissions, ...(roles && { roles }) },
      'user',
    );
    const effective = await storeAnswer('the subject directory', owner);
    if (effective !== undefined) return effective;
    throw new AuthError('credentials_invalid', 'the subject of the token is not active');
  }

  /** An issuer has words for other applications, too. */
  #isKnown(grant: string): boolean {
    const { permissions: catalogue } = this.options;
    return isGrant(grant) && (catalogue === undefined || isKnownGrant(grant, catalogue));
  }
}

/** No issuer has a `#` in its name, so that no two issuers can make the same of two names. */
function externalId(issuer: string, name: string): string {
  const id = `${issuer}#${name}`;
  if (id.length <= MAX_ID_LENGTH) return id;
  throw new AuthError('credentials_invalid', 'the sub or the sid is too long');
}

/** RFC 9068 section 2.2: a token that a client got for itself names it as its subject. */
function isService({ sub, client_id: client, azp }: CheckedClaims): boolean {
  return client === sub || azp === sub;
}

/** What is revoked when this token is: two issuers may have the same `jti`. */
function credentialIdOf(issuer: string, { jti }: CheckedClaims, substance: string): string {
  const named = jti == null ? { issuer, substance } : { issuer, jti };
  return hash('sha256', JSON.stringify(named), 'base64url');
}
