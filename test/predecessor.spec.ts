import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  AuthModule,
  AuthOptionsError,
  CurrentUser,
  definePermissions,
  RequirePermissions,
  TokenService,
  type AuthModuleOptions,
  type PermissionGrant,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf } from './support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Booted, type Platform } from './support/platforms.js';
import {
  claimsOf,
  predecessorKey,
  predecessorToken,
  VARIABLES,
  verifyAsPredecessor,
  type PredecessorKey,
} from './support/predecessor.js';

@Controller()
class ServiceController {
  @Get('me')
  me(@CurrentUser() user?: UserIdentity): unknown {
    return user ?? null;
  }

  @Get('sessions')
  @RequirePermissions('session:read')
  sessions(): string {
    return 'sessions';
  }

  @Get('stats')
  @RequirePermissions('admin:read')
  stats(): string {
    return 'stats';
  }

  @Get(['health', 'health/live', 'health/ready', 'version', 'docs', 'redoc', 'openapi.json'])
  open(): string {
    return 'open';
  }
}

const Permission = definePermissions({
  session: ['create', 'read', 'update', 'delete', 'list'],
  memory: ['create', 'read', 'update', 'delete', 'search', 'list'],
  admin: ['read', 'write'],
});

/** All that a service writes when it moves over, beside its variables. */
const MOVED: AuthModuleOptions = {
  jwt: { audience: false, acceptedTypes: ['JWT'] },
  permissions: Permission,
};

async function bootWith(
  platform: Platform,
  changes: Record<string, string | undefined> = {},
  options = MOVED,
): Promise<Booted> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AUTH_'));
  const own = Object.entries({ ...VARIABLES, ...changes }).filter(([, value]) => value !== undefined);
  jest.replaceProperty(process, 'env', Object.fromEntries([...others, ...own]));
  return boot(platform, { authModule: AuthModule.forRoot(options), controllers: [ServiceController] });
}

/** Takes rows over, as the README does. */
async function moveKeys({ app }: Booted, ...rows: PredecessorKey[]): Promise<void> {
  for (const row of rows) {
    const moved = await app.get(ApiKeyService).register({
      keyHash: row.key_hash,
      keyId: row.key_id,
      userId: row.user_id,
      orgId: row.org_id ?? undefined,
      permissions: row.permissions as PermissionGrant[],
      expiresAt: row.expires_at === null ? undefined : new Date(row.expires_at),
      rateLimit: { limit: row.rate_limit, window: 3_600 },
      isActive: row.is_active,
      metadata: row.metadata ?? {},
    });
    expect(moved).toBeDefined();
  }
}

