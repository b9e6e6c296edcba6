import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import {
  apiKeyStoreContract,
  refreshTokenStoreContract,
  revocationStoreContract,
  signingKeyStoreContract,
} from 'nestjs-gatehouse/testing';
import type { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
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
});
