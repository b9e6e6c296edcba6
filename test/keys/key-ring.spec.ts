import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, VersioningType } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import jsonwebtoken from 'jsonwebtoken';
import { CurrentUser, TokenService } from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Booted } from '../support/platforms.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const nextEc = generateKeyPairSync('ec', { namedCurve: 'P-384' });

const keys = [
  { algorithm: 'HS256' as const, secret: SECRET, state: 'retired' as const },
  { keyId: 'rsa', algorithm: 'RS256' as const, publicKey: rsa.publicKey, state: 'retired' as const },
  { keyId: 'ec', algorithm: 'ES256' as const, privateKey: ec.privateKey },
  { keyId: 'next', algorithm: 'ES384' as const, privateKey: nextEc.privateKey, state: 'next' as const },
];

const CLAIMS = { iss: 'gatehouse', aud: 'gatehouse', sub: 'ada' };

/** A token of any key, made without the library. */
function forge(key: unknown, algorithm: string, kid?: string): string {
  return jsonwebtoken.sign(CLAIMS, key as never, {
    algorithm: algorithm as never,
    expiresIn: 600,
    header: { alg: algorithm, typ: 'at+jwt', ...(kid !== undefined && { kid }) },
  });
}

describe.each(PLATFORMS)('a ring of keys on %s', (platform) => {
  let booted: Booted;
  let who: string;
  const boots = { controllers: [WhoController], auth: { jwt: { secret: undefined, keys } } };

  beforeAll(async () => {
    booted = await boot(platform, boots);
    who = `${booted.url}/who`;
  });
  afterAll(closeAll);

  it('signs with the active key and names it', () => {
    const tokens = booted.app.get(TokenService);
    const token = tokens.createAccessToken({ userId: 'ada' });
    expect(tokens.decode(token)!.header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'ec' });
    expect(jsonwebtoken.verify(token, ec.publicKey as never)).toMatchObject({ sub: 'ada' });
  });

  it('verifies with every key', async () => {
    const tokens = booted.app.get(TokenService);
    for (const token of [
      forge(SECRET, 'HS256'),
      forge(rsa.privateKey, 'RS256', 'rsa'),
      forge(ec.privateKey, 'ES256', 'ec'),
      forge(nextEc.privateKey, 'ES384', 'next'),
    ]) {
      expect(await statusOf(who, { token })).toBe(200);
      expect((await tokens.verifyAccessToken(token)).userId).toBe('ada');
    }
  });

  it('binds each key to its name and its algorithm', async () => {
    const tokens = booted.app.get(TokenService);
    const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const [header, claims] = forge(SECRET, 'HS256', 'rsa').split('.');
    const confused = createHmac('sha256', publicPem).update(`${header}.${claims}`).digest('base64url');
    for (const token of [
      // Good signatures of good keys, under the name of another, or none.
      forge(SECRET, 'HS256', 'rsa'),
      forge(SECRET, 'HS256', 'ec'),
      forge(SECRET, 'HS256', 'unknown'),
      forge(SECRET, 'HS512'),
      forge(rsa.privateKey, 'RS256'),
      forge(rsa.privateKey, 'RS256', 'ec'),
      forge(rsa.privateKey, 'RS512', 'rsa'),
      forge(rsa.privateKey, 'PS256', 'rsa'),
      forge(ec.privateKey, 'ES256'),
      forge(ec.privateKey, 'ES256', 'next'),
      `${header}.${claims}.${confused}`,
    ]) {
      expect(await statusOf(who, { token })).toBe(401);
      await expect(tokens.verifyAccessToken(token)).rejects.toMatchObject({ code: 'credentials_invalid' });
    }
  });

  it('gives the same keys to the JwtService', async () => {
    const jwt = booted.app.get(JwtService);
    const token = jwt.sign({ sub: 'ada' });
    expect(await statusOf(who, { token })).toBe(200);
    for (const good of [token, forge(SECRET, 'HS256'), forge(rsa.privateKey, 'RS256', 'rsa')]) {
      expect(jwt.verify(good)).toMatchObject({ sub: 'ada' });
      expect(await jwt.verifyAsync(good)).toMatchObject({ sub: 'ada' });
    }
    for (const bad of [forge(SECRET, 'HS256', 'ec'), forge(rsa.privateKey, 'PS256', 'rsa'), 'x.y.z']) {
      expect(() => jwt.verify<object>(bad)).toThrow();
      await expect(jwt.verifyAsync(bad)).rejects.toThrow();
    }
    expect(jwt.verify(forge(`${SECRET}2`, 'HS256'), { secret: `${SECRET}2`, algorithms: ['HS256'] })).toEqual(
      expect.objectContaining({ sub: 'ada' }),
    );
  });

  it('publishes the public parts of its key pairs, and nothing of a secret', async () => {
    const { status, headers, body } = await call(`${booted.url}/.well-known/jwks.json`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(headers.get('content-type')).toMatch(/^application\/jwk-set\+json\b/);
    const { n, e } = rsa.publicKey.export({ format: 'jwk' });
    const point = ({ crv, x, y }: JsonWebKey): JsonWebKey => ({ crv, x, y });
    expect(body).toEqual({
      keys: [
        { kty: 'RSA', n, e, kid: 'rsa', alg: 'RS256', use: 'sig' },
        { kty: 'EC', ...point(ec.publicKey.export({ format: 'jwk' })), kid: 'ec', alg: 'ES256', use: 'sig' },
        {
          kty: 'EC',
          ...point(nextEc.publicKey.export({ format: 'jwk' })),
          kid: 'next',
          alg: 'ES384',
          use: 'sig',
        },
      ],
    });
  });

  it('publishes them so that others can verify its tokens', async () => {
    const { body } = await call(`${booted.url}/.well-known/jwks.json`);
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    const { header } = jsonwebtoken.decode(token, { complete: true })!;
    const key = (body as { keys: JsonWebKey[] }).keys.find(({ kid }) => kid === header.kid)!;
    const publicKey = createPublicKey({ key, format: 'jwk' });
    expect(jsonwebtoken.verify(token, publicKey as never)).toMatchObject({ sub: 'ada' });
  });

  it('publishes them at one place, whatever the prefix and the versions', async () => {
    const { url } = await boot(platform, {
      ...boots,
      auth: { jwt: boots.auth.jwt, endpoints: { prefix: 'api/auth' } },
      configure: (app) => {
        app.setGlobalPrefix('v', { exclude: ['.well-known/jwks.json'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
    expect(await statusOf(`${url}/.well-known/jwks.json`)).toBe(200);
  });

  it('publishes an empty set of a secret, and nothing when that is switched off', async () => {
    const single = await boot(platform, {});
    expect((await call(`${single.url}/.well-known/jwks.json`)).body).toEqual({ keys: [] });
    for (const endpoints of [false, { keySet: false }] as const) {
      const { url } = await boot(platform, { auth: { endpoints } });
      expect(await statusOf(`${url}/.well-known/jwks.json`)).toBe(404);
    }
  });
});
