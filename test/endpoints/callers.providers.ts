import { DONE, type Rows } from './callers.support.js';

const REDIRECTED = [302, 302, 302, 302, 302, 302, 302, 302];

/** Logins with a provider, and what is linked with an account. Who begins or ends a login is a browser, whoever it belongs to. */
export const PROVIDERS: Rows = {
  //                                                     anon self oth  org  key  serv perm admin
  'GET /auth/login/:provider': {
    path: () => `/auth/login/github?redirect_to=${encodeURIComponent(DONE)}`,
    statuses: REDIRECTED,
  },
  // No login that was begun in the browser: a credential is none.
  'GET /auth/callback/:provider': {
    path: () => '/auth/callback/github?code=a&state=b',
    refusal:
      'This login was not begun in this browser, is over, or took longer than ten minutes. Go back to the application and log in again.',
    statuses: [400, 400, 400, 400, 400, 400, 400, 400],
  },
  // GitHub has none.
  'GET /auth/logout/:provider': {
    path: () => '/auth/logout/github',
    statuses: [404, 404, 404, 404, 404, 404, 404, 404],
  },
  'POST /auth/login/exchange': {
    body: () => ({ code: 'x'.repeat(43) }),
    statuses: [400, 400, 400, 400, 400, 400, 400, 400],
  },
  // Each sees and links their own; a service has no account.
  'GET /auth/me/providers': { statuses: [401, 200, 200, 200, 401, 404, 200, 200] },
  'POST /auth/me/providers/:provider': {
    path: () => '/auth/me/providers/github',
    body: () => ({ redirectTo: DONE }),
    statuses: [401, 200, 200, 200, 401, 404, 200, 200],
  },
  'DELETE /auth/me/providers/:provider/:id': {
    // Without a password it would be the last way to log in.
    hasPassword: true,
    path: ({ linked }) => `/auth/me/providers/github/${linked}`,
    statuses: [401, 204, 404, 404, 401, 404, 404, 404],
  },
};
