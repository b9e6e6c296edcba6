import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteAudit } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { CREDENTIALS } from './callers.credentials.js';
import { PEOPLE } from './callers.people.js';
import { PROVIDERS } from './callers.providers.js';
import { ROLES } from './callers.roles.js';
import { SERVICES } from './callers.services.js';
import { bootCallers, type Callers, type Rows } from './callers.support.js';

const ROWS: Rows = { ...CREDENTIALS, ...PEOPLE, ...ROLES, ...SERVICES, ...PROVIDERS };

/** What no body holds. `__proto__` and `constructor` as whoever writes them by hand. */
const FOREIGN: Readonly<Record<string, unknown>> = {
  role: 'administrator',
  isAdmin: true,
  passwordHash: 'x',
  tenantId: 'org_2',
  createdAt: '2026-01-01T00:00:00Z',
  ['__proto__']: { isAdmin: true },
  constructor: { prototype: { isAdmin: true } },
};

/** What they do not know they have to ignore (RFC 6749 section 3.2, and with it RFC 7009 and 7662); set-up is over. */
const OTHERS = ['POST /oauth/token', 'POST /auth/revoke', 'POST /auth/introspect', 'POST /auth/setup'];

describe.each(PLATFORMS)('a field that is none, on %s', (platform) => {
  let callers: Callers;
  beforeAll(async () => {
    callers = await bootCallers(platform);
  });
  afterAll(closeAll);

  it('is tried with every body that there is', () => {
    const writing = callers.app
      .get(RouteAudit)
      .routes()
      .filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
      .map(({ method, path }) => `${method} ${path}`);
    const tried = writing.filter((endpoint) => ROWS[endpoint]?.body !== undefined);
    const takesNone =
      /\/(logout-all|disable|enable|logout|password-reset|invitation)$|\/:id\/(?:roles|grants)\//;
    expect(writing.filter((endpoint) => !tried.includes(endpoint) && !takesNone.test(endpoint))).toEqual([]);
    expect(tried.length).toBeGreaterThan(20);
  });

  it.each(Object.entries(ROWS).filter(([name, { body }]) => body !== undefined && !OTHERS.includes(name)))(
    'is 400 and named in the body of %s',
    async (endpoint, { path, body, ...needs }) => {
      const [method, route] = endpoint.split(' ') as [string, string];
      const target = await callers.makeTarget(needs);
      const { token } = await callers.credentialOf('an administrator of no organisation', target);
      const right = JSON.stringify(body!(target)).slice(1, -1);
      for (const [name, value] of Object.entries(FOREIGN)) {
        const foreign = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        const response = await fetch(callers.url + (path?.(target) ?? route), {
          method,
          headers: { authorization: `Bearer ${token!}`, 'content-type': 'application/json' },
          body: `{${right === '' ? '' : `${right},`}${foreign}}`,
        });
        const answer = (await response.json()) as { message: unknown };
        expect([name, response.status, answer]).toEqual([name, 400, answer]);
        // Fastify's own parser refuses these two, in words of its own.
        const isRefusedByParser = platform === 'fastify' && ['__proto__', 'constructor'].includes(name);
        if (!isRefusedByParser) expect(answer.message).toEqual([`${JSON.stringify(name)} is no field of it`]);
      }
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    },
  );
});
