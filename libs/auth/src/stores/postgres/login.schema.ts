import { boolean, index, primaryKey, text } from 'drizzle-orm/pg-core';

import type { LoginStep } from '../../oauth/login-state.store.js';
import { gatehouse, id, instant } from './columns.js';
import { users } from './people.schema.js';

/** Which subject of which login provider is which user. */
export const linkedAccounts = gatehouse.table(
  'linked_accounts',
  {
    issuer: id('issuer').notNull(),
    subject: id('subject').notNull(),
    userId: id('user_id')
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    isProven: boolean('is_proven').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index('linked_accounts_user').on(table.userId, table.createdAt),
  ],
);

/** Logins with a provider that have begun and not ended, by the hash of what goes on with them. */
export const loginStates = gatehouse.table(
  'login_states',
  {
    stateHash: id('state_hash').primaryKey(),
    step: text('step').$type<LoginStep>().notNull(),
    provider: text('provider').notNull(),
    browserHash: text('browser_hash').notNull(),
    redirectTo: text('redirect_to').notNull(),
    codeChallenge: text('code_challenge'),
    userId: text('user_id'),
    sessionId: text('session_id'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('login_states_expiry').on(table.expiresAt)],
);
