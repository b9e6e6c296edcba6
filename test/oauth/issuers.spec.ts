import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  definePermissions,
  RequirePermissions,
  TokenService,
  UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf, type CallAnswer } from '../support/call.js';
import { issuerKey, startIssuer, type ExternalIssuer, type IssuerKey } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';
import { forgeToken } from '../support/forge.js';

const Permission = definePermissions({ note: ['read', 'write'] });
type Json = Readonly<Record<string, unknown>>;

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
  let mapped: ExternalIssuer;
  let stranger: ExternalIssuer;
  let key: IssuerKey;
  let otherKey: IssuerKey;
  const now = Math.floor(Date.now() / 1_000);

  beforeAll(async () => {
    [key, otherKey] = await Promise.all([issuerKey(), issuerKey('EdDSA')]);
    one = await startIssuer('', [key.jwk]);
    other = await startIssuer('/realms/other', [otherKey.jwk]);
    mapped = await startIssuer('', [key.jwk]);
    stranger = await startIssuer('', [key.jwk]);
    const { app, url: base } = await boot(platform, {
      controllers: [NoteController],
      auth: {
        permissions: Permission,
        trustedIssuers: [
          { issuer: one.issuer, audience: ['api', 'api2'] },
          { issuer: other.issuer, audience: 'api', acceptedTypes: ['JWT'], mapClaims: 'keycloak' },
          {
            issuer: mapped.issuer,
            audience: 'api',
            mapClaims: ({ sub, said }) => {
              if (sub === 'nobody') return undefined;
              if (sub === 'boom') throw new Error('cAnArY');
              return said as object;
            },
          },
        ],
      },
    });
    url = base;
    tokens = app.get(TokenService);
  });
  afterAll(async () => {
    await closeAll();
    await Promise.all([one, other, mapped, stranger].map((issuer) => issuer.close()));
  });

  const me = (token: string): Promise<CallAnswer> => call(`${url}/me`, { token });
  const codeOf = async (token: string): Promise<unknown> => {
    const { status, body } = await me(token);
    return status === 200 ? 200 : (body as Json).code;
  };

  it('are accepted, and say who calls', async () => {
    const token = await one.token(key, {
      scope: 'note:read note:* openid *  other:read',
      email: 'a@b.c',
      sid: 's',
    });
    const { status, body } = await me(token);
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
    expect(await statusOf(`${url}/notes`, { token: await one.token(key, { scope: 'note:write' }) })).toBe(
      403,
    );
  });

  it('stand beside the tokens of the application', async () => {
    const token = tokens.createAccessToken({ userId: 'ada', permissions: ['note:read'] as never });
    expect((await me(token)).body).toMatchObject({ userId: 'ada' });
  });

  it('belong to different people where their issuers differ, and so do their names', async () => {
    const bodies = await Promise.all([
      me(await one.token(key, { sub: 'ada', jti: 'same', sid: 's' })),
      me(await other.token(otherKey, { sub: 'ada', jti: 'same', sid: 's' })),
    ]);
    for (const name of ['userId', 'credentialId', 'sessionId'])
      expect(new Set(bodies.map(({ body }) => (body as Json)[name])).size).toBe(2);
  });

  it('are told apart without a jti as well', async () => {
    const without = [{ jti: undefined }, { jti: undefined, sub: 'eve' }];
    const bodies = await Promise.all(without.map(async (claims) => me(await one.token(key, claims))));
    expect(new Set(bodies.map(({ body }) => (body as Json).credentialId)).size).toBe(2);
  });

  it.each<[string, Json, string]>([
    ['client_id', { sub: 'worker', client_id: 'worker' }, 'service'],
    ['azp', { sub: 'worker', azp: 'worker' }, 'service'],
    ['another client', { sub: 'ada', client_id: 'worker', azp: 'worker' }, 'jwt'],
  ])('of a program that acts for itself say so: %s', async (_what, claims, provider) => {
    expect((await me(await one.token(key, claims))).body).toMatchObject({ provider });
  });

  describe('are refused', () => {
    it.each<[string, Json]>([
      ['are for another audience', { aud: 'other' }],
      ['are for no audience', { aud: undefined }],
      ['are for a list of audiences with something else in it', { aud: ['api', 5] }],
      ['have no subject', { sub: undefined }],
      ['have an empty subject', { sub: '' }],
      ['have a number as their subject', { sub: 5 }],
      ['have a subject that is too long', { sub: 'a'.repeat(250) }],
      ['have a zero byte in their subject', { sub: 'ada\0' }],
      ['have half a character in their subject', { sub: 'ada\ud800' }],
      ['have a line break in their session', { sid: 'a\nb' }],
      ['do not end', { exp: undefined }],
      ['end in a thousand years', { exp: now + 1_000 * 365 * 86_400 }],
      ['do not say when they began', { iat: undefined }],
      ['begin in the future', { iat: now + 300 }],
      ['are not valid yet', { nbf: now + 300 }],
      ['are ID tokens by their nonce', { nonce: 'n' }],
      ['are ID tokens by their at_hash', { at_hash: 'h' }],
      ['are ID tokens by their c_hash', { c_hash: 'h' }],
      ['are logout tokens', { events: {} }],
      ['say that they are refresh tokens', { typ: 'Refresh' }],
      ['say that they are ID tokens', { typ: 'ID' }],
      ['say that they are of another use', { token_use: 'id' }],
      ['are bound to a key', { cnf: { jkt: 'k' } }],
      ['have an azp that is no text', { azp: 5 }],
      ['have a jti that is no text', { jti: 5 }],
    ])('when they %s', async (_what, claims) => {
      expect(await codeOf(await one.token(key, claims))).toBe('credentials_invalid');
      expect(await codeOf(await one.token(key))).toBe(200);
    });

    it.each<[string, Json]>([
      ['of a plain JWT', { typ: 'JWT' }],
      ['of none', { typ: undefined }],
      ['of a logout token', { typ: 'logout+jwt' }],
      ['that is no text', { typ: 5 }],
    ])('with a type %s', async (_what, header) => {
      expect(await codeOf(await one.token(key, {}, header))).toBe('credentials_invalid');
    });

    it('when they are over, and are told so when they are genuine', async () => {
      const over = { iat: now - 600, exp: now - 1 };
      expect(await codeOf(await one.token(key, over))).toBe('token_expired');
      expect(await codeOf(await one.token(await issuerKey(), over))).toBe('credentials_invalid');
    });

    it('when somebody else is their issuer, and nobody is asked', async () => {
      expect(await codeOf(await stranger.token(key))).toBe('credentials_invalid');
      expect(stranger.requests).toEqual([]);
    });

    it.each([undefined, null, 5, {}, [], '', 'constructor', '__proto__'])(
      'when %j is their issuer',
      async (iss) => {
        expect(await codeOf(await one.token(key, { iss }))).toBe('credentials_invalid');
      },
    );

    it('when their issuer is written in another way', async () => {
      for (const iss of [`${one.issuer}/`, one.issuer.toUpperCase(), `${one.issuer} `])
        expect(await codeOf(await one.token(key, { iss }))).toBe('credentials_invalid');
    });

    it('when somebody else has signed them, under the name of a key of the issuer', async () => {
      const forger = await issuerKey('ES256', key.jwk.kid);
      expect(await codeOf(await one.token(forger))).toBe('credentials_invalid');
      expect(await codeOf(await one.token(key))).toBe(200);
    });

    it('when another trusted issuer has signed them', async () => {
      expect(await codeOf(await one.token(otherKey, {}, { alg: 'EdDSA' }))).toBe('credentials_invalid');
      expect(await codeOf(await other.token(key))).toBe('credentials_invalid');
    });

    it('when the application has signed them, and the other way round', async () => {
      expect(await codeOf(forgeToken({ claims: { iss: one.issuer, aud: 'api' } }))).toBe(
        'credentials_invalid',
      );
      expect(await codeOf(await one.token(key, { iss: 'gatehouse', aud: 'gatehouse' }))).toBe(
        'credentials_invalid',
      );
    });

    it('when they are signed with a public key as a secret', async () => {
      const claims = { iss: one.issuer, aud: 'api' };
      const header = { kid: key.jwk.kid, alg: 'HS256' };
      expect(await codeOf(forgeToken({ header, claims, secret: JSON.stringify(key.jwk) }))).toBe(
        'credentials_invalid',
      );
      expect(await codeOf(forgeToken({ header: { ...header, alg: 'ES256' }, claims, secret: SECRET }))).toBe(
        'credentials_invalid',
      );
    });

    it('without a signature', async () => {
      const [header, claims] = (await one.token(key)).split('.');
      const none = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"one"}').toString('base64url');
      for (const token of [`${none}.${claims}.`, `${none}.${claims}.AA`, `${header}.${claims}.AA`])
        expect(await codeOf(token)).toBe('credentials_invalid');
    });

    it('when they name their keys themselves, and nobody is asked', async () => {
      for (const member of ['jwk', 'jku', 'x5u', 'x5c']) {
        const header = { [member]: member === 'jwk' ? otherKey.jwk : `${stranger.issuer}/jwks` };
        expect(await codeOf(await one.token(key, {}, header))).toBe('credentials_invalid');
      }
      expect(stranger.requests).toEqual([]);
    });

    it('when they are opaque, and no issuer is asked about those', async () => {
      const before = one.requests.length;
      for (const token of ['opaque', 'a.b', 'a.b.c.d.e', 'a..c'])
        expect(await codeOf(token)).toBe('credentials_invalid');
      expect(one.requests).toHaveLength(before);
    });
  });

  describe('of a plain type', () => {
    const plain = (claims?: Json, header: Json = { typ: 'JWT' }): Promise<string> =>
      other.token(otherKey, claims, header);

    it('are accepted where the options say so, also without a type', async () => {
      expect(await codeOf(await plain())).toBe(200);
      expect(await codeOf(await plain({}, { typ: undefined }))).toBe(200);
      expect(await codeOf(await plain({ typ: 'Bearer', azp: 'api' }))).toBe(200);
    });

    it('are refused when they are for the client that got them', async () => {
      expect(await codeOf(await plain({ azp: 'api' }))).toBe('credentials_invalid');
      expect(await codeOf(await plain({ client_id: 'api', aud: ['api'] }))).toBe('credentials_invalid');
    });

    it.each(['ID', 'Refresh', 'Offline', 'Logout', 'DPoP', 5])(
      'are refused when they say that they are %s',
      async (typ) => {
        expect(await codeOf(await plain({ typ }))).toBe('credentials_invalid');
      },
    );
  });

  describe('with a mapping of the application', () => {
    const saying = async (said: unknown, sub = 'ada'): Promise<CallAnswer> =>
      me(await mapped.token(key, { said, sub }));

    it('are what it says', async () => {
      const said = {
        permissions: ['*', 'unknown:read', 'nonsense'],
        roles: ['editor'],
        orgId: 'acme',
        name: 'Ada',
        metadata: { plan: 'pro' },
        provider: 'service',
      };
      const { body } = await saying(said);
      expect(body).toMatchObject({ ...said, permissions: ['*'], userId: `${mapped.issuer}#ada` });
    });

    it('are refused when it says so', async () => {
      expect(await saying({}, 'nobody')).toMatchObject({
        status: 401,
        body: { code: 'credentials_invalid' },
      });
    });

    it('are an outage when it throws or says nonsense, and its words stay inside', async () => {
      for (const answer of [
        await saying({}, 'boom'),
        await saying('nonsense'),
        await saying({ permissions: 'a' }),
      ]) {
        expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
        expect(JSON.stringify(answer.body)).not.toContain('cAnArY');
      }
    });
  });
});
