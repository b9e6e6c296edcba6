import { randomUUID } from 'node:crypto';

import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import type { EffectiveGrants } from '../identity/effective-grants.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { SubjectChanges } from '../tokens/subject-changes.js';
import { TokenService } from '../tokens/token.service.js';
import { RefreshExchange } from './refresh-exchange.js';
import { generateRefreshToken, hashRefreshToken, isRefreshToken } from './refresh-token.format.js';
import { RefreshTokenStore, type Session } from './refresh-token.store.js';
import { SessionSubjects } from './session-subjects.js';
import { sessionInputSchema, type SessionInput } from './session.input.js';

/** What a client gets when it logs in or refreshes (RFC 6749 section 5.1). */
export interface SessionTokens {
  readonly accessToken: string;
  /** Good once. */
  readonly refreshToken: string;
  /** Seconds that the access token lasts. */
  readonly expiresIn: number;
  readonly sessionId: string;
}

const PRUNE_INTERVAL = 3_600_000;
const LIST_LIMIT = 100;

/**
 * Logins that last: short access tokens, and a refresh token that is exchanged for its successor each time.
 *
 * Every method rejects with AuthError `auth_unavailable` when a store or the subject directory does not answer.
 */
@Injectable()
export class SessionService implements OnModuleInit, OnApplicationShutdown {
  readonly #schema: ReturnType<typeof sessionInputSchema>;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly store: RefreshTokenStore,
    private readonly tokens: TokenService,
    private readonly exchange: RefreshExchange,
    private readonly subjects: SessionSubjects,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#schema = sessionInputSchema(options.permissions);
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.store.prune(this.#now()).catch(() => undefined);
    }, PRUNE_INTERVAL);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * Begins a session, after the application has found out who it is. Its tokens carry what is said here and the subject
   * holds; with `permissions: ['*']` whatever the subject holds, each time that one is issued.
   *
   * @param since `RevocationFeed.position` from before the application began to find out. When all sessions of the subject
   * are ended behind it, by a change of the password for instance, none is opened.
   * @throws TypeError naming each field that is not as {@link SessionInput} says; AuthError `credentials_invalid` when
   * the subject is gone, not active, or all of its sessions were ended meanwhile.
   */
  async open(
    identity: SessionInput,
    origin?: Origin,
    since: number = this.feed.position,
  ): Promise<SessionTokens> {
    const { orgId, email, name, ...input } = readInput(this.#schema, identity, 'open');
    const now = this.#now();
    const session: Session = {
      ...input,
      orgId: orgId ?? undefined,
      email: email ?? undefined,
      name: name ?? undefined,
      sessionId: randomUUID(),
      createdAt: now,
      expiresAt: this.#after(this.options.sessions.lifetime),
      lastUsedAt: now,
      accessTokensEndAt: this.#accessTokenEnd(),
      closedAt: undefined,
    };
    const held = await this.subjects.effective(session);
    if (held === undefined) throw refused('the subject of the session is not active');
    const accessToken = this.#accessToken(session, held, now);
    const refreshToken = generateRefreshToken();
    await storeAnswer('the refresh token store', this.store.open(session, hashRefreshToken(refreshToken)));
    await this.#endIfOutrun(session, since, origin);
    this.#tell('session.opened', session, origin);
    return this.#answer(session, accessToken, refreshToken);
  }

  /**
   * Exchanges a refresh token for its successor and a new access token. The subject is looked at again: the new token
   * carries what the session was opened with and the subject still holds.
   *
   * A token that was exchanged already ends its session, access tokens included, unless it is the one before the current
   * one and still within `sessions.rotationGrace`: then the answer is the same successor again.
   *
   * @throws AuthError `credentials_invalid` for a token that is unknown, spent, or whose session or subject has ended.
   */
  async refresh(refreshToken: string, origin?: Origin): Promise<SessionTokens> {
    const session = await this.exchange.find(refreshToken);
    const now = this.#now();
    const held = await this.subjects.effective(session);
    if (held === undefined) {
      await this.close(session.sessionId, origin);
      throw refused('the subject of the session is not active');
    }
    // Before the exchange: a token that was made before everything of its subject is revoked is revoked with it.
    const accessToken = this.#accessToken(session, held, now);
    const exchanged = await this.exchange.exchange(refreshToken, this.#accessTokenEnd());
    if (exchanged.outcome === 'reused') {
      await this.feed.announce();
      this.#tell('session.reused', exchanged.session, origin);
      throw refused('the refresh token was used before');
    }
    this.#tell('session.refreshed', session, origin);
    return this.#answer(session, accessToken, exchanged.refreshToken);
  }

  /**
   * Ends a session: its refresh token and its access tokens are refused from now on, on every instance.
   *
   * @returns false when there is no such session.
   */
  async close(sessionId: string, origin?: Origin): Promise<boolean> {
    const now = this.#now();
    const session = await storeAnswer('the refresh token store', this.store.close(sessionId, now));
    if (session === undefined) return false;
    await this.feed.announce();
    // It may have been closed before: that was told then.
    if (session.closedAt?.getTime() === now.getTime()) this.#tell('session.closed', session, origin);
    return true;
  }

  /**
   * Ends every session of a user, and refuses every access token that was issued to them until now. API keys are looked
   * up again.
   */
  async closeAll(userId: string, origin?: Origin): Promise<void> {
    await storeAnswer('the refresh token store', this.store.closeAll(this.changes.ended(userId)));
    await this.feed.announce();
    this.events.emit({ type: 'session.all-closed', target: userId }, origin);
  }

  /** The open sessions of a user, oldest first; 100 at most. */
  list(userId: string): Promise<readonly Session[]> {
    return storeAnswer('the refresh token store', this.store.list(userId, this.#now(), LIST_LIMIT));
  }

  /** A session, open or not, by its id. */
  find(sessionId: string): Promise<Session | undefined> {
    return storeAnswer('the refresh token store', this.store.findById(sessionId));
  }

  /**
   * The session of a refresh token.
   *
   * @returns undefined for a token that is unknown; `isCurrent` is false for one that would not be exchanged.
   */
  async findByToken(refreshToken: string): Promise<{ session: Session; isCurrent: boolean } | undefined> {
    if (!isRefreshToken(refreshToken)) return undefined;
    const found = await storeAnswer(
      'the refresh token store',
      this.store.findByToken(hashRefreshToken(refreshToken)),
    );
    if (found === undefined) return undefined;
    const { session, isCurrent } = found;
    const isOpen = session.closedAt === undefined && session.expiresAt.getTime() > this.clock.now();
    return { session, isCurrent: isCurrent && isOpen };
  }

  /** Ending all sessions of a subject misses one that is opened meanwhile: this one ends by itself. */
  async #endIfOutrun({ sessionId, userId }: Session, since: number, origin?: Origin): Promise<void> {
    await this.feed.catchUp();
    if (!this.feed.isSubjectRevokedAfter(userId, since)) return;
    await this.close(sessionId, origin);
    throw refused('all sessions of the subject were ended meanwhile');
  }

  /** @param now from before the subject was looked at: what changes later counts for the token. */
  #accessToken(session: Session, { permissions, roles }: EffectiveGrants, now: Date): string {
    const { userId, orgId, email, name, sessionId, metadata } = session;
    const claims = { userId, orgId, email, name, sessionId, metadata, roles };
    try {
      return this.tokens.createAccessToken(
        { ...claims, permissions: permissions as SessionInput['permissions'] },
        now.getTime(),
      );
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new AuthError('auth_unavailable', 'what the subject holds does not fit into a token', { cause });
    }
  }

  #answer({ sessionId }: Session, accessToken: string, refreshToken: string): SessionTokens {
    return { accessToken, refreshToken, expiresIn: this.options.jwt.accessTokenTtl, sessionId };
  }

  #tell(
    type: 'session.opened' | 'session.refreshed' | 'session.reused' | 'session.closed',
    { sessionId, userId }: Session,
    origin: Origin | undefined,
  ): void {
    this.events.emit({ type, target: sessionId, userId }, origin);
  }

  /** A second later than the token itself: its `iat` may be that much ahead. */
  #accessTokenEnd(): Date {
    const { accessTokenTtl, clockTolerance } = this.options.jwt;
    return this.#after(accessTokenTtl + clockTolerance + 1);
  }

  #after(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1_000);
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

function refused(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
