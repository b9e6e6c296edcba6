export { migrate } from './migrate.js';
export { postgresStores } from './postgres-stores.js';
export type {
  PgliteClient,
  PgliteTransaction,
  PooledConnection,
  PostgresClient,
  PostgresPool,
} from './postgres-client.js';
export { PostgresApiKeyStore } from './postgres-api-key.store.js';
export { PostgresRefreshTokenStore } from './postgres-refresh-token.store.js';
export { PostgresSigningKeyStore } from './postgres-signing-key.store.js';
export { PostgresRevocationStore } from './postgres-revocation.store.js';
export { PostgresNotifications } from './postgres-notifications.js';
export { PostgresUserStore } from './postgres-user.store.js';
export { PostgresRoleStore } from './postgres-role.store.js';
export { PostgresOneTimeTokenStore } from './postgres-one-time-token.store.js';
export { PostgresLinkedAccountStore } from './postgres-linked-account.store.js';
export { PostgresLoginStateStore } from './postgres-login-state.store.js';
export { PostgresClientStore } from './postgres-service-client.store.js';
export { PostgresAuditStore } from './postgres-audit.store.js';
export {
  apiKeys,
  auditEntries,
  clientAssertions,
  clients,
  gatehouse,
  linkedAccounts,
  loginStates,
  oneTimeTokens,
  refreshTokens,
  revocations,
  roles,
  sessions,
  signingKeys,
  subjectGrants,
  subjectRoles,
  users,
} from './schema.js';
