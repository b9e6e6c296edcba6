import type { Revocation } from '../revocation/revocation.js';

/** A login that lasts: a family of refresh tokens of which one at a time is good. */
export interface Session {
  /** UUID; `sid` of its access tokens. */
  readonly sessionId: string;
  readonly userId: string;
  readonly orgId: string | undefined;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly permissions: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** From when on it cannot be refreshed, however often it was before. */
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  /** When the last of its access tokens ends. */
  readonly accessTokensEndAt: Date;
  /** Set once, never unset. */
  readonly closedAt: Date | undefined;
}

/** One attempt to exchange a refresh token for its successor. */
export interface Rotation {
  /** SHA-256 of the token that was presented, hexadecimal. */
  readonly presentedHash: string;
  /** SHA-256 of the token that is to follow, hexadecimal. */
  readonly nextHash: string;
  /** The token that is to follow, sealed with the one that was presented. */
  readonly sealedNext: string;
  readonly now: Date;
  /** Milliseconds in which the token before the current one is answered with the current one. */
  readonly grace: number;
  /** When the access token ends that is about to be issued. */
  readonly accessTokenEndsAt: Date;
}

/** What became of a {@link Rotation}. */
export type RotationResult =
  /** It was current; `nextHash` is from now on. */
  | { readonly outcome: 'rotated'; readonly session: Session }
  /** It was current until a moment ago; `sealedNext` is that of the rotation that took place. Nothing changed. */
  | { readonly outcome: 'repeated'; readonly session: Session; readonly sealedNext: string }
  /** It had been rotated. The session is closed now, and its revocation in the log, both by this call. */
  | { readonly outcome: 'reused'; readonly session: Session }
  /** Its session is closed or has expired. Nothing changed. */
  | { readonly outcome: 'ended'; readonly session: Session }
  /** There is no such token. */
  | { readonly outcome: 'unknown' };

/** A session, and whether the token by which it was found is its current one. */
export interface FoundSession {
  readonly session: Session;
  readonly isCurrent: boolean;
}

/**
 * Where sessions and their refresh tokens last. A port: implement it for your database and run `refreshTokenStoreContract`
 * of `nestjs-gatehouse/testing` against it.
 *
 * Every verb is atomic, and the entries that it writes to the revocation log are a part of it: after a crash both are
 * there or neither is. A store that cannot answer rejects; it never answers "not there".
 */
export abstract class RefreshTokenStore {
  /**
   * Begins a session whose current token has this SHA-256 (hex). Beside a `closeAll` of its subject, one comes wholly
   * before the other: when the session stays open, that revocation is in the log by the time that this resolves.
   */
  abstract open(session: Session, tokenHash: string): Promise<void>;

  /** The session that a token belongs to, whatever has become of either. */
  abstract findByToken(tokenHash: string): Promise<FoundSession | undefined>;

  abstract findById(sessionId: string): Promise<Session | undefined>;

  /** The open, unexpired sessions of a user, oldest first, at most `limit`. */
  abstract list(userId: string, now: Date, limit: number): Promise<readonly Session[]>;

  /**
   * Exchanges a token. Of any number of callers that race with one token exactly one gets `rotated`; the others get
   * `repeated` within the grace interval and `reused` after it. Only the token right before the current one is ever
   * `repeated`. `accessTokensEndAt` grows with `rotated` and `repeated`.
   */
  abstract rotate(rotation: Rotation): Promise<RotationResult>;

  /**
   * Closes a session and writes its revocation (kind `session`, `expiresAt` = `accessTokensEndAt`) to the log. A second
   * call changes nothing.
   * @returns the session afterwards, or undefined when there is none.
   */
  abstract close(sessionId: string, now: Date): Promise<Session | undefined>;

  /**
   * Closes every open session of the revocation's subject as `close` does, each with its entry in the log, and writes
   * that revocation to the log, whether there were sessions or not.
   */
  abstract closeAll(revocation: Revocation & { readonly kind: 'subject' }): Promise<void>;

  /** Removes the sessions, with their tokens, whose refresh and access tokens have all ended by `now`. */
  abstract prune(now: Date): Promise<void>;
}
