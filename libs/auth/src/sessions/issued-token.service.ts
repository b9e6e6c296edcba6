import { Injectable } from '@nestjs/common';

import { ApiKeyService } from '../api-keys/api-key.service.js';
import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { BuiltInPermission, type PermissionName } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { TokenService } from '../tokens/token.service.js';
import type { Session } from './refresh-token.store.js';
import { SessionSubjects } from './session-subjects.js';
import { SessionService } from './session.service.js';

/** What is told of a token (RFC 7662 section 2.2). Times in seconds since 1970. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      /** Grants that count now, separated by spaces. */
      readonly scope: string;
      /** Absent for refresh tokens, which are none that a resource accepts. */
      readonly token_type?: 'Bearer';
      readonly sub: string;
      readonly iss: string;
      readonly exp?: number;
      readonly iat?: number;
      readonly jti?: string;
      readonly sid?: string;
      readonly client_id?: string;
      readonly username?: string;
    };

type Owner = Pick<UserIdentity, 'userId' | 'orgId'>;

/** Something that this application issued: whose it is, and how it is taken back. */
interface Issued {
  readonly owner: Owner;
  takeBack(): Promise<unknown>;
}

/** Tells of tokens that this application issued, and takes them back; API keys as well. */
@Injectable()
export class IssuedTokenService {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly tokens: TokenService,
    private readonly sessions: SessionService,
    private readonly subjects: SessionSubjects,
    private readonly apiKeys: ApiKeyService,
  ) {}

  /**
   * RFC 7662. Callers learn of their own tokens; with `token:introspect` also of others' in their organisation, or, when
   * they belong to none, of everybody's.
   *
   * @returns `{ active: false }` and nothing more for whatever is not good, or not the caller's to know of.
   * @throws AuthError `auth_unavailable`
   */
  async introspect(token: string, caller: UserIdentity): Promise<Introspection> {
    const session = await this.#currentSession(token);
    if (session !== undefined) {
      const isTold = this.#may(caller, session, BuiltInPermission.token.introspect);
      const held = isTold ? await this.subjects.effective(session) : undefined;
      return held === undefined ? { active: false } : this.#ofSession(session, held.permissions);
    }
    const identity = await this.#accessToken(token);
    const isTold = identity !== undefined && this.#may(caller, identity, BuiltInPermission.token.introspect);
    return isTold ? this.#ofIdentity(identity) : { active: false };
  }

  /**
   * RFC 7009. A refresh token ends its session; an access token ends alone, and so does an API key: whoever has found one
   * need not know what it is. A token that is unknown or not good any more is as the caller wants it: nothing happens.
   *
   * @throws AuthError `permission_denied` for a token of somebody else, unless the caller holds `token:revoke` in its
   * organisation; `auth_unavailable`.
   */
  async revoke(token: string, caller: UserIdentity, origin: Origin): Promise<void> {
    const issued = await this.#issued(token, origin);
    if (issued === undefined) return;
    if (!this.#may(caller, issued.owner, BuiltInPermission.token.revoke))
      throw new AuthError('permission_denied', 'the token belongs to somebody else', {
        permissions: [BuiltInPermission.token.revoke],
        caller,
      });
    await issued.takeBack();
  }

  async #issued(token: string, origin: Origin): Promise<Issued | undefined> {
    const found = await this.sessions.findByToken(token);
    if (found !== undefined) {
      const { session } = found;
      return { owner: session, takeBack: () => this.sessions.close(session.sessionId, origin) };
    }
    const identity = await this.#accessToken(token);
    if (identity !== undefined)
      return { owner: identity, takeBack: () => this.tokens.revoke(identity, origin) };
    if (this.options.apiKeys === undefined) return undefined;
    const key = await this.apiKeys.find(token);
    return key && { owner: key, takeBack: () => this.apiKeys.revoke(key.keyId, origin) };
  }

  #may(caller: UserIdentity, owner: Owner, permission: PermissionName): boolean {
    if (caller.userId === owner.userId && caller.orgId === owner.orgId) return true;
    const isWithin = caller.orgId === undefined || caller.orgId === owner.orgId;
    return isWithin && caller.hasPermission(permission);
  }

  async #currentSession(token: string): Promise<Session | undefined> {
    const found = await this.sessions.findByToken(token);
    return found?.isCurrent === true ? found.session : undefined;
  }

  async #accessToken(token: string): Promise<UserIdentity | undefined> {
    try {
      return await this.tokens.verifyAccessToken(token);
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'auth_unavailable') return undefined;
      throw error;
    }
  }

  #ofSession(
    { sessionId, userId, createdAt, expiresAt, name }: Session,
    permissions: readonly string[],
  ): Introspection {
    return {
      active: true,
      scope: permissions.join(' '),
      sub: userId,
      iss: this.options.jwt.issuer,
      exp: seconds(expiresAt),
      iat: seconds(createdAt),
      sid: sessionId,
      username: name,
    };
  }

  #ofIdentity(identity: UserIdentity): Introspection {
    const { userId, expiresAt, issuedAt } = identity;
    return {
      active: true,
      scope: identity.permissions.join(' '),
      token_type: 'Bearer',
      sub: userId,
      iss: this.options.jwt.issuer,
      exp: expiresAt && seconds(expiresAt) - this.options.jwt.clockTolerance,
      iat: issuedAt && seconds(issuedAt),
      jti: identity.credentialId,
      sid: identity.sessionId,
      client_id: identity.provider === 'service' ? userId : undefined,
      username: identity.name,
    };
  }
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
