import { RequirePermissions, RevocationFeed } from 'nestjs-gatehouse';

import { PERMISSIONS } from '../harness/tokens.mjs';
import { JWT_OPTIONS, startGatehouse, withTokens } from './gatehouse.mjs';

const FEED_ENTRIES = 100_000;

const algorithms = Object.keys(JWT_OPTIONS).flatMap((algorithm) => [
  {
    id: `gatehouse-${algorithm.toLowerCase()}`,
    title: `Gatehouse, JWT ${algorithm}`,
    group: 'remembered',
    start: async (platform) =>
      withTokens(await startGatehouse(platform, { auth: { jwt: JWT_OPTIONS[algorithm]() } })),
  },
  {
    id: `gatehouse-${algorithm.toLowerCase()}-uncached`,
    title: `Gatehouse, JWT ${algorithm}, cache off`,
    group: 'verified each time',
    start: async (platform) =>
      withTokens(
        await startGatehouse(platform, { auth: { jwt: JWT_OPTIONS[algorithm](), identityCache: false } }),
      ),
  },
]);

export const variants = [
  ...algorithms,
  {
    id: 'gatehouse-permissions',
    title: `Gatehouse, JWT HS256, ${PERMISSIONS.length} permissions required`,
    group: 'remembered',
    start: async (platform) =>
      withTokens(await startGatehouse(platform, { decorators: [RequirePermissions(...PERMISSIONS)] })),
  },
  {
    id: 'gatehouse-feed',
    title: `Gatehouse, JWT HS256, revocation feed with ${FEED_ENTRIES.toLocaleString('en')} entries`,
    group: 'remembered',
    start: async (platform) => {
      const app = await startGatehouse(platform);
      const feed = app.get(RevocationFeed);
      const at = Date.now();
      for (let i = 0; i < FEED_ENTRIES; i++) {
        await feed.revoke({ kind: 'token', id: crypto.randomUUID(), at, expiresAt: at + 3_600_000 });
      }
      return withTokens(app);
    },
  },
];
