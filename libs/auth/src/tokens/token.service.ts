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
   * @returns a compact JWS with `iss aud sub iat exp jti` and, where they apply, `org_id email name permissions sid
   * metadata`; `typ` is `at+jwt`.
   * @throws TypeError naming each field that is not as {@link AccessTokenInput} says, or a grant that the catalogue
   * does not know; RangeError when the token would be larger than the gate accepts (8 KiB); Error when there is no
   * private key.
   */
  createAccessToken(input: AccessTokenInput): string {
    const { userId, sessionId, ...rest } = readInput(this.#schemas.access, input, 'createAccessToken');
    return this.#sign({ sub: userId, sid: sessionId, email: rest.email, name: rest.name }, rest);
  }

  /**
   * Makes an access token for a program that acts for itself: `client_id` equals `sub`, and the identity's `provider`
   * is `service`.
   *
   * @throws as {@link createAccessToken}
   */
  createServiceToken(input: ServiceTokenInput): string {
    const { clientId, ...rest } = readInput(this.#schemas.service, input, 'createServiceToken');
    return this.#sign({ sub: clientId, client_id: clientId }, rest);
  }

  /**
   * Verifies an access token as the gate does.
   *
   * @returns whom it belongs to.
   * @throws AuthError `credentials_invalid` (whatever is wrong with it, revoked included), `token_expired`,
   * `auth_unavailable`.
   */
  verifyAccessToken(token: string): UserIdentity {
    if (typeof token !== 'string') throw new AuthError('credentials_invalid', 'the token is not text');
    const since = this.feed.position;
    const opened = this.verifier.beforeSignature(token);
    this.#checkSignature(opened);
    const identity = this.verifier.afterSignature(opened);
    if (this.feed.verdict(identity, since) !== 'good') throw new AuthError('credentials_invalid', 'revoked');
    return identity;
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
  #issuedAt(subject: string): number {
    const second = Math.floor(this.clock.now() / 1_000);
    const revokedAt = this.feed.subjectRevokedAt(subject);
    return revokedAt === undefined || revokedAt < second * 1_000
      ? second
      : Math.max(this.clock.now(), revokedAt + 1) / 1_000;
  }

  #checkSignature({ token, key: { verificationKey, algorithm } }: OpenedToken): void {
    try {
      this.#signatures.verify(token, { publicKey: verificationKey as never, algorithms: [algorithm] });
    } catch (cause) {
      throw new AuthError('credentials_invalid', 'the signature is wrong', { cause });
    }
  }

  #sign(
    claims: Record<string, unknown>,
    common: { orgId?: string | null; permissions: readonly string[]; expiresIn: number; metadata?: object },
  ): string {
    if (this.ring.active.signingKey === undefined) {
      throw new Error('jwt.privateKey is not set: this application verifies tokens and cannot make any');
    }
    const payload = {
      ...claims,
      org_id: common.orgId,
      permissions: common.permissions,
      metadata: common.metadata,
      iat: this.#issuedAt(claims.sub as string),
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
