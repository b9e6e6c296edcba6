import { createHmac, generateKeyPairSync } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CurrentUser, TokenService, type UserIdentity } from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { forgeToken, type Forgery } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';

@Controller()
class DoorController {
  @Get('open')
  open(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }
}

const now = Math.floor(Date.now() / 1_000);
const CLAIMS = JSON.stringify({ iss: 'gatehouse', aud: 'gatehouse', sub: 'ada', exp: now + 600 });
const HEADER = JSON.stringify({ alg: 'HS256', typ: 'at+jwt' });

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** One fault each, signed with the right secret: only the check that is meant can refuse it. */
const FAULTS: Readonly<Record<string, Forgery>> = {
  'alg: another of the HMACs, rightly signed': { header: { alg: 'HS512' }, hash: 'sha512' },
  'alg: none, with a signature': { header: { alg: 'none' } },
  'alg: absent': { header: { alg: undefined } },
  'typ: another kind of token': { header: { typ: 'JWT' } },
  'typ: a refresh token': { header: { typ: 'rt+jwt' } },
  'typ: absent': { header: { typ: undefined } },
  'kid: of no key of ours': { header: { kid: 'other' } },
  'crit: empty': { header: { crit: [] } },
  'crit: something that exists': { header: { crit: ['exp'], exp: now + 600 } },
  b64: { header: { b64: true } },
  'jwk: a key in the token': { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
  'jku: the address of a key': { header: { jku: 'http://127.0.0.1:1/jwks' } },
  'cty: a token in the token': { header: { cty: 'JWT' } },
  'iss: another': { claims: { iss: 'gatehouse.example' } },
  'iss: in another case': { claims: { iss: 'Gatehouse' } },
  'iss: a list': { claims: { iss: ['gatehouse'] } },
  'iss: absent': { claims: { iss: undefined } },
  'aud: others': { claims: { aud: ['gatehouse2', 'xgatehouse'] } },
  'aud: absent': { claims: { aud: undefined } },
  'aud: ours beside what is no text': { claims: { aud: ['gatehouse', 1] } },
  'sub: absent': { claims: { sub: undefined } },
  'sub: empty': { claims: { sub: '' } },
  'sub: a number': { claims: { sub: 7 } },
  'sub: too long': { claims: { sub: 'a'.repeat(256) } },
  'exp: absent': { claims: { exp: undefined } },
  'exp: text': { claims: { exp: String(now + 600) } },
  'exp: milliseconds': { claims: { exp: (now + 600) * 1_000 } },
  'exp: too far off': { claims: { exp: now + 366 * 86_400 } },
  'exp: 1e400': { rawClaims: CLAIMS.replace(String(now + 600), '1e400') },
  'nbf: to come': { claims: { nbf: now + 300 } },
  'nbf: text': { claims: { nbf: String(now - 10) } },
  'iat: to come': { claims: { iat: now + 300 } },
  'iat: no date': { claims: { iat: 'today' } },
  'jti: a number': { claims: { jti: 1 } },
  'org_id: an object': { claims: { org_id: {} } },
  'permissions: text': { claims: { permissions: '*' } },
  'permissions: a list of what is no text': { claims: { permissions: [['*']] } },
  'metadata: a list': { claims: { metadata: [] } },
  'header: a member twice': { rawHeader: HEADER.replace('{', '{"typ":"JWT",') },
  'header: a list': { rawHeader: `[${HEADER}]` },
  'claims: a member twice': { rawClaims: CLAIMS.replace('{', '{"sub":"eve",') },
  'claims: a member twice, once in escapes': { rawClaims: CLAIMS.replace('{', '{"s\\u0075b":"eve",') },
  'claims: null': { rawClaims: 'null' },
  'claims: a byte order mark before them': { rawClaims: `\ufeff${CLAIMS}` },
  'claims: no UTF-8': { rawClaims: Buffer.from(CLAIMS.replace('ada', 'ad\xff'), 'latin1') },
  'the whole: larger than 8 KiB': { claims: { metadata: { fill: 'x'.repeat(6_200) } } },
};

/** Others that were made in the same way and have no fault. */
const GOOD: Readonly<Record<string, Forgery>> = {
  'as they come': {},
  'typ: the whole media type, in another case': { header: { typ: 'application/AT+JWT' } },
  'aud: ours among others': { claims: { aud: ['other', 'gatehouse'] } },
  'sub: as long as may be': { claims: { sub: 'a'.repeat(255) } },
  'exp: nearly too far off': { claims: { exp: now + 365 * 86_400 - 60 } },
  'nbf: past': { claims: { nbf: now - 1 } },
  'nulls in the place of what is absent': {
    claims: { jti: null, org_id: null, email: null, permissions: null, metadata: null, nbf: null },
  },
  'a colon in a text': { claims: { name: 'say: "a":"b"', metadata: { 'k:\\"': ':' } } },
  'nearly 8 KiB': { claims: { metadata: { fill: 'x'.repeat(5_900) } } },
};

/** A segment in other letters: the last of them may have bits that stand for nothing. */
function sameBytes(segment: string): string[] {
  const bytes = Buffer.from(segment, 'base64url');
  return Array.from(BASE64URL, (last) => segment.slice(0, -1) + last).filter(
    (other) => other !== segment && Buffer.from(other, 'base64url').equals(bytes),
  );
}

function signed(header: string, claims: string): string {
  const mac = createHmac('sha256', SECRET).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${mac}`;
}

describe.each(PLATFORMS)('what is checked of a token on %s', (platform) => {
  let url: string;

  const answerTo = (token: string) => call(`${url}/open`, { token });

  beforeAll(async () => {
    const booted = await boot(platform, { controllers: [DoorController] });
    url = booted.url;
  });
  afterAll(closeAll);

  it.each(Object.entries(FAULTS))('%s', async (_name, forgery) => {
    const token = forgeToken(forgery);
    for (let i = 0; i < 2; i += 1)
      expect(await answerTo(token)).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
  });

  it.each(Object.entries(GOOD))('good: %s', async (_name, forgery) => {
    expect(await answerTo(forgeToken(forgery))).toMatchObject({ status: 200 });
  });

  it('a token is written in one way only: its header and claims', async () => {
    const [header, claims] = forgeToken({ rawHeader: `${HEADER} `, rawClaims: `${CLAIMS} ` }).split('.');
    expect(await answerTo(signed(header!, claims!))).toMatchObject({ status: 200 });
    for (const [i, segment] of [header!, claims!].entries()) {
      const others = sameBytes(segment);
      expect(others).not.toHaveLength(0);
      for (const other of others)
        expect((await answerTo(i === 0 ? signed(other, claims!) : signed(header!, other))).status).toBe(401);
    }
  });

  it('a token is written in one way only: its signature, and what is around it', async () => {
    const token = forgeToken();
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const others = sameBytes(signature).map((other) => `${header}.${claims}.${other}`);
    expect(others).toHaveLength(3);
    others.push(`${token}=`, `${token}.`, `${token}.e30`, `${header}.${claims}.`, `.${token}`);
    for (const other of others) expect((await answerTo(other)).status).toBe(401);
    expect(await answerTo(token)).toMatchObject({ status: 200 });
  });
});

describe.each(PLATFORMS)('what is checked of a token if the options say so on %s', (platform) => {
  afterAll(closeAll);

  it('the kid of the one key; the type, issuer and audiences that are accepted', async () => {
    const { url } = await boot(platform, {
      controllers: [DoorController],
      auth: {
        jwt: { keyId: '2026', issuer: 'contextiq', audience: ['one', 'two'], acceptedTypes: ['JWT'] },
      },
    });
    const good: Forgery = { header: { kid: '2026', typ: 'JWT' }, claims: { iss: 'contextiq', aud: 'two' } };
    const statusOf = async (forgery: Forgery): Promise<number> =>
      (await call(`${url}/open`, { token: forgeToken(forgery) })).status;
    expect(await statusOf(good)).toBe(200);
    expect(await statusOf({ ...good, header: { kid: '2025', typ: 'JWT' } })).toBe(401);
    expect(await statusOf({ ...good, header: { kid: '2026', typ: 'JWE' } })).toBe(401);
    expect(await statusOf({ ...good, claims: { iss: 'contextiq', aud: 'three' } })).toBe(401);
    expect(await statusOf({ ...good, claims: { aud: 'two' } })).toBe(401);
  });

  it('of a key pair: its signature is written in one way only', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { app, url } = await boot(platform, {
      controllers: [DoorController],
      auth: { jwt: { secret: undefined, privateKey, algorithm: 'RS256' } },
    });
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    expect(await call(`${url}/open`, { token })).toMatchObject({ status: 200 });
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const others = sameBytes(signature);
    expect(others).toHaveLength(15);
    for (const other of others)
      expect(await call(`${url}/open`, { token: `${header}.${claims}.${other}` })).toMatchObject({
        status: 401,
      });
  });

  it('audience: false takes tokens without one, as the predecessor made them', async () => {
    const { url } = await boot(platform, {
      controllers: [DoorController],
      auth: { jwt: { audience: false } },
    });
    const token = forgeToken({ claims: { aud: undefined } });
    expect(await call(`${url}/open`, { token })).toMatchObject({ status: 200 });
  });

  it('a tolerance for clocks, and not a second more', async () => {
    const { url } = await boot(platform, {
      controllers: [DoorController],
      auth: { jwt: { clockTolerance: 60 } },
    });
    const codeFor = async (claims: object): Promise<unknown> =>
      (await call(`${url}/open`, { token: forgeToken({ claims: { ...claims } }) })).body;
    const seconds = Math.floor(Date.now() / 1_000);
    expect(await codeFor({ exp: seconds - 30 })).toMatchObject({ userId: 'ada' });
    expect(await codeFor({ exp: seconds - 61 })).toMatchObject({ code: 'token_expired' });
    expect(await codeFor({ nbf: seconds + 30, iat: seconds + 30 })).toMatchObject({ userId: 'ada' });
    expect(await codeFor({ nbf: seconds + 90 })).toMatchObject({ code: 'credentials_invalid' });
    expect(await codeFor({ iat: seconds + 90 })).toMatchObject({ code: 'credentials_invalid' });
  });
});
