import type { AuditStore } from '../audit/audit.store.js';
import type { LinkedAccountStore } from '../oauth/linked-account.store.js';
import type { LoginStateStore } from '../oauth/login-state.store.js';
import type { RoleStore } from '../roles/role.store.js';
import type { OneTimeTokenStore } from '../users/one-time-token.store.js';
import type { UserStore } from '../users/user.store.js';

/** Where people last, what they hold, and what they did. */
export interface PeopleStores {
  /**
   * For the option `users`, of the same database as the log, the keys and the sessions; together with `oneTimeTokens` and
   * `roles`. Without them, nobody is kept here.
   */
  readonly users?: UserStore;
  /** Together with `users` and `roles`. */
  readonly oneTimeTokens?: OneTimeTokenStore;
  /** Together with `users` and `oneTimeTokens`. */
  readonly roles?: RoleStore;
  /** For the option `loginProviders`, of the same database as `users`; together with `loginStates`. */
  readonly linkedAccounts?: LinkedAccountStore;
  /** For the option `loginProviders`, together with `linkedAccounts`. */
  readonly loginStates?: LoginStateStore;
  /** The audit log. Default: the latest 10,000 entries, in the memory of this process. */
  readonly audit?: AuditStore;
}

/** The stores that are given together or not at all. */
export const PEOPLE = ['users', 'oneTimeTokens', 'roles'] as const satisfies (keyof PeopleStores)[];

/** The stores of logins with a provider: together or not at all, and beside those of {@link PEOPLE}. */
export const LOGINS = ['linkedAccounts', 'loginStates'] as const satisfies (keyof PeopleStores)[];
