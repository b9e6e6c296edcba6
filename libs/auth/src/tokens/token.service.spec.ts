import { createHmac, timingSafeEqual } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { makeUnits } from '../../../../test/support/units.js';
import { UserIdentity } from '../identity/user-identity.js';

type Json = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Verifies an HS256 token by RFC 7515 and RFC 7519 alone, as a service in any other language would. */
function verifyHs256(token: string, expected: { iss: string; aud: string; now: number }): Json {
  const [header, claims, signature, ...more] = token.split('.') as [string, string, string];
  if (more.length > 0) throw new Error('not three segments');
  const mac = createHmac('sha256', SECRET).update(`${header}.${claims}`).digest();
  if (!timingSafeEqual(mac, Buffer.from(signature, 'base64url'))) throw new Error('signature');
  const read = (segment: string): Json => JSON.parse(Buffer.from(segment, 'base64url').toString()) as Json;
  const { alg, typ, ...rest } = read(header);
  if (alg !== 'HS256' || typ !== 'at+jwt' || Object.keys(rest).length > 0) throw new Error('header');
  const { iss, aud, exp, iat, ...own } = read(claims) as Json & { exp: number; iat: number };
  if (iss !== expected.iss || aud !== expected.aud) throw new Error('iss or aud');
  if (!(iat <= expected.now && expected.now < exp)) throw new Error('time');
  return { ...own, life: exp - iat };
}

describe('TokenService.createAccessToken', () => {
  it('makes what an independent verifier reads', () => {
    const { tokens, clock } = makeUnits();
    const token = tokens.createAccessToken({
      userId: 'user_123',
      orgId: 'org_456',
      email: 'ada@example.org',
      name: 'Ada Lovelace ✓',
      permissions: ['session:create', 'memory:*'],
      sessionId: 'session_1',
      expiresIn: '15m',
      metadata: { plan: 'pro', nested: { list: [1, null, 'two'] } },
    });
    const claims = verifyHs256(token, { iss: 'gatehouse', aud: 'gatehouse', now: clock.now() / 1_000 });
    expect(claims).toEqual({
      sub: 'user_123',
      org_id: 'org_456',
      email: 'ada@example.org',
      name: 'Ada Lovelace ✓',
      permissions: ['session:create', 'memory:*'],
      sid: 'session_1',
      metadata: { plan: 'pro', nested: { list: [1, null, 'two'] } },
      jti: expect.stringMatching(UUID),
      life: 900,
    });
  });

  it('writes nothing that does not apply', () => {
    const { tokens, clock } = makeUnits();
    const token = tokens.createAccessToken({ userId: 'ada', orgId: undefined, email: undefined });
    const claims = verifyHs256(token, { iss: 'gatehouse', aud: 'gatehouse', now: clock.now() / 1_000 });
    expect(claims).toEqual({ sub: 'ada', permissions: [], jti: expect.any(String), life: 3_600 });
  });

  it("goes by the application's clock, and gives each token a jti of its own", () => {
    const { tokens, clock } = makeUnits();
    clock.advance(1_000_000.9);
    const seconds = Math.floor(clock.now() / 1_000);
    const made = [1, 2].map(
      () => tokens.decode(tokens.createAccessToken({ userId: 'ada', expiresIn: 5 }))!.claims,
    );
    for (const { iat, exp } of made) expect({ iat, exp }).toEqual({ iat: seconds, exp: seconds + 5 });
    expect(made[0]!.jti).not.toBe(made[1]!.jti);
  });

  it('writes the options into header and claims', () => {
    const jwt = { keyId: 'k1', issuer: 'https://a.example', audience: ['one', 'two'], accessTokenTtl: '2h' };
    const { tokens } = makeUnits({ jwt });
    const { header, claims } = tokens.decode(tokens.createAccessToken({ userId: 'ada' }))!;
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
    expect(claims).toMatchObject({ iss: 'https://a.example', aud: ['one', 'two'] });
    expect((claims.exp as number) - (claims.iat as number)).toBe(7_200);
    const open = makeUnits({ jwt: { audience: false } }).tokens;
    expect(open.decode(open.createAccessToken({ userId: 'ada' }))!.claims).not.toHaveProperty('aud');
  });
});

