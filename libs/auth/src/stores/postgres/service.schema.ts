import type { JsonWebKey } from 'node:crypto';

import { boolean, index, json, primaryKey, text } from 'drizzle-orm/pg-core';

import { gatehouse, id, instant } from './columns.js';

/** A secret of a service as it is written: JSON has no dates. */
export interface WrittenSecret {
  readonly secretHash: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
}

/** Services. */
export const clients = gatehouse.table(
  'clients',
  {
    clientId: id('client_id').primaryKey(),
    name: text('name').notNull(),
    orgId: id('org_id'),
    permissions: text('permissions').array().$type<readonly string[]>().notNull(),
    secrets: json('secrets').$type<readonly WrittenSecret[]>().notNull(),
    keys: json('keys').$type<readonly JsonWebKey[]>().notNull(),
    isActive: boolean('is_active').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [index('clients_org').on(table.orgId, table.clientId)],
);

/** The assertions of services that were used, until they would be refused anyway. */
export const clientAssertions = gatehouse.table(
  'client_assertions',
  {
    clientId: id('client_id').notNull(),
    jti: id('jti').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clientId, table.jti] }),
    index('client_assertions_expiry').on(table.expiresAt),
  ],
);
