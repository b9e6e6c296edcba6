import { and, asc, eq } from 'drizzle-orm';

import {
  LinkedAccountStore,
  type LinkedAccount,
  type UnlinkResult,
} from '../../oauth/linked-account.store.js';
import { linkedAccounts } from './login.schema.js';
import type { PostgresClient } from './postgres-client.js';
import { connectionOf, type PostgresConnection } from './postgres-connection.js';
import { canBeThere } from './rows.js';
import { users } from './people.schema.js';

/** Links to accounts at login providers in Postgres. */
export class PostgresLinkedAccountStore extends LinkedAccountStore {
  readonly #connection: PostgresConnection;

  /** @param client its schema has to be current: see {@link migrate}. */
  constructor(client: PostgresClient) {
    super();
    this.#connection = connectionOf(client);
  }

  override async insert(account: LinkedAccount): Promise<boolean> {
    if (![account.issuer, account.subject, account.userId].every(canBeThere)) return false;
    return this.#connection.transaction(async (queries) => {
      // Held until the link is there: the user may be about to be removed.
      const [user] = await queries
        .select({ userId: users.userId })
        .from(users)
        .where(eq(users.userId, account.userId))
        .for('key share');
      if (user === undefined) return false;
      const added = await queries
        .insert(linkedAccounts)
        .values(account)
        .onConflictDoNothing()
        .returning({ subject: linkedAccounts.subject });
      return added.length === 1;
    });
  }

  override async find(issuer: string, subject: string): Promise<LinkedAccount | undefined> {
    if (![issuer, subject].every(canBeThere)) return undefined;
    const [row] = await this.#connection.run((queries) =>
      queries
        .select()
        .from(linkedAccounts)
        .where(and(eq(linkedAccounts.issuer, issuer), eq(linkedAccounts.subject, subject))),
    );
    return row;
  }

  override async list(userId: string): Promise<readonly LinkedAccount[]> {
    if (!canBeThere(userId)) return [];
    return this.#connection.run((queries) =>
      queries
        .select()
        .from(linkedAccounts)
        .where(eq(linkedAccounts.userId, userId))
        .orderBy(asc(linkedAccounts.createdAt)),
    );
  }

  override async remove(
    userId: string,
    issuer: string,
    subject: string,
    keepsLast: boolean,
  ): Promise<UnlinkResult> {
    if (![userId, issuer, subject].every(canBeThere)) return 'unknown';
    return this.#connection.transaction(async (queries) => {
      // All of the user's, in one order: of two that remove at the same time the second sees what the first has left.
      const held = await queries
        .select({ issuer: linkedAccounts.issuer, subject: linkedAccounts.subject })
        .from(linkedAccounts)
        .where(eq(linkedAccounts.userId, userId))
        .orderBy(asc(linkedAccounts.issuer), asc(linkedAccounts.subject))
        .for('update');
      if (!held.some((one) => one.issuer === issuer && one.subject === subject)) return 'unknown';
      if (keepsLast && held.length === 1) return 'last';
      await queries
        .delete(linkedAccounts)
        .where(and(eq(linkedAccounts.issuer, issuer), eq(linkedAccounts.subject, subject)));
      return 'removed';
    });
  }
}
