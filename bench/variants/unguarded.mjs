import { startApp } from '../harness/app.mjs';
import { bearer, peerTokens } from '../harness/tokens.mjs';

/** The route without anything in front of it. It is sent the same tokens: reading a header is no part of a guard. */
export const variants = [
  {
    id: 'unguarded',
    title: 'unguarded',
    group: 'baseline',
    start: async (platform) => ({ app: await startApp(platform), credentials: peerTokens().map(bearer) }),
  },
  {
    id: 'empty-guard',
    title: 'a guard that returns true',
    group: 'remembered',
    start: async (platform) => ({
      app: await startApp(platform, { configure: (app) => app.useGlobalGuards({ canActivate: () => true }) }),
      credentials: peerTokens().map(bearer),
    }),
  },
];
