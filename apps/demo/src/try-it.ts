import type { INestApplication } from '@nestjs/common';
import { ApiKeyService, ResolvedAuthOptions, TokenService } from 'nestjs-gatehouse';

import { Permission } from './permissions.js';

/**
 * Makes credentials to try the demo with.
 *
 * @param url where the demo listens.
 * @returns lines to print: `TOKEN`, `API_KEY`, `ADMIN_TOKEN`, and curl commands that work as pasted.
 */
export async function tryIt(app: INestApplication, url: string): Promise<string[]> {
  const user = { userId: 'user_123', orgId: 'org_456' };
  const tokens = app.get(TokenService);
  const token = tokens.createAccessToken({
    ...user,
    name: 'Ada',
    permissions: [...Object.values(Permission.session), ...Object.values(Permission.memory)],
  });
  const adminToken = tokens.createAccessToken({
    userId: 'admin_1',
    orgId: user.orgId,
    permissions: ['admin:*'],
  });
  const key = await makeKey(app, user);

  const bearer = `-H 'Authorization: Bearer ${token}'`;
  return [
    `TOKEN ${token}`,
    ...(key === undefined ? [] : [`API_KEY ${key}`]),
    `ADMIN_TOKEN ${adminToken}`,
    '',
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

/** @returns undefined when API keys are switched off. */
async function makeKey(
  app: INestApplication,
  user: { userId: string; orgId: string },
): Promise<string | undefined> {
  if (app.get<ResolvedAuthOptions>(ResolvedAuthOptions).apiKeys === undefined) return undefined;
  const { key } = await app.get(ApiKeyService).create({
    ...user,
    name: 'demo',
    permissions: ['session:read', 'session:list', 'memory:read', 'memory:search', 'memory:list'],
  });
  return key;
}