describe('TokenService.verifyAccessToken', () => {
  it('gives back whom the token was made for', async () => {
    const { tokens, clock } = makeUnits({ jwt: { clockTolerance: 10 } });
    const input = { userId: 'ada', orgId: 'org', email: 'a@b.c', name: 'Ada', sessionId: 's1' };
    const token = tokens.createAccessToken({ ...input, permissions: ['session:read'], metadata: { a: 1 } });
    const identity = await tokens.verifyAccessToken(token);
    expect(identity).toBeInstanceOf(UserIdentity);
    expect(identity).toMatchObject({
      ...input,
      provider: 'jwt',
      permissions: ['session:read'],
      metadata: { a: 1 },
    });
    expect(identity.credentialId).toBe(tokens.decode(token)!.claims.jti);
    expect(identity.issuedAt).toEqual(new Date(clock.now()));
    // Until then it is accepted, the leeway included.
    expect(identity.expiresAt).toEqual(new Date(clock.now() + 3_610_000));
  });

  it('shares one permission set between identities with the same grants', async () => {
    const { tokens, permissions } = makeUnits();
    const grants = ['session:read', 'memory:*'] as const;
    await tokens.verifyAccessToken(tokens.createAccessToken({ userId: 'ada', permissions: grants }));
    const one = permissions.of(['session:read', 'memory:*']);
    await tokens.verifyAccessToken(tokens.createAccessToken({ userId: 'bob', permissions: grants }));
    expect(permissions.of(['session:read', 'memory:*'])).toBe(one);
  });

  it('knows a service by client_id and sub, and no person as one', async () => {
    const { tokens, jwtService } = makeUnits();
    const token = tokens.createServiceToken({
      clientId: 'reports',
      orgId: 'org',
      permissions: ['admin:read'],
    });
    expect(tokens.decode(token)!.claims).toMatchObject({
      sub: 'reports',
      client_id: 'reports',
      org_id: 'org',
    });
    expect(await tokens.verifyAccessToken(token)).toMatchObject({ userId: 'reports', provider: 'service' });
    const person = tokens.createAccessToken({ userId: 'reports' });
    expect((await tokens.verifyAccessToken(person)).provider).toBe('jwt');
    const delegated = jwtService.sign({
      sub: 'ada',
      client_id: 'reports',
      iat: tokens.decode(token)!.claims.iat,
    });
    expect((await tokens.verifyAccessToken(delegated)).provider).toBe('jwt');
  });

  it('says when a token has expired, by the clock of the application', async () => {
    const { tokens, clock } = makeUnits();
    const token = tokens.createAccessToken({ userId: 'ada', expiresIn: 60 });
    clock.advance(59.999);
    expect((await tokens.verifyAccessToken(token)).userId).toBe('ada');
    clock.advance(0.001);
    await expect(tokens.verifyAccessToken(token)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it.each(['token', 'session', 'subject'] as const)('refuses what was revoked by %s', async (kind) => {
    const { tokens, feed, clock } = makeUnits();
    const token = tokens.createAccessToken({ userId: 'ada', sessionId: 's1' });
    const other = tokens.createAccessToken({ userId: 'bob', sessionId: 's2' });
    const { credentialId } = await tokens.verifyAccessToken(token);
    const id = { token: credentialId, session: 's1', subject: 'ada' }[kind];
    await feed.revoke({ kind, id, at: clock.now() + 1, expiresAt: clock.now() + 3_600_000 });
    await expect(tokens.verifyAccessToken(token)).rejects.toMatchObject({
      code: 'credentials_invalid',
      reason: 'revoked',
    });
    expect((await tokens.verifyAccessToken(other)).userId).toBe('bob');
  });

  it.each([undefined, null, 5, {}, [], Buffer.from('x')])('refuses what is no text: %p', async (token) => {
    await expect(makeUnits().tokens.verifyAccessToken(token as never)).rejects.toMatchObject({
      name: 'AuthError',
      code: 'credentials_invalid',
    });
  });
});

describe('TokenService.decode', () => {
  it('reads without verifying', () => {
    const { tokens } = makeUnits();
    const token = tokens.createAccessToken({ userId: 'ada' });
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.AAAA`;
    expect(tokens.decode(forged)).toEqual(tokens.decode(token));
    expect(tokens.decode(forged)!.claims.sub).toBe('ada');
  });

  it.each(['', 'x', 'a.b', 'a.b.c', '....'])('gives nothing for %j', (text) => {
    expect(makeUnits().tokens.decode(text)).toBeUndefined();
  });
});
