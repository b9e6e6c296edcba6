import { NEW_PASSWORD, PASSWORD } from '../users/accounts.support.js';
import type { Rows, Target } from './callers.support.js';

const byUser = (suffix = '') => ({ path: ({ user }: Target) => `/auth/users/${user.userId}${suffix}` });

/** Accounts, and those who look after them. */
export const PEOPLE: Rows = {
  //                                                     anon self oth  org  key  serv perm admin
  // Over once there is an administrator.
  'POST /auth/setup': { body: () => ({}), statuses: [404, 404, 404, 404, 404, 404, 404, 404] },
  'POST /auth/register': {
    body: ({ freshEmail }) => ({ email: freshEmail, password: PASSWORD }),
    statuses: [202, 202, 202, 202, 202, 202, 202, 202],
  },
  'POST /auth/login': {
    hasPassword: true,
    body: ({ user }) => ({ email: user.email, password: PASSWORD }),
    statuses: [200, 200, 200, 200, 200, 200, 200, 200],
  },
  // Each changes their own account; a service has none.
  'PATCH /auth/me': {
    body: () => ({ name: 'Changed' }),
    statuses: [401, 200, 200, 200, 401, 404, 200, 200],
  },
  'POST /auth/password': {
    hasPassword: true,
    body: () => ({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
    statuses: [401, 200, 400, 400, 401, 404, 400, 400],
  },
  'POST /auth/password/forgot': {
    body: ({ user }) => ({ email: user.email }),
    statuses: [202, 202, 202, 202, 202, 202, 202, 202],
  },
  // Whoever holds the token of the mail is its addressee.
  'POST /auth/password/reset': {
    purpose: 'password-reset',
    body: ({ token }) => ({ token, password: NEW_PASSWORD }),
    statuses: [204, 204, 204, 204, 204, 204, 204, 204],
  },
  'POST /auth/email/send-verification': {
    body: ({ user }) => ({ email: user.email }),
    statuses: [202, 202, 202, 202, 202, 202, 202, 202],
  },
  'POST /auth/email/verify': {
    purpose: 'email-verification',
    body: ({ token }) => ({ token }),
    statuses: [204, 204, 204, 204, 204, 204, 204, 204],
  },
  'POST /auth/invitations/accept': {
    purpose: 'invitation',
    body: ({ token }) => ({ token, password: NEW_PASSWORD }),
    statuses: [204, 204, 204, 204, 204, 204, 204, 204],
  },

  'GET /auth/users': { statuses: [401, 403, 403, 200, 401, 403, 200, 200] },
  'POST /auth/users': {
    body: ({ freshEmail }) => ({ email: freshEmail }),
    statuses: [401, 403, 403, 201, 401, 403, 201, 201],
  },
  'GET /auth/users/:id': { ...byUser(), statuses: [401, 403, 403, 404, 401, 403, 200, 200] },
  'PATCH /auth/users/:id': {
    ...byUser(),
    body: () => ({ name: 'Changed' }),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  'DELETE /auth/users/:id': { ...byUser(), statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'POST /auth/users/:id/disable': {
    ...byUser('/disable'),
    statuses: [401, 403, 403, 404, 401, 403, 200, 200],
  },
  'POST /auth/users/:id/enable': { ...byUser('/enable'), statuses: [401, 403, 403, 404, 401, 403, 200, 200] },
  'POST /auth/users/:id/logout': { ...byUser('/logout'), statuses: [401, 403, 403, 404, 401, 403, 204, 204] },
  'POST /auth/users/:id/password-reset': {
    ...byUser('/password-reset'),
    statuses: [401, 403, 403, 404, 401, 403, 202, 202],
  },
  'POST /auth/users/:id/invitation': {
    ...byUser('/invitation'),
    statuses: [401, 403, 403, 404, 401, 403, 202, 202],
  },
  'POST /auth/invitations': {
    body: ({ freshEmail }) => ({ email: freshEmail }),
    statuses: [401, 403, 403, 201, 401, 403, 201, 201],
  },
};
