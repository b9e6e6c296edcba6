import { sql } from 'drizzle-orm';
import { bigint, boolean, index, json, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

import type { AuditEntry } from '../../audit/audit.store.js';
import type { IdentityProvider } from '../../identity/user-identity.js';
import type { OneTimePurpose } from '../../users/one-time-token.store.js';
import { gatehouse, id, instant } from './columns.js';

/** People. */
export const users = gatehouse.table(
  'users',
  {
    userId: id('user_id').primaryKey(),
    email: id('email').notNull(),
    name: text('name'),
    // Made here and not by the database, whose lower case depends on the language that it was created with.
    lowerName: text('lower_name'),
    orgId: id('org_id'),
    passwordHash: text('password_hash'),
    isActive: boolean('is_active').notNull(),
    emailVerifiedAt: instant('email_verified_at'),
    metadata: json('metadata').$type<Readonly<Record<string, unknown>>>().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [uniqueIndex('users_email').on(table.email), index('users_org').on(table.orgId, table.userId)],
);

/** Roles, for one organisation each or for all. */
export const roles = gatehouse.table(
  'roles',
  {
    // What a name stands for is looked up once; from there on, roles are told by their number.
    roleId: bigint('role_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: id('name').notNull(),
    orgId: id('org_id'),
    description: text('description'),
    // JSON, as what a subject holds is put together from them: that is several times faster than with arrays.
    permissions: json('permissions').$type<readonly string[]>().notNull(),
    inherits: text('inherits').array().$type<readonly string[]>().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('roles_for_all')
      .on(table.name)
      .where(sql`org_id is null`),
    uniqueIndex('roles_of_org')
      .on(table.name, table.orgId)
      .where(sql`org_id is not null`),
  ],
);

/** Which subject has which roles. A subject may be no user, and a role may be one of the code. */
export const subjectRoles = gatehouse.table(
  'subject_roles',
  { subjectId: id('subject_id').notNull(), name: id('name').notNull() },
  (table) => [
    primaryKey({ columns: [table.subjectId, table.name] }),
    index('subject_roles_name').on(table.name, table.subjectId),
  ],
);

/** What was granted to subjects themselves. */
export const subjectGrants = gatehouse.table(
  'subject_grants',
  { subjectId: id('subject_id').notNull(), grant: id('grant').notNull() },
  (table) => [primaryKey({ columns: [table.subjectId, table.grant] })],
);

/** The tokens of mails, by their hash. */
export const oneTimeTokens = gatehouse.table(
  'one_time_tokens',
  {
    tokenHash: id('token_hash').primaryKey(),
    purpose: text('purpose').$type<OneTimePurpose>().notNull(),
    userId: id('user_id').notNull(),
    binding: text('binding').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    index('one_time_tokens_user').on(table.userId),
    index('one_time_tokens_expiry').on(table.expiresAt),
  ],
);

/** The audit log. */
export const auditEntries = gatehouse.table(
  'audit_entries',
  {
    entryId: id('entry_id').primaryKey(),
    time: instant('time').notNull(),
    type: text('type').$type<AuditEntry['type']>().notNull(),
    actorId: text('actor_id'),
    actorOrgId: text('actor_org_id'),
    actorProvider: text('actor_provider').$type<IdentityProvider>(),
    actorCredentialId: text('actor_credential_id'),
    target: text('target'),
    requestId: text('request_id'),
    ip: text('ip'),
    details: json('details').$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (table) => [
    index('audit_entries_time').on(table.time),
    index('audit_entries_type').on(table.type, table.entryId),
    index('audit_entries_actor').on(table.actorId, table.entryId),
    index('audit_entries_org').on(table.actorOrgId, table.entryId),
    index('audit_entries_target').on(table.target, table.entryId),
  ],
);
