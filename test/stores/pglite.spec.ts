import { PGlite } from '@electric-sql/pglite';
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

import { WITHOUT_PEOPLE } from '../support/databases.js';

const database = new PGlite();

beforeAll(() => migrate(database));
afterAll(() => database.close());

apiKeyStoreContract({ describe, it }, () => postgresStores(database));
refreshTokenStoreContract({ describe, it }, () => postgresStores(database));
revocationStoreContract({ describe, it }, () => postgresStores(database));
signingKeyStoreContract({ describe, it }, () => postgresStores(database));
oneTimeTokenStoreContract({ describe, it }, () => postgresStores(database));
auditStoreContract({ describe, it }, () => postgresStores(database));
clientStoreContract({ describe, it }, () => postgresStores(database));
loginStateStoreContract({ describe, it }, () => postgresStores(database));
linkedAccountStoreContract({ describe, it }, () => postgresStores(database));
userStoreContract({ describe, it }, emptyStores);
roleStoreContract({ describe, it }, emptyStores);

async function emptyStores() {
  await database.exec(WITHOUT_PEOPLE);
  return postgresStores(database);
}
