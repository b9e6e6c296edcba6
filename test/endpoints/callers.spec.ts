import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteAudit } from 'nestjs-gatehouse';

import { call, type CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { CREDENTIALS } from './callers.credentials.js';
import { PEOPLE } from './callers.people.js';
import { PROVIDERS } from './callers.providers.js';
import { ROLES } from './callers.roles.js';
import { SERVICES } from './callers.services.js';
import { bootCallers, CALLERS, SECRET, type Caller, type Callers, type Rows } from './callers.support.js';

/** One row for each endpoint of this package; the list of endpoints is the route audit's. */
const ROWS: Rows = { ...CREDENTIALS, ...PEOPLE, ...ROLES, ...SERVICES, ...PROVIDERS };

/** A credential in an answer, and where there is one. */
const CREDENTIAL = /"(?:access_?token|refresh_?token|key|secret)":"/i;
const HANDING_OUT: readonly (readonly [endpoint: string, Caller])[] = [
  ['POST /auth/login', 'anonymous'],
  ['POST /auth/refresh', 'anonymous'],
  ['POST /auth/password', 'self, who holds no permission for it'],
  ['POST /auth/api-keys', 'self, who holds no permission for it'],
  ['POST /auth/api-keys/:id/rotate', 'self, who holds no permission for it'],
  ['POST /auth/clients', 'an administrator of no organisation'],
  ['POST /auth/clients/:id/secret', 'an administrator of no organisation'],
  ['POST /oauth/token', 'anonymous'],
];

describe.each(PLATFORMS)('the endpoints of the package on %s', (platform) => {
  let callers: Callers;
  beforeAll(async () => {
    callers = await bootCallers(platform);
  });
  afterAll(closeAll);

  const ask = async (endpoint: string, caller: Caller): Promise<CallAnswer> => {
    const [method, route] = endpoint.split(' ') as [string, string];
    const { path, body, ...needs } = ROWS[endpoint]!;
    const target = await callers.makeTarget(needs);
    const credential = await callers.credentialOf(caller, target);
    return call(callers.url + (path?.(target) ?? route), { method, ...credential, body: body?.(target) });
  };

  it('are all in the table, and nothing else is', () => {
    const endpoints = callers.app
      .get(RouteAudit)
      .routes()
      .map(({ method, path }) => `${method} ${path}`);
    expect(endpoints.toSorted()).toEqual(Object.keys(ROWS).toSorted());
    for (const [endpoint, { statuses }] of Object.entries(ROWS))
      expect([endpoint, statuses.length]).toEqual([endpoint, CALLERS.length]);
  });

  describe.each(Object.entries(ROWS))('%s', (endpoint, { refusal, statuses }) => {
    it.each(CALLERS.map((caller, i) => [caller, statuses[i]!] as const))('%s: %i', async (caller, status) => {
      const answer = await ask(endpoint, caller);
      expect(answer.status).toBe(status);
      const handsOut = CREDENTIAL.test(JSON.stringify(answer.body));
      if (handsOut) expect(HANDING_OUT.map(([name]) => name)).toContain(endpoint);
      expect(JSON.stringify([answer.body, [...answer.headers]])).not.toMatch(SECRET);
      const challenge = answer.headers.get('www-authenticate');
      if (status === 401) expect(challenge).toMatch(/^Bearer realm="api"/);
      if (status >= 400) expect([answer.body]).toMatchObject([refusal ?? { statusCode: status }]);
    });
  });

  // `POST /auth/login/exchange`, which takes a login at a provider: test/oauth/login.spec.ts.
  it.each(HANDING_OUT)('%s hands out a credential that is not to be stored', async (endpoint, caller) => {
    const { body, headers } = await ask(endpoint, caller);
    expect(JSON.stringify(body)).toMatch(CREDENTIAL);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('introspection tells the owner and who may know, and nobody else', async () => {
    const told: Caller[] = [];
    for (const caller of CALLERS.slice(1)) {
      const target = await callers.makeTarget();
      const credential = await callers.credentialOf(caller, target);
      const body = { token: target.session.accessToken };
      const answer = await call(`${callers.url}/auth/introspect`, { method: 'POST', ...credential, body });
      if ((answer.body as { active: boolean }).active) told.push(caller);
      else expect(answer.body).toEqual({ active: false });
    }
    expect(told).toEqual([
      'self, who holds no permission for it',
      'a key of the organisation that carries everything',
      'another of the organisation, with the permission',
      'an administrator of no organisation',
    ]);
  });
});
