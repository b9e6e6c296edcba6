import { startGatehouse, withApiKeys } from './gatehouse.mjs';

/** One more store is one more entry here: `stores: { apiKeys }`. */
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
];
