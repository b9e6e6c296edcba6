import type { Session } from './refresh-token.store.js';

/** A session as its owner sees it. */
export interface SessionView extends Pick<Session, 'sessionId' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> {
  /** True for the session that asks. */
  readonly isCurrent: boolean;
}

/** @param currentId the session that asks, if it is one. */
export function sessionView(session: Session, currentId: string | undefined): SessionView {
  const { sessionId, createdAt, lastUsedAt, expiresAt } = session;
  return { sessionId, createdAt, lastUsedAt, expiresAt, isCurrent: sessionId === currentId };
}