describe.each(PLATFORMS)("the predecessor's service on %s", (platform) => {
  afterEach(async () => {
    await closeAll();
    jest.restoreAllMocks();
  });

  it('keeps its tokens', async () => {
    const { url } = await bootWith(platform);
    const claims = claimsOf({ email: 'zoe@example.org', name: 'Zoë 😀' });
    const token = predecessorToken(claims);
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await call(`${url}/me`, { token });
      expect(status).toBe(200);
      expect(body).toEqual({
        userId: 'user_123',
        orgId: 'org_456',
        email: 'zoe@example.org',
        name: 'Zoë 😀',
        permissions: claims.permissions,
        roles: [],
        provider: 'jwt',
        credentialId: expect.any(String),
        issuedAt: new Date((claims.iat as number) * 1_000).toISOString(),
        expiresAt: new Date((claims.exp as number) * 1_000).toISOString(),
        metadata: {},
      });
    }
    expect(await statusOf(`${url}/sessions`, { token })).toBe(200);
    expect(await call(`${url}/stats`, { token })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });

  it('keeps tokens with null for everything that may be absent', async () => {
    const { url } = await bootWith(platform);
    const token = predecessorToken(claimsOf({ org_id: null, email: null, name: null, permissions: null }));
    const { status, body } = await call(`${url}/me`, { token });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('orgId');
    expect(body).toMatchObject({ userId: 'user_123', permissions: [] });
    // Other libraries for Python put typ first.
    const typFirst = predecessorToken(claimsOf(), { header: '{"typ":"JWT","alg":"HS256"}' });
    expect(await statusOf(`${url}/me`, { token: typFirst })).toBe(200);
  });

  it('refuses what the predecessor refused', async () => {
    const { url } = await bootWith(platform);
    const now = Math.floor(Date.now() / 1_000);
    expect(await call(`${url}/me`, { token: predecessorToken(claimsOf({ exp: now - 1 })) })).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
    for (const token of [
      predecessorToken(claimsOf(), { secret: 'another secret of forty characters, or so' }),
      predecessorToken(claimsOf({ iss: 'other' })),
      predecessorToken(claimsOf({ iss: undefined })),
      predecessorToken(claimsOf({ exp: undefined })),
      predecessorToken(claimsOf({ sub: null })),
      predecessorToken(claimsOf(), { header: '{"alg":"HS512","typ":"JWT"}', hash: 'sha512' }),
      predecessorToken(claimsOf(), { header: '{"alg":"none","typ":"JWT"}' }),
    ]) {
      expect(await call(`${url}/me`, { token })).toMatchObject({
        status: 401,
        body: { code: 'credentials_invalid' },
      });
    }
  });

  it('accepts those tokens only as long as its options say so', async () => {
    const token = predecessorToken();
    for (const jwt of [{}, { audience: false as const }, { acceptedTypes: ['JWT'] }]) {
      const { url } = await bootWith(platform, {}, { jwt });
      expect(await statusOf(`${url}/me`, { token })).toBe(401);
    }
  });

  it('keeps its keys, by their hashes', async () => {
    const booted = await bootWith(platform);
    const { url } = booted;
    const good = predecessorKey({ metadata: { team: 'search' }, expires_at: '2999-12-31T23:59:59+00:00' });
    const inactive = predecessorKey({ is_active: false });
    const expired = predecessorKey({ expires_at: '2020-01-01T00:00:00+00:00' });
    await moveKeys(booted, good.row, inactive.row, expired.row);
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await call(`${url}/me`, { apiKey: good.key });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        userId: 'user_123',
        orgId: 'org_456',
        permissions: ['session:read', 'memory:search'],
        provider: 'api_key',
        credentialId: good.row.key_id,
        expiresAt: '2999-12-31T23:59:59.000Z',
        metadata: { team: 'search' },
      });
    }
    expect(await statusOf(`${url}/sessions`, { apiKey: good.key })).toBe(200);
    expect(await statusOf(`${url}/stats`, { apiKey: good.key })).toBe(403);
    for (const apiKey of [inactive.key, expired.key, predecessorKey().key, good.row.key_hash]) {
      expect(await statusOf(`${url}/me`, { apiKey })).toBe(401);
    }
    expect(await booted.app.get(ApiKeyService).get(good.row.key_id)).toMatchObject({
      rateLimit: { limit: 1_000, window: 3_600 },
    });
    await booted.app.get(ApiKeyService).revoke(good.row.key_id);
    expect(await statusOf(`${url}/me`, { apiKey: good.key })).toBe(401);
  });

  it('issues tokens that services which stay with the predecessor verify', async () => {
    const { app, url } = await bootWith(platform, { AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '15' });
    const input = { userId: 'user_123', orgId: 'org_456', email: 'zoe@example.org', name: 'Zoë' };
    const token = app.get(TokenService).createAccessToken({ ...input, permissions: ['session:read'] });
    const claims = verifyAsPredecessor(token);
    expect(claims).toMatchObject({
      sub: 'user_123',
      org_id: 'org_456',
      email: 'zoe@example.org',
      name: 'Zoë',
      permissions: ['session:read'],
    });
    expect((claims.exp as number) - (claims.iat as number)).toBe(900);
    expect(await statusOf(`${url}/sessions`, { token })).toBe(200);
    expect(() => verifyAsPredecessor(`${token.slice(0, -4)}AAAA`)).toThrow('signature');
  });

  it('keeps its variables', async () => {
    const secret = SECRET;
    const hs512 = predecessorToken(claimsOf(), {
      header: '{"alg":"HS512","typ":"JWT"}',
      hash: 'sha512',
      secret,
    });
    const { url } = await bootWith(platform, { AUTH_JWT_ALGORITHM: 'HS512', AUTH_JWT_SECRET_KEY: secret });
    expect(await statusOf(`${url}/me`, { token: hs512 })).toBe(200);
    expect(await statusOf(`${url}/me`, { token: predecessorToken(claimsOf(), { secret }) })).toBe(401);
    const open = await Promise.all(
      ['health', 'health/live', 'version', 'health/ready', 'docs'].map((path) => statusOf(`${url}/${path}`)),
    );
    expect(open).toEqual([200, 200, 200, 401, 401]);
  });

  it('keeps the defaults of its variables', async () => {
    const { app, url } = await bootWith(platform, {
      AUTH_JWT_ALGORITHM: undefined,
      AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: undefined,
      AUTH_API_KEY_ENABLED: undefined,
      AUTH_REQUIRE_AUTH: undefined,
      AUTH_REQUIRE_AUTH_EXCEPTIONS: undefined,
    });
    const paths = ['health', 'health/live', 'health/ready', 'docs', 'redoc', 'openapi.json', 'version', 'me'];
    const open = await Promise.all(paths.map((path) => statusOf(`${url}/${path}`)));
    expect(open).toEqual([200, 200, 200, 200, 200, 200, 401, 401]);
    expect(await statusOf(`${url}/me`, { token: predecessorToken() })).toBe(200);
    const { exp, iat } = verifyAsPredecessor(app.get(TokenService).createAccessToken({ userId: 'x' }));
    expect((exp as number) - (iat as number)).toBe(3_600);
    expect((await call(`${url}/me`)).headers.get('www-authenticate')).toContain('ApiKey');
  });

  it('keeps the switches of its variables', async () => {
    const booted = await bootWith(platform, { AUTH_REQUIRE_AUTH: 'False', AUTH_API_KEY_ENABLED: 'False' });
    const { key, row } = predecessorKey();
    await moveKeys(booted, row);
    expect(await call(`${booted.url}/me`, { token: predecessorToken() })).toMatchObject({
      body: { userId: 'user_123' },
    });
    // Without a credential, and with a key that nobody reads: no identity.
    for (const apiKey of [undefined, key]) {
      const { status, body } = await call(`${booted.url}/me`, { apiKey });
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('user_123');
      expect(await statusOf(`${booted.url}/sessions`, { apiKey })).toBe(401);
    }
  });

  it('does not start without its secret', async () => {
    const started = bootWith(platform, { AUTH_JWT_SECRET_KEY: undefined });
    await expect(started).rejects.toThrow(AuthOptionsError);
    await expect(started).rejects.toThrow('AUTH_JWT_SECRET_KEY');
  });
});
