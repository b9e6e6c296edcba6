import type { INestApplication } from '@nestjs/common';
import { ApiKeyService, TokenService } from 'nestjs-gatehouse';

/**
 * Makes credentials to try the demo with.
 *
 * @param url where the demo listens.
 * @returns lines to print: `TOKEN`, `API_KEY`, `ADMIN_TOKEN`, and curl commands that work as pasted.
 */
export async function tryIt(app: INestApplication, url: string): Promise<string[]> {
  const tokens = app.get(TokenService);
  const user = { userId: 'user_123', orgId: 'org_456' };
  const token = tokens.createAccessToken({ ...user, name: 'Ada', permissions: ['session:*', 'memory:*'] });
  const adminToken = tokens.createAccessToken({
    userId: 'admin_1',
    orgId: 'org_456',
    permissions: ['admin:*'],
  });
  const { key } = await app.get(ApiKeyService).create({
    ...user,
    name: 'demo',
    permissions: ['session:read', 'session:list', 'memory:read', 'memory:search', 'memory:list'],
  });
  const json = `-H 'Content-Type: application/json'`;
  return [
    `TOKEN ${token}`,
    `API_KEY ${key}`,
    `ADMIN_TOKEN ${adminToken}`,
    '',
    '# 201: the token may create a session',
    `curl -i -X POST ${url}/api/v1/sessions -H 'Authorization: Bearer ${token}' ${json} -d '{"title":"First"}'`,
    '# 200: and read who it belongs to',
    `curl -i ${url}/api/v1/me -H 'Authorization: Bearer ${token}'`,
    '# 200: the key may list sessions',
    `curl -i ${url}/api/v1/sessions -H 'X-API-Key: ${key}'`,
    '# 403: but not create one',
    `curl -i -X POST ${url}/api/v1/sessions -H 'X-API-Key: ${key}' ${json} -d '{"title":"Second"}'`,
    '# 401: and nobody gets in without a credential',
    `curl -i ${url}/api/v1/sessions`,
  ];
}
