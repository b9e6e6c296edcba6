import { postgresStores } from 'nestjs-gatehouse/postgres';

import { poolWithKeys } from '../harness/postgres.mjs';
import { startGatehouse, withApiKeys } from './gatehouse.mjs';

const inPostgres = (keys, auth) => async (platform) =>
  withApiKeys(
    await startGatehouse(platform, { auth: { stores: postgresStores(await poolWithKeys(keys)), ...auth } }),
  );

const ofPostgres = [1_000, 1_000_000].flatMap((keys) => {
  const title = `Gatehouse, API key (Postgres, ${keys.toLocaleString('en')} keys)`;
  const common = { needsPostgres: true, platforms: ['fastify'] };
  return [
    { ...common, id: `gatehouse-key-postgres-${keys}`, title, group: 'remembered', start: inPostgres(keys) },
    {
      ...common,
      id: `gatehouse-key-postgres-${keys}-uncached`,
      title: `${title}, cache off`,
      group: 'verified each time',
      start: inPostgres(keys, { identityCache: false }),
    },
  ];
});

export const variants = [
  {
    id: 'gatehouse-key',
    title: 'Gatehouse, API key (memory)',
    group: 'remembered',
    start: async (platform) => withApiKeys(await startGatehouse(platform)),
  },
  {
    id: 'gatehouse-key-uncached',
    title: 'Gatehouse, API key (memory), cache off',
    group: 'verified each time',
    start: async (platform) =>
      withApiKeys(await startGatehouse(platform, { auth: { identityCache: false } })),
  },
  ...ofPostgres,
];
