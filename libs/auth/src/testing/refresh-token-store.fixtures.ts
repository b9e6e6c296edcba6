import { randomUUID } from 'node:crypto';

import type { Rotation, Session } from '../sessions/refresh-token.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { newHash } from './store-contract.js';

type Stores = Pick<AuthStores, 'refreshTokens' | 'revocations'>;

/** A moment, in seconds from when sessions are opened here. */
export function at(second: number): Date {
  return new Date(Date.UTC(1971, 0, 2, 3, 4, 5, 678) + second * 1_000);
}

/** A session that nobody else has. */
export function newSession(fields: Partial<Session> = {}): Session {
  return {
    sessionId: randomUUID(),
    userId: randomUUID(),
    orgId: undefined,
    email: undefined,
    name: undefined,
    permissions: [],
    metadata: {},
    createdAt: at(0),
    expiresAt: at(100_000),
    lastUsedAt: at(0),
    accessTokensEndAt: at(900),
    closedAt: undefined,
    ...fields,
  };
}

/** A rotation to a token that nobody else has, without grace. */
export function rotationOf(presentedHash: string, second: number, fields: Partial<Rotation> = {}): Rotation {
  return {
    presentedHash,
    nextHash: newHash(),
    sealedNext: `sealed ${randomUUID()}`,
    now: at(second),
    grace: 0,
    accessTokenEndsAt: at(second + 900),
    ...fields,
  };
}

/** Stores with a session that was just opened, and its token. */
export async function withSession(
  makeStores: () => Promise<Stores> | Stores,
  fields: Partial<Session> = {},
): Promise<Stores & { readonly session: Session; readonly token: string }> {
  const { refreshTokens, revocations } = await makeStores();
  const session = newSession(fields);
  const token = newHash();
  await refreshTokens.open(session, token);
  return { refreshTokens, revocations, session, token };
}
