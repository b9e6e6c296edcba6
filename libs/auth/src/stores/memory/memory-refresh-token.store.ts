import { frozenCopy } from '../../identity/frozen-copy.js';
import type { Revocation } from '../../revocation/revocation.js';
import {
  RefreshTokenStore,
  type FoundSession,
  type Rotation,
  type RotationResult,
  type Session,
} from '../../sessions/refresh-token.store.js';
import type { MemoryRevocationStore } from './memory-revocation.store.js';

interface Token {
  readonly sessionId: string;
  /** Absent while the token is the current one. */
  readonly rotation?: { readonly at: Date; readonly nextHash: string; readonly sealedNext: string };
}

/** Sessions in the memory of one process. */
export class MemoryRefreshTokenStore extends RefreshTokenStore {
  readonly #sessions = new Map<string, Session>();
  readonly #tokens = new Map<string, Token>();

  constructor(private readonly log: MemoryRevocationStore) {
    super();
  }

  override async open(session: Session, tokenHash: string): Promise<void> {
    this.#sessions.set(session.sessionId, frozenCopy(session));
    this.#tokens.set(tokenHash, { sessionId: session.sessionId });
  }

  override async findByToken(tokenHash: string): Promise<FoundSession | undefined> {
    const token = this.#tokens.get(tokenHash);
    const session = token && this.#sessions.get(token.sessionId);
    return session && { session: frozenCopy(session), isCurrent: token.rotation === undefined };
  }

  override async findById(sessionId: string): Promise<Session | undefined> {
    return frozenCopy(this.#sessions.get(sessionId));
  }

  override async list(userId: string, now: Date, limit: number): Promise<readonly Session[]> {
    return [...this.#sessions.values()]
      .filter((session) => session.userId === userId && isOpen(session, now))
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.sessionId < b.sessionId ? -1 : 1))
      .slice(0, limit)
      .map((session) => frozenCopy(session));
  }

  override async rotate(rotation: Rotation): Promise<RotationResult> {
    const { presentedHash, nextHash, sealedNext, now, grace } = rotation;
    const token = this.#tokens.get(presentedHash);
    const session = token && this.#sessions.get(token.sessionId);
    if (session === undefined) return { outcome: 'unknown' };
    if (!isOpen(session, now)) return { outcome: 'ended', session: frozenCopy(session) };
    if (token!.rotation === undefined) {
      this.#tokens.set(presentedHash, { ...token!, rotation: { at: now, nextHash, sealedNext } });
      this.#tokens.set(nextHash, { sessionId: session.sessionId });
      return { outcome: 'rotated', session: this.#used(session, rotation) };
    }
    const past = token!.rotation;
    const isPrevious = this.#tokens.get(past.nextHash)?.rotation === undefined;
    if (isPrevious && now.getTime() - past.at.getTime() <= grace) {
      return { outcome: 'repeated', session: this.#used(session, rotation), sealedNext: past.sealedNext };
    }
    return { outcome: 'reused', session: this.#close(session, now) };
  }

  override async close(sessionId: string, now: Date): Promise<Session | undefined> {
    const session = this.#sessions.get(sessionId);
    return session && this.#close(session, now);
  }

  override async closeAll(revocation: Revocation & { readonly kind: 'subject' }): Promise<void> {
    this.closeAllNow(revocation.id, new Date(revocation.at));
    this.log.appendNow([revocation]);
  }

  /** For the store of users, whose changes close sessions in the same step. */
  closeAllNow(userId: string, now: Date): void {
    for (const session of this.#sessions.values()) {
      if (session.userId === userId) this.#close(session, now);
    }
  }

  override async prune(now: Date): Promise<void> {
    for (const [sessionId, { expiresAt, accessTokensEndAt, closedAt }] of this.#sessions) {
      if ((closedAt ?? expiresAt) <= now && accessTokensEndAt <= now) this.#sessions.delete(sessionId);
    }
    for (const [tokenHash, { sessionId }] of this.#tokens) {
      if (!this.#sessions.has(sessionId)) this.#tokens.delete(tokenHash);
    }
  }

  #used(session: Session, { now, accessTokenEndsAt }: Rotation): Session {
    const accessTokensEndAt = new Date(
      Math.max(session.accessTokensEndAt.getTime(), accessTokenEndsAt.getTime()),
    );
    const used = frozenCopy({ ...session, lastUsedAt: now, accessTokensEndAt });
    this.#sessions.set(session.sessionId, used);
    return used;
  }

  #close(session: Session, now: Date): Session {
    if (session.closedAt !== undefined) return frozenCopy(session);
    const closed = frozenCopy({ ...session, closedAt: now });
    this.#sessions.set(session.sessionId, closed);
    this.log.appendNow([
      {
        kind: 'session',
        id: session.sessionId,
        at: now.getTime(),
        expiresAt: session.accessTokensEndAt.getTime(),
      },
    ]);
    return closed;
  }
}

function isOpen({ closedAt, expiresAt }: Session, now: Date): boolean {
  return closedAt === undefined && expiresAt > now;
}
