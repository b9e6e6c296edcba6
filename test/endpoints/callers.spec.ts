import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyService,
  RouteAudit,
  SessionService,
  TokenService,
  type AccessTokenInput,
  type SessionTokens,
} from 'nestjs-gatehouse';

import { call, type CallOptions } from '../support/call.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

const CALLERS = [
  'anonymous',
  'owner',
  'other user',
  'other organisation',
  'key',
  'service',
  'with the permission',
  'admin',
] as const;
type Caller = (typeof CALLERS)[number];

/** What belongs to the owner, user_1 of org_1, and is asked for; new for each call. */
interface Target {
  readonly session: SessionTokens;
  readonly keyId: string;
}

interface Row {
  readonly path?: (target: Target) => string;
  readonly body?: (target: Target) => unknown;
  /** The statuses, in the order of {@link CALLERS}. */
  readonly statuses: readonly number[];
}

const byKey = (suffix = '') => ({ path: ({ keyId }: Target) => `/auth/api-keys/${keyId}${suffix}` });

/** One row for each endpoint of this package; the list of endpoints is the route audit's. */
const ROWS: Readonly<Record<string, Row>> = {
  //                                                     anon own  oth  org  key  serv perm admin
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
    body: () => ({ name: 'made', userId: 'user_1' }),
    statuses: [401, 201, 403, 201, 401, 403, 201, 201],
  },
  'GET /auth/api-keys': {
    path: () => '/auth/api-keys?userId=user_1',
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

describe.each(PLATFORMS)('the endpoints of the package on %s', (platform) => {
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, {});
  });
  afterAll(closeAll);

  const token = (input: Partial<AccessTokenInput>): CallOptions => ({
    token: booted.app
      .get(TokenService)
      .createAccessToken({ userId: 'user_2', orgId: 'org_1', permissions: [], ...input }),
  });

  const credentialOf: Record<Caller, () => Promise<CallOptions> | CallOptions> = {
    anonymous: () => ({}),
    owner: () => token({ userId: 'user_1' }),
    'other user': () => token({}),
    // Everything, but elsewhere.
    'other organisation': () => token({ orgId: 'org_2', permissions: ['*'] }),
    key: async () => {
      const owner = { userId: 'user_1', orgId: 'org_1', permissions: ['*'] as const };
      return { apiKey: (await booted.app.get(ApiKeyService).create({ name: 'caller', ...owner })).key };
    },
    service: () => ({
      token: booted.app.get(TokenService).createServiceToken({ clientId: 'worker', orgId: 'org_1' }),
    }),
    'with the permission': () => token({ permissions: ['apikey:*', 'token:*'] }),
    admin: () => token({ permissions: ['*'] }),
  };

  const makeTarget = async (): Promise<Target> => {
    const owner = { userId: 'user_1', orgId: 'org_1' };
    const session = await booted.app.get(SessionService).open(owner);
    const { apiKey } = await booted.app.get(ApiKeyService).create({ name: 'target', ...owner });
    return { session, keyId: apiKey.keyId };
  };

  it('are all in the table, and nothing else is', () => {
    const endpoints = booted.app
      .get(RouteAudit)
      .routes()
      .map(({ method, path }) => `${method} ${path}`);
    expect(endpoints.toSorted()).toEqual(Object.keys(ROWS).toSorted());
  });

  describe.each(Object.entries(ROWS))('%s', (endpoint, { path, body, statuses }) => {
    const [method, route] = endpoint.split(' ') as [string, string];

    it.each(CALLERS.map((caller, i) => [caller, statuses[i]!] as const))('%s: %i', async (caller, status) => {
      const target = await makeTarget();
      const credential = await credentialOf[caller]();
      const url = booted.url + (path?.(target) ?? route);
      const answer = await call(url, { method, ...credential, body: body?.(target) });
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).not.toMatch(/keyHash|tokenHash|sealed|\bat \//);
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="api"/);
    });
  });

  it('introspection tells the owner and who may know, and nobody else', async () => {
    const told: Caller[] = [];
    for (const caller of CALLERS.slice(1)) {
      const { session } = await makeTarget();
      const credential = await credentialOf[caller]();
      const body = { token: session.accessToken };
      const answer = await call(`${booted.url}/auth/introspect`, { method: 'POST', ...credential, body });
      if ((answer.body as { active: boolean }).active) told.push(caller);
      else expect(answer.body).toEqual({ active: false });
    }
    expect(told).toEqual(['owner', 'key', 'with the permission', 'admin']);
  });
});
