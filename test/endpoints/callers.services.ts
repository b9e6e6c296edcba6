import type { Rows, Target } from './callers.support.js';

const byClient = (suffix = '') => ({
  path: ({ client }: Target) => `/auth/clients/${client.client.clientId}${suffix}`,
});
const ANYBODY = [200, 200, 200, 200, 200, 200, 200, 200];

/** Services, the token endpoint and its documents. */
export const SERVICES: Rows = {
  //                                                     anon self oth  org  key  serv perm admin
  'GET /auth/clients': { statuses: [401, 403, 403, 200, 401, 403, 200, 200] },
  'POST /auth/clients': {
    body: () => ({ name: 'New', permissions: ['memory:read'] }),
    statuses: [401, 403, 403, 201, 401, 403, 201, 201],
  },
  'GET /auth/clients/:id': { ...byClient(), statuses: [401, 403, 403, 404, 401, 403, 200, 200] },
  'PATCH /auth/clients/:id': {
    ...byClient(),
    body: () => ({ name: 'Changed' }),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  'DELETE /auth/clients/:id': { ...byClient(), statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'POST /auth/clients/:id/secret': {
    ...byClient('/secret'),
    body: () => ({ overlap: 0 }),
    statuses: [401, 403, 403, 404, 401, 403, 201, 201],
  },
  'POST /auth/clients/:id/disable': {
    ...byClient('/disable'),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  'POST /auth/clients/:id/enable': {
    ...byClient('/enable'),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  // The service says in the form who it is; a bearer token beside it is a second authentication.
  'POST /oauth/token': {
    body: ({ client }) =>
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.client.clientId,
        client_secret: client.secret!,
      }),
    refusal: { error: 'invalid_request' },
    statuses: [200, 400, 400, 400, 200, 400, 400, 400],
  },
  'GET /.well-known/oauth-authorization-server': { statuses: ANYBODY },
  'GET /.well-known/oauth-protected-resource': { statuses: ANYBODY },
};
