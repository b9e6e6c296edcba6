import type { Rows, Target } from './callers.support.js';

const byRole = { path: ({ role }: Target) => `/auth/roles/${role}?orgId=org_1` };
const byHolder = (suffix: (target: Target) => string) => ({
  path: (target: Target) => `/auth/users/${target.user.userId}/${suffix(target)}`,
});
const theRole = byHolder(({ role }) => `roles/${role}`);
const theGrant = byHolder(() => 'grants/memory:read');

/** Roles, what users hold, and the audit log. */
export const ROLES: Rows = {
  //                                                     anon self oth  org  key  serv perm admin
  'GET /auth/permissions': { statuses: [401, 200, 200, 200, 401, 200, 200, 200] },
  'POST /auth/explain': {
    body: ({ user }) => ({ permission: 'user:read', subjectId: user.userId }),
    statuses: [401, 200, 403, 404, 401, 403, 200, 200],
  },
  'GET /auth/roles': { statuses: [401, 403, 403, 200, 401, 403, 200, 200] },
  'POST /auth/roles': {
    body: ({ role }) => ({ name: `new-${role}` }),
    statuses: [401, 403, 403, 201, 401, 403, 201, 201],
  },
  'GET /auth/roles/:name': { ...byRole, statuses: [401, 403, 403, 404, 401, 403, 200, 200] },
  'PATCH /auth/roles/:name': {
    ...byRole,
    body: () => ({ description: 'Changed' }),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  'DELETE /auth/roles/:name': { ...byRole, statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'GET /auth/users/:id/permissions': {
    ...byHolder(() => 'permissions'),
    statuses: [401, 200, 403, 404, 401, 403, 200, 200],
  },
  'PUT /auth/users/:id/roles/:name': { ...theRole, statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'DELETE /auth/users/:id/roles/:name': { ...theRole, statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'PUT /auth/users/:id/grants/:permission': {
    ...theGrant,
    statuses: [401, 403, 403, 404, 401, 403, 204, 204],
  },
  'DELETE /auth/users/:id/grants/:permission': {
    ...theGrant,
    statuses: [401, 403, 403, 404, 401, 403, 204, 204],
  },
  'GET /auth/audit': { statuses: [401, 403, 403, 200, 401, 403, 200, 200] },
};
