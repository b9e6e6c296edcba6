import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import {
  apiKeyStoreContract,
  auditStoreContract,
  clientStoreContract,
  linkedAccountStoreContract,
  loginStateStoreContract,
  oneTimeTokenStoreContract,
  refreshTokenStoreContract,
  revocationStoreContract,
  roleStoreContract,
  signingKeyStoreContract,
  userStoreContract,
} from 'nestjs-gatehouse/testing';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, WITHOUT_PEOPLE, type TestDatabase } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

await describeIfServer(POSTGRES, 'stores in Postgres', (url) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterAll(() => database.drop());

  apiKeyStoreContract({ describe, it }, () => postgresStores(pool));
  refreshTokenStoreContract({ describe, it }, () => postgresStores(pool));
  revocationStoreContract({ describe, it }, () => postgresStores(pool));
  signingKeyStoreContract({ describe, it }, () => postgresStores(pool));
  oneTimeTokenStoreContract({ describe, it }, () => postgresStores(pool));
  auditStoreContract({ describe, it }, () => postgresStores(pool));
  clientStoreContract({ describe, it }, () => postgresStores(pool));
  loginStateStoreContract({ describe, it }, () => postgresStores(pool));
  linkedAccountStoreContract({ describe, it }, () => postgresStores(pool));
  userStoreContract({ describe, it }, emptyStores);
  roleStoreContract({ describe, it }, emptyStores);

  async function emptyStores() {
    await pool.query(WITHOUT_PEOPLE);
    return postgresStores(pool);
  }
});
