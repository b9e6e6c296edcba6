import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteAudit } from 'nestjs-gatehouse';

import type { User } from '../../libs/auth/src/users/user.view.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

/** What nobody sets by a body, with what a body that is taken would make of it. */
const FIELDS: Readonly<Record<string, unknown>> = {
  id: 'user_9',
  userId: '018f0000-0000-7000-8000-000000000000',
  role: 'administrator',
  permissions: ['*'],
  grants: ['*'],
  isAdmin: true,
  isActive: false,
  disabled: false,
  password_hash: 'x',
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$YWFhYWFhYWFhYWFhYWFhYQ$x',
  emailVerified: true,
  isEmailVerified: true,
  emailVerifiedAt: '2026-01-01T00:00:00Z',
  tenantId: 'org_2',
  createdAt: '2026-01-01T00:00:00Z',
  constructor: { prototype: { isAdmin: true } },
  prototype: { isAdmin: true },
  ['__proto__']: { isAdmin: true },
};

interface Row {
  /** Of `/auth`; `:id` is a user of the caller's organisation. */
  readonly path: string;
  /** Default: `POST`. */
  readonly method?: string;
  /** A body that would be taken. */
  readonly body: object;
  /** More that is refused here. */
  readonly also?: readonly string[];
}

const EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL = ['orgId', 'roles', 'metadata'];
const TOKEN = `ot_${'A'.repeat(43)}`;
const EMAIL = 'nobody@example.com';

/** Every body of the endpoints for people, as a caller of an organisation sends it. */
const ROWS: readonly Row[] = [
  {
    path: '/login',
    body: { email: EMAIL, password: PASSWORD },
    also: EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL,
  },
  {
    path: '/register',
    body: { email: EMAIL, password: PASSWORD },
    also: EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL,
  },
  {
    path: '/me',
    method: 'PATCH',
    body: { name: 'Ada' },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'email'],
  },
  {
    path: '/password',
    body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'email'],
  },
  {
    path: '/password/forgot',
    body: { email: EMAIL },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'password'],
  },
  {
    path: '/password/reset',
    body: { token: TOKEN, password: NEW_PASSWORD },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'email', 'name'],
  },
  { path: '/email/send-verification', body: { email: EMAIL }, also: EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL },
  {
    path: '/email/verify',
    body: { token: TOKEN },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'email'],
  },
  {
    path: '/invitations/accept',
    body: { token: TOKEN, password: NEW_PASSWORD },
    also: [...EVERYWHERE_BUT_FOR_WHO_LOOKS_AFTER_ALL, 'email'],
  },
  { path: '/users', body: { email: EMAIL }, also: ['orgId', 'roles', 'password'] },
  { path: '/users/:id', method: 'PATCH', body: { name: 'Ada' }, also: ['orgId', 'roles', 'password'] },
  { path: '/invitations', body: { email: EMAIL }, also: ['orgId', 'metadata', 'password'] },
];

describe.each(PLATFORMS)('bodies about people on %s', (platform) => {
  let people: People;
  let token: string;
  let target: User;
  beforeAll(async () => {
    people = await bootPeople(platform);
    await people.add('caller@example.com', { orgId: 'org_1', grants: ['*'] });
    token = (await people.login('caller@example.com')).accessToken;
    target = await people.add('target@example.com', { orgId: 'org_1' });
  });
  afterAll(closeAll);

  it('are all in the table', () => {
    const withoutBody = /\/(disable|enable|logout|password-reset|invitation)$/;
    const others =
      /^\/auth\/(setup|refresh|logout|logout-all|revoke|introspect|api-keys|roles|explain|permissions)\b/;
    const endpoints = people.app
      .get(RouteAudit)
      .routes()
      .filter(({ method, path }) => ['POST', 'PATCH', 'PUT'].includes(method) && path.startsWith('/auth/'))
      .filter(
        ({ path }) => !withoutBody.test(path) && !others.test(path) && !/:id\/(roles|grants)/.test(path),
      )
      .map(({ method, path }) => `${method} ${path}`);
    expect(endpoints.toSorted()).toEqual(
      ROWS.map(({ method = 'POST', path }) => `${method} /auth${path}`).toSorted(),
    );
  });

  it.each(ROWS.map((row) => ({ method: 'POST', ...row })))(
    '$method $path takes nothing that is not its own',
    async ({ path, method, body, also = [] }) => {
      const before = [await people.users.find(target.userId), await people.users.list({ limit: 100 })];
      const url = path.replace(':id', target.userId);
      const fields = [...Object.entries(FIELDS), ...also.map((name) => [name, ['x']] as const)];
      for (const [name, value] of fields) {
        // Written by hand: an object literal and JSON.stringify have ideas of their own of __proto__.
        const text = `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
        const response = await fetch(`${people.url}/auth${url}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: text,
        });
        const answer = (await response.json()) as { message: string | string[] };
        expect([name, response.status]).toEqual([name, 400]);
        // Fastify's own parser refuses these two, in words of its own.
        const isRefusedByParser = platform === 'fastify' && ['__proto__', 'constructor'].includes(name);
        if (!isRefusedByParser) expect(answer.message).toEqual([`${JSON.stringify(name)} is no field of it`]);
      }
      expect([await people.users.find(target.userId), await people.users.list({ limit: 100 })]).toEqual(
        before,
      );
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    },
  );
});
