import { sql } from 'drizzle-orm';
import { bigint, boolean, index, json, text, uniqueIndex } from 'drizzle-orm/pg-core';

import type { JwtAlgorithm } from '../../options/auth-options.js';
import type { RateLimit } from '../../options/rate-limit.js';
import type { RevocationKind } from '../../revocation/revocation.js';
import type { SigningKeyRecord } from '../../tokens/signing-key.store.js';
import { gatehouse, id, instant } from './columns.js';

// This file is what migrations are made of.
export { gatehouse } from './columns.js';
export { linkedAccounts, loginStates } from './login.schema.js';
export { clientAssertions, clients } from './service.schema.js';
export { auditEntries, oneTimeTokens, roles, subjectGrants, subjectRoles, users } from './people.schema.js';

/** API keys, by their hash. */
export const apiKeys = gatehouse.table(
  'api_keys',
  {
    keyId: id('key_id').primaryKey(),
    keyHash: text('key_hash').notNull(),
    keyStart: text('key_start'),
    name: text('name').notNull(),
    userId: text('user_id').notNull(),
    orgId: text('org_id'),
    permissions: text('permissions').array().$type<readonly string[]>().notNull(),
    rateLimit: json('rate_limit').$type<RateLimit>(),
    expiresAt: instant('expires_at'),
    isActive: boolean('is_active').notNull(),
    // Not jsonb, which refuses some of the texts that JSON has.
    metadata: json('metadata').$type<Readonly<Record<string, unknown>>>().notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
    replacedBy: text('replaced_by'),
    replacedAt: instant('replaced_at'),
  },
  (table) => [
    uniqueIndex('api_keys_key_hash').on(table.keyHash),
    index('api_keys_creation').on(table.createdAt, table.keyId),
    index('api_keys_user').on(table.userId, table.createdAt, table.keyId),
    index('api_keys_org').on(table.orgId, table.createdAt, table.keyId),
  ],
);

/** Sessions: a row for each family of refresh tokens. */
export const sessions = gatehouse.table(
  'sessions',
  {
    sessionId: id('session_id').primaryKey(),
    userId: text('user_id').notNull(),
    orgId: text('org_id'),
    email: text('email'),
    name: text('name'),
    permissions: text('permissions').array().$type<readonly string[]>().notNull(),
    metadata: json('metadata').$type<Readonly<Record<string, unknown>>>().notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
    accessTokensEndAt: instant('access_tokens_end_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [index('sessions_user').on(table.userId, table.createdAt, table.sessionId)],
);

/** Refresh tokens, by their hash. The columns of the rotation are empty while a token is the current one. */
export const refreshTokens = gatehouse.table(
  'refresh_tokens',
  {
    tokenHash: id('token_hash').primaryKey(),
    sessionId: id('session_id')
      .notNull()
      .references(() => sessions.sessionId, { onDelete: 'cascade' }),
    rotatedAt: instant('rotated_at'),
    nextHash: text('next_hash'),
    sealedNext: text('sealed_next'),
  },
  (table) => [index('refresh_tokens_session').on(table.sessionId)],
);

/** Signing keys of the store, and what became of those of the options. One of them is active at most. */
export const signingKeys = gatehouse.table(
  'signing_keys',
  {
    keyId: id('key_id').primaryKey(),
    algorithm: text('algorithm').$type<JwtAlgorithm>().notNull(),
    state: text('state').$type<SigningKeyRecord['state']>().notNull(),
    sealedKey: text('sealed_key'),
    createdAt: instant('created_at').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    uniqueIndex('signing_keys_active')
      .on(table.state)
      .where(sql`state = 'active'`),
  ],
);

/** The log of revocations. Times are milliseconds since 1970. */
export const revocations = gatehouse.table(
  'revocations',
  {
    position: bigint('position', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').$type<RevocationKind>().notNull(),
    id: text('id').notNull(),
    at: bigint('at', { mode: 'number' }).notNull(),
    expiresAt: bigint('expires_at', { mode: 'number' }).notNull(),
  },
  (table) => [index('revocations_expiry').on(table.expiresAt)],
);
