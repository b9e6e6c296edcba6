import { generateKeyPairSync } from 'node:crypto';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { definePermissions } from '../identity/permission.js';
import type { AuthOptions } from './auth-options.js';
import { resolveOptions } from './resolve-options.js';

const jwt = { secret: SECRET };

function setEnvironment(env: Record<string, string>): void {
  jest.replaceProperty(process, 'env', env);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('resolveOptions', () => {
  it('needs a secret and nothing else', () => {
    const { jwt: resolved, ...rest } = resolveOptions({ jwt });
    const { keys, ...plain } = resolved;
    expect(plain).toEqual({
      issuer: 'gatehouse',
      audience: ['gatehouse'],
      accessTokenTtl: 3_600,
      maxAccessTokenTtl: 365 * 86_400,
      clockTolerance: 0,
      acceptedTypes: ['at+jwt'],
    });
    expect(keys).toHaveLength(1);
    const { signingKey, verificationKey, ...key } = keys[0]!;
    expect(key).toEqual({ keyId: '', takesTokensWithoutKeyId: true, algorithm: 'HS256', state: 'active' });
    expect(signingKey).toBe(verificationKey);
    expect(verificationKey.export().toString()).toBe(SECRET);
    expect(rest).toEqual({
      apiKeys: { prefix: 'ck', header: 'X-API-Key', maxKeysPerOwner: 100 },
      permissions: undefined,
      requireAuth: true,
      requireAuthExceptions: ['/health', '/health/live', '/health/ready', '/docs', '/redoc', '/openapi.json'],
      realm: 'api',
      identityCache: { maxEntries: 10_000, maxAge: 3_600 },
      revocation: { maxStaleness: 10, onStale: 'refuse' },
      sessions: { lifetime: 30 * 86_400, rotationGrace: 5 },
      users: undefined,
      roles: [],
      audit: undefined,
      trustedIssuers: [],
      services: undefined,
    });
  });

  it('takes everything from the environment when nothing is written', () => {
    setEnvironment({
      AUTH_JWT_SECRET_KEY: SECRET,
      AUTH_JWT_ALGORITHM: 'HS384',
      AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '15',
      AUTH_JWT_ISSUER: 'contextiq',
      AUTH_API_KEY_ENABLED: 'false',
      AUTH_REQUIRE_AUTH: 'false',
      AUTH_REQUIRE_AUTH_EXCEPTIONS: '/version',
    });
    const options = resolveOptions();
    expect(options.jwt).toMatchObject({ accessTokenTtl: 900, issuer: 'contextiq' });
    expect(options.jwt.keys[0]!.algorithm).toBe('HS384');
    expect(options.jwt.audience).toEqual(['contextiq']);
    expect(options).toMatchObject({ requireAuth: false, requireAuthExceptions: ['/version'] });
    expect(options.apiKeys).toBeUndefined();
  });

  it('prefers what is written, option by option, and takes undefined for left out', () => {
    setEnvironment({
      AUTH_JWT_SECRET_KEY: 'of the environment, and long enough 0123456789',
      AUTH_JWT_ISSUER: 'https://environment.example',
      AUTH_JWT_AUDIENCE: 'of the environment',
      AUTH_REQUIRE_AUTH: 'false',
      AUTH_API_KEY_ENABLED: 'false',
    });
    const options = resolveOptions({
      jwt: { secret: SECRET, issuer: undefined, audience: ['a', 'b'] },
      apiKeys: { prefix: 'sk' },
      requireAuth: true,
      requireAuthExceptions: undefined,
    });
    expect(options.jwt.keys[0]!.verificationKey.export().toString()).toBe(SECRET);
    expect(options.jwt).toMatchObject({ issuer: 'https://environment.example', audience: ['a', 'b'] });
    expect(options).toMatchObject({ requireAuth: true, apiKeys: { prefix: 'sk', header: 'X-API-Key' } });
    expect(options.requireAuthExceptions).toContain('/health');
  });

  it("leaves the variable's secret unread beside a key pair of the options", () => {
    setEnvironment({ AUTH_JWT_SECRET_KEY: SECRET });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(
      resolveOptions({ jwt: { privateKey, algorithm: 'ES256' } }).jwt.keys[0]!.verificationKey.type,
    ).toBe('public');
  });

  it('reads durations, audiences and types in each of their forms', () => {
    const { jwt: resolved } = resolveOptions({
      jwt: {
        ...jwt,
        audience: false,
        accessTokenTtl: '15m',
        maxAccessTokenTtl: '1d',
        clockTolerance: 60,
        acceptedTypes: ['JWT', 'application/AT+jwt', 'jwt'],
      },
    });
    expect(resolved.audience).toBeUndefined();
    expect(resolved).toMatchObject({ accessTokenTtl: 900, maxAccessTokenTtl: 86_400, clockTolerance: 60 });
    expect(resolved.acceptedTypes).toEqual(['at+jwt', 'jwt']);
    expect(resolveOptions({ jwt: { ...jwt, audience: 'one' } }).jwt.audience).toEqual(['one']);
  });

  it('switches off what is false', () => {
    const options = resolveOptions({ jwt, apiKeys: false, identityCache: false });
    expect(options.apiKeys).toBeUndefined();
    expect(options.identityCache).toBeUndefined();
  });

  it('freezes the result, all the way down', () => {
    const options = resolveOptions({
      jwt: { ...jwt, audience: ['a'] },
      permissions: definePermissions({ session: ['read'] }),
    });
    const parts: object[] = [
      options,
      options.jwt,
      options.apiKeys!,
      options.permissions!,
      options.identityCache!,
    ];
    parts.push(options.permissions!.session!, options.jwt.audience!, options.jwt.acceptedTypes);
    parts.push(options.requireAuthExceptions);
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
  });

  it('neither changes nor keeps what was written', () => {
    const written = { jwt: { ...jwt, audience: ['a'] }, requireAuthExceptions: ['/x'] } satisfies AuthOptions;
    const options = resolveOptions(written);
    written.jwt.audience.push('b');
    written.requireAuthExceptions.push('/y');
    expect(options.jwt.audience).toEqual(['a']);
    expect(options.requireAuthExceptions).toEqual(['/x']);
  });
});
