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
export { PostgresAuditStore } from './postgres-audit.store.js';
export { gatehouse } from './columns.js';
export { apiKeys, refreshTokens, revocations, sessions, signingKeys } from './schema.js';
export { auditEntries, oneTimeTokens, roles, subjectGrants, subjectRoles, users } from './people.schema.js';
