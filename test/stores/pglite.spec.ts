import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import {
  apiKeyStoreContract,
  refreshTokenStoreContract,
  revocationStoreContract,
  signingKeyStoreContract,
} from 'nestjs-gatehouse/testing';

const database = new PGlite();

beforeAll(() => migrate(database));
afterAll(() => database.close());

apiKeyStoreContract({ describe, it }, () => postgresStores(database));
refreshTokenStoreContract({ describe, it }, () => postgresStores(database));
revocationStoreContract({ describe, it }, () => postgresStores(database));
signingKeyStoreContract({ describe, it }, () => postgresStores(database));
