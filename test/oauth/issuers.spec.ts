import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  definePermissions,
  RequirePermissions,
  TokenService,
  UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { issuerKey, startIssuer, type ExternalIssuer, type IssuerKey } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

const Permission = definePermissions({ note: ['read', 'write'] });

@Controller()
class NoteController {
  @Get('me')
  me(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }

  @Get('notes')
  @RequirePermissions('note:read' as never)
  notes(): string {
    return 'notes';
  }
}

describe.each(PLATFORMS)('tokens of trusted issuers on %s', (platform) => {
  let url: string;
  let tokens: TokenService;
  let one: ExternalIssuer;
  let other: ExternalIssuer;
  let stranger: ExternalIssuer;
  let key: IssuerKey;
  let otherKey: IssuerKey;

  beforeAll(async () => {
    [key, otherKey] = await Promise.all([issuerKey(), issuerKey('EdDSA')]);
    one = await startIssuer('', [key.jwk]);
    other = await startIssuer('/realms/other', [otherKey.jwk]);
    stranger = await startIssuer('', [key.jwk]);
    const { app, url: base } = await boot(platform, {
      controllers: [NoteController],
      auth: {
        permissions: Permission,
        trustedIssuers: [
          { issuer: one.issuer, audience: ['api', 'api2'] },
          { issuer: other.issuer, audience: 'api', acceptedTypes: ['JWT'], mapClaims: 'keycloak' },
        ],
      },
    });
    url = base;
    tokens = app.get(TokenService);
  });
  afterAll(async () => {
    await closeAll();
    await Promise.all([one, other, stranger].map((issuer) => issuer.close()));
  });

  it('are accepted, and say who calls', async () => {
    const token = await one.token(key, {
      scope: 'note:read note:* openid *  other:read',
      email: 'a@b.c',
      sid: 's',
    });
    const { status, body } = await call(`${url}/me`, { token });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        userId: `${one.issuer}#ada`,
        email: 'a@b.c',
        permissions: ['note:read', 'note:*'],
        roles: [],
        provider: 'jwt',
        credentialId: expect.stringMatching(/^[\w-]{43}$/),
        sessionId: `${one.issuer}#s`,
        issuedAt: expect.any(String),
        expiresAt: expect.any(String),
        metadata: {},
      },
    });
    expect(await statusOf(`${url}/notes`, { token })).toBe(200);
  });

  it('stand beside the tokens of the application', async () => {
    const token = tokens.createAccessToken({ userId: 'ada', permissions: ['note:read'] as never });
    const { body } = await call(`${url}/me`, { token });
    expect(body).toMatchObject({ userId: 'ada' });
  });

  it('are refused when somebody else is their issuer, and nobody is asked', async () => {
    expect(await statusOf(`${url}/me`, { token: await stranger.token(key) })).toBe(401);
    expect(stranger.requests).toEqual([]);
  });

  it('are refused when another trusted issuer has signed them', async () => {
    expect(await statusOf(`${url}/me`, { token: await one.token(otherKey, {}, { alg: 'EdDSA' }) })).toBe(401);
    expect(await statusOf(`${url}/me`, { token: await other.token(key) })).toBe(401);
  });
});
