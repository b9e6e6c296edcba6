import { randomBytes } from 'node:crypto';

import type { INestApplication } from '@nestjs/common';
import { ApiKeyService, ResolvedAuthOptions, TokenService, type User } from 'nestjs-gatehouse';

import { openSetupToken, userWith } from './people.js';
import { Permission } from './permissions.js';

/**
 * Makes people and credentials to try the demo with.
 *
 * @param url where the demo listens.
 * @returns lines to print: `TOKEN`, `API_KEY`, `ADMIN_TOKEN`, `SETUP_TOKEN`, and curl commands that work as pasted.
 */
export async function tryIt(app: INestApplication, url: string): Promise<string[]> {
  const ada = await userWith(app, 'member', { email: 'ada@example.com', name: 'Ada', orgId: 'org_456' });
  const boss = await userWith(app, 'supervisor', { email: 'boss@example.com', orgId: 'org_456' });
  const tokens = app.get(TokenService);
  const token = tokens.createAccessToken({
    ...ownerOf(ada),
    name: 'Ada',
    permissions: [...Object.values(Permission.session), ...Object.values(Permission.memory)],
  });
  const adminToken = tokens.createAccessToken({ ...ownerOf(boss), permissions: ['admin:*'] });
  const key = await makeKey(app, ada);
  const setupToken = await openSetupToken(app);

  const bearer = `-H 'Authorization: Bearer ${token}'`;
  return [
    `TOKEN ${token}`,
    ...(key === undefined ? [] : [`API_KEY ${key}`]),
    `ADMIN_TOKEN ${adminToken}`,
    ...(setupToken === undefined ? [] : [`SETUP_TOKEN ${setupToken}`]),
    '',
    ...(setupToken === undefined ? [] : setupCommand(url, setupToken)),
    '# 200: the token says who is calling',
    `curl -i ${url}/api/v1/me ${bearer}`,
    ...(key === undefined
      ? []
      : ['# 200: the key may list sessions', `curl -i ${url}/api/v1/sessions -H 'X-API-Key: ${key}'`]),
    '# 403: the token may not see what administrators see',
    `curl -i ${url}/api/v1/admin/stats ${bearer}`,
    '# 401: nobody gets in without a credential',
    `curl -i ${url}/api/v1/sessions`,
  ];
}

/** The password is one of many: the demo may go on for long, and has no other administrator. */
function setupCommand(url: string, setupToken: string): string[] {
  const password = randomBytes(18).toString('base64url');
  const body = JSON.stringify({ setupToken, email: 'root@example.com', password });
  return [
    '# 201: makes the first administrator, once: keep the password, or choose another',
    `curl -i ${url}/api/v1/auth/setup -H 'Content-Type: application/json' -d '${body}'`,
  ];
}

/** @returns undefined when API keys are switched off. */
async function makeKey(app: INestApplication, user: User): Promise<string | undefined> {
  if (app.get<ResolvedAuthOptions>(ResolvedAuthOptions).apiKeys === undefined) return undefined;
  const { key } = await app.get(ApiKeyService).create({
    ...ownerOf(user),
    name: 'demo',
    permissions: ['session:read', 'session:list', 'memory:read', 'memory:search', 'memory:list'],
  });
  return key;
}

function ownerOf({ userId, orgId }: User): Pick<User, 'userId' | 'orgId'> {
  return { userId, orgId };
}
