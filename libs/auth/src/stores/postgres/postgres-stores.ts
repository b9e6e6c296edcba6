import type { AuthStores } from '../auth-stores.js';
import { PostgresApiKeyStore } from './postgres-api-key.store.js';
import { PostgresAuditStore } from './postgres-audit.store.js';
import type { PostgresClient } from './postgres-client.js';
import { PostgresLinkedAccountStore } from './postgres-linked-account.store.js';
import { PostgresLoginStateStore } from './postgres-login-state.store.js';
import { PostgresNotifications } from './postgres-notifications.js';
import { PostgresOneTimeTokenStore } from './postgres-one-time-token.store.js';
import { PostgresRefreshTokenStore } from './postgres-refresh-token.store.js';
import { PostgresRevocationStore } from './postgres-revocation.store.js';
import { PostgresRoleStore } from './postgres-role.store.js';
import { PostgresClientStore } from './postgres-service-client.store.js';
import { PostgresSigningKeyStore } from './postgres-signing-key.store.js';
import { PostgresUserStore } from './postgres-user.store.js';

/**
 * Everything in Postgres, notifications included (`LISTEN` and `NOTIFY`).
 *
 * ```ts
 * const pool = new Pool({ connectionString });
 * await migrate(pool);
 * AuthModule.forRoot({ stores: postgresStores(pool) });
 * ```
 *
 * @param client a `Pool` of `pg` or an instance of PGlite whose schema is current: see {@link migrate}. It stays the
 * application's to end, after the application has closed.
 */
export function postgresStores(client: PostgresClient): Required<Omit<AuthStores, 'rateLimits'>> {
  return {
    revocations: new PostgresRevocationStore(client),
    apiKeys: new PostgresApiKeyStore(client),
    refreshTokens: new PostgresRefreshTokenStore(client),
    signingKeys: new PostgresSigningKeyStore(client),
    users: new PostgresUserStore(client),
    oneTimeTokens: new PostgresOneTimeTokenStore(client),
    roles: new PostgresRoleStore(client),
    linkedAccounts: new PostgresLinkedAccountStore(client),
    loginStates: new PostgresLoginStateStore(client),
    audit: new PostgresAuditStore(client),
    clients: new PostgresClientStore(client),
    notifications: new PostgresNotifications(client),
  };
}
