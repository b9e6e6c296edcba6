import { hash } from 'node:crypto';

import { ApiKeyService } from 'nestjs-gatehouse';
import { postgresStores } from 'nestjs-gatehouse/postgres';

import { hasPostgres, poolWithKeys } from '../harness/postgres.mjs';
import { CREDENTIALS, person } from '../harness/tokens.mjs';
import { startGatehouse } from './contexts.mjs';
import { ratio, timeTogether } from './time.mjs';

const KEYS = 1_000_000;

/** A key that is not remembered, among a million, beside the one prepared query that any look-up has to make. */
export async function measure() {
  if (!(await hasPostgres())) return [];
  const pool = await poolWithKeys(KEYS);
  const app = await startGatehouse({ stores: postgresStores(pool), identityCache: false });
  const apiKeys = app.get(ApiKeyService);
  const keys = [];
  for (let i = 0; i < CREDENTIALS; i++) {
    const { userId, orgId, permissions } = person(i);
    keys.push((await apiKeys.create({ name: `key ${i}`, userId, orgId, permissions })).key);
  }
  const prepared = (value) => ({
    name: 'bare',
    text: 'select * from gatehouse.api_keys where key_hash = $1',
    values: [value],
  });
  const at = (i) => keys[i % keys.length];
  const [bare, verified] = await timeTogether([
    [
      'Postgres, 1,000,000 keys: SHA-256 and a prepared query',
      (i) => pool.query(prepared(hash('sha256', at(i)))),
    ],
    ['Postgres, 1,000,000 keys: ApiKeyService.verify', (i) => apiKeys.verify(at(i))],
  ]);
  await app.close();
  await pool.end();
  return [bare, verified, ratio('Postgres: verify, to the prepared query', verified, bare)];
}
