import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { AccessTokenVerifier, type OpenedToken } from './access-token.verifier.js';
import { decodeCompactToken, MAX_TOKEN_LENGTH, type DecodedToken } from './compact-token.js';
import { SigningKeyRing } from './signing-key-ring.js';
import { tokenInputSchemas, type AccessTokenInput, type ServiceTokenInput } from './token.input.js';

/** What tokens of people and of services have in common. */
interface CommonClaims {
  readonly orgId?: string | null;
  readonly permissions: readonly string[];
  readonly roles?: readonly string[] | null;
  readonly expiresIn: number;
  readonly metadata?: object;
}

/** Makes and verifies access tokens (RFC 9068). */
@Injectable()
export class TokenService {
  readonly #schemas: ReturnType<typeof tokenInputSchemas>;
  /** For the signature alone: everything else is checked against this application's clock. */
  readonly #signatures = new JwtService({ verifyOptions: { ignoreExpiration: true, ignoreNotBefore: true } });

  constructor(
    options: ResolvedAuthOptions,
    private readonly ring: SigningKeyRing,
    private readonly jwt: JwtService,
    private readonly verifier: AccessTokenVerifier,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#schemas = tokenInputSchemas(options);
  }

  /**
   * Makes an access token for a person.
   *
   * @param now milliseconds since 1970: when what the token carries was found out, if that was earlier. A change of its
   * subject since then counts for the token.
   * @returns a compact JWS with `iss aud sub iat exp jti` and, where they apply, `org_id email name permissions roles sid
   * metadata`; `typ` is `at+jwt`.
   * @throws TypeError naming each field that is not as {@link AccessTokenInput} says, or a grant that the catalogue
   * does not know; RangeError when the token would be larger than the gate accepts (8 KiB); Error when there is no
   * private key.
   */
  createAccessToken(input: AccessTokenInput, now = this.clock.now()): string {
    const { userId, sessionId, ...rest } = readInput(this.#schemas.access, input, 'createAccessToken');
    return this.#sign({ sub: userId, sid: sessionId, email: rest.email, name: rest.name }, rest, now);
  }

  /**
   * Makes an access token for a program that acts for itself: `client_id` equals `sub`, and the identity's `provider`
   * is `service`.
   *
   * @throws as {@link createAccessToken}
   */
  createServiceToken(input: ServiceTokenInput, now = this.clock.now()): string {
    const { clientId, ...rest } = readInput(this.#schemas.service, input, 'createServiceToken');
    return this.#sign({ sub: clientId, client_id: clientId }, rest, now);
  }

  /**
   * Verifies an access token as the gate does.
   *
   * @returns whom it belongs to, with what the token carries and its subject holds.
   * @throws AuthError (as a rejection) `credentials_invalid` (whatever is wrong with it, revoked included),
   * `token_expired`, `auth_unavailable`.
   */
  async verifyAccessToken(token: string): Promise<UserIdentity> {
    if (typeof token !== 'string') throw new AuthError('credentials_invalid', 'the token is not text');
    for (;;) {
      const since = this.feed.position;
      const opened = this.verifier.beforeSignature(token);
      this.#checkSignature(opened);
      const identity = await this.verifier.afterSignature(opened);
      const verdict = this.feed.verdict(identity, since);
      if (verdict === 'revoked') throw new AuthError('credentials_invalid', 'revoked');
      // Otherwise something changed while it was looked at.
      if (verdict === 'good') return identity;
    }
  }

  /**
   * Reads a token without verifying anything: never decide by it.
   *
   * @returns header and claims; undefined when it does not have the form of an access token.
   */
  decode(token: string): DecodedToken | undefined {
    try {
      return decodeCompactToken(token);
    } catch {
      return undefined;
    }
  }

  /**
   * Refuses a token from now on, on every instance.
   *
   * @param identity as {@link verifyAccessToken} gave it.
   * @throws AuthError `auth_unavailable` when the log cannot be written.
   */
  async revoke(identity: UserIdentity, origin?: Origin): Promise<void> {
    const now = this.clock.now();
    const expiresAt = identity.expiresAt?.getTime() ?? now;
    await this.feed.revoke({ kind: 'token', id: identity.credentialId, at: now, expiresAt });
    this.events.emit({ type: 'token.revoked', target: identity.credentialId }, origin);
  }

  /**
   * Whole seconds since 1970, except for a token that is made within a second of its subject's revocation: that one says
   * the millisecond, or it would seem to be older (RFC 7519 section 2 lets a NumericDate have a fraction).
   */
  #issuedAt(subject: string, now: number): number {
    const second = Math.floor(now / 1_000);
    const revokedAt = this.feed.subjectRevokedAt(subject);
    return revokedAt === undefined || revokedAt < second * 1_000
      ? second
      : Math.max(now, revokedAt + 1) / 1_000;
  }

  #checkSignature({ token, key: { verificationKey, algorithm } }: OpenedToken): void {
    try {
      this.#signatures.verify(token, { publicKey: verificationKey as never, algorithms: [algorithm] });
    } catch (cause) {
      throw new AuthError('credentials_invalid', 'the signature is wrong', { cause });
    }
  }

  #sign(claims: Record<string, unknown>, common: CommonClaims, now: number): string {
    if (this.ring.active.signingKey === undefined) {
      throw new Error('jwt.privateKey is not set: this application verifies tokens and cannot make any');
    }
    const payload = {
      ...claims,
      org_id: common.orgId,
      permissions: common.permissions,
      roles: common.roles,
      metadata: common.metadata,
      iat: this.#issuedAt(claims.sub as string, now),
      jti: randomUUID(),
    };
    const token = this.jwt.sign(withoutAbsent(payload), { expiresIn: common.expiresIn });
    if (token.length <= MAX_TOKEN_LENGTH) return token;
    throw new RangeError(`The token would be longer than ${MAX_TOKEN_LENGTH} bytes: carry less in it`);
  }
}

function withoutAbsent(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value != null));
}
