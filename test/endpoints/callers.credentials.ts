import type { Rows, Target } from './callers.support.js';

const byKey = (suffix = '') => ({ path: ({ keyId }: Target) => `/auth/api-keys/${keyId}${suffix}` });

/** Sessions, tokens and keys. */
export const CREDENTIALS: Rows = {
  //                                                     anon self oth  org  key  serv perm admin
  'GET /.well-known/jwks.json': { statuses: [200, 200, 200, 200, 200, 200, 200, 200] },
  'GET /auth/me': { statuses: [401, 200, 200, 200, 200, 200, 200, 200] },
  'POST /auth/refresh': {
    // Whoever holds the refresh token is its owner.
    body: ({ session }) => ({ refreshToken: session.refreshToken }),
    statuses: [200, 200, 200, 200, 200, 200, 200, 200],
  },
  'POST /auth/logout': { body: () => ({}), statuses: [401, 204, 204, 204, 401, 204, 204, 204] },
  'POST /auth/logout-all': { statuses: [401, 204, 204, 204, 401, 204, 204, 204] },
  'GET /auth/sessions': { statuses: [401, 200, 200, 200, 401, 200, 200, 200] },
  'DELETE /auth/sessions/:id': {
    path: ({ session }) => `/auth/sessions/${session.sessionId}`,
    statuses: [401, 204, 404, 404, 401, 404, 404, 404],
  },
  'POST /auth/revoke': {
    body: ({ session }) => ({ token: session.accessToken }),
    statuses: [401, 200, 403, 403, 200, 403, 200, 200],
  },
  'POST /auth/introspect': {
    body: ({ session }) => ({ token: session.accessToken }),
    statuses: [401, 200, 200, 200, 200, 200, 200, 200],
  },
  'POST /auth/api-keys': {
    body: ({ user }) => ({ name: 'made', userId: user.userId }),
    // A key is of its maker's organisation, and its owner has to be of it.
    statuses: [401, 201, 403, 400, 401, 403, 201, 400],
  },
  'GET /auth/api-keys': {
    path: ({ user }) => `/auth/api-keys?userId=${user.userId}`,
    statuses: [401, 200, 403, 200, 401, 403, 200, 200],
  },
  'GET /auth/api-keys/:id': { ...byKey(), statuses: [401, 200, 404, 404, 401, 404, 200, 200] },
  'PATCH /auth/api-keys/:id': {
    ...byKey(),
    body: () => ({ name: 'changed' }),
    statuses: [401, 200, 404, 404, 401, 404, 200, 200],
  },
  'DELETE /auth/api-keys/:id': { ...byKey(), statuses: [401, 204, 404, 404, 401, 404, 204, 204] },
  'POST /auth/api-keys/:id/rotate': {
    ...byKey('/rotate'),
    body: () => ({}),
    statuses: [401, 201, 404, 404, 401, 404, 201, 201],
  },
};
