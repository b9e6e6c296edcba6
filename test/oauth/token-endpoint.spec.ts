import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthEvents, Clock, type AuthEvent, type NewClient } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { rawRequest } from '../support/raw-http.js';
import { BASE_URL, bootServices, type ServicesApp } from './services.support.js';

const GRANT = { grant_type: 'client_credentials' };
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ENDPOINT = `${BASE_URL}/oauth/token`;

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2_048 });

function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An assertion, signed with ES256 unless the header says otherwise. */
function assertionOf(claims: object, header: object = {}, key = pair.privateKey): string {
  const signed = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`;
  const signature = signBytes('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

describe.each(PLATFORMS)('POST /oauth/token on %s', (platform) => {
  const clock = new ManualClock(Date.now());
  const events: AuthEvent[] = [];
  let app: ServicesApp;
  let plain: NewClient;
  let signing: NewClient;

  beforeAll(async () => {
    app = await bootServices(platform, {
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
      trustsProxies: true,
    });
    app.app.get(AuthEvents).subscribe((event) => events.push(event));
    plain = await app.makeClient();
    signing = await app.makeClient({ keys: [pair.publicKey.export({ format: 'jwk' })] });
  });
  afterAll(closeAll);

  /** Each from an address of its own: what fails is counted. */
  let address = 0;
  const from = (headers: Record<string, string> = {}): Record<string, string> => {
    address += 1;
    return { 'x-forwarded-for': `10.0.${address >> 8}.${address & 255}`, ...headers };
  };
  const secretIn = (fields: Record<string, string> = {}): Record<string, string> => ({
    ...GRANT,
    client_id: plain.client.clientId,
    client_secret: plain.secret!,
    ...fields,
  });

  let used = 0;
  const claims = (fields: object = {}): object => {
    const now = Math.floor(clock.now() / 1_000);
    const { clientId } = signing.client;
    used += 1;
    return {
      iss: clientId,
      sub: clientId,
      aud: ENDPOINT,
      jti: `jti-${used}`,
      iat: now,
      exp: now + 60,
      ...fields,
    };
  };
  const postAssertion = (assertion: string, fields: Record<string, string> = {}) =>
    app.post({ ...GRANT, client_assertion_type: ASSERTION, client_assertion: assertion, ...fields }, from());

  it('answers as RFC 6749 section 5.1 says', async () => {
    const answer = await app.post(secretIn(), from());
    expect(answer).toMatchObject({ status: 200 });
    expect(Object.keys(answer.body as object).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
  });

  it('takes form-encoded Basic credentials, and a client_id beside them that is the same', async () => {
    const { clientId } = plain.client;
    const encoded = `%${clientId.charCodeAt(0).toString(16)}${clientId.slice(1)}`;
    const answer = await app.post({ ...GRANT, client_id: clientId }, from(basic(encoded, plain.secret!)));
    expect(answer.status).toBe(200);
  });

  it('takes a parameter without a value for one that was left out', async () => {
    expect(await app.post(secretIn({ scope: '', client_assertion: '' }), from())).toMatchObject({
      status: 200,
    });
  });

  it.each<[string, () => Record<string, string> | string, () => Record<string, string>, number, string]>([
    ['no grant', () => ({ client_id: 'a', client_secret: 'b' }), from, 400, 'invalid_request'],
    ['another grant', () => secretIn({ grant_type: 'password' }), from, 400, 'unsupported_grant_type'],
    [
      'a doubled parameter',
      () => `${new URLSearchParams(secretIn())}&scope=a&scope=b`,
      from,
      400,
      'invalid_request',
    ],
    [
      'a doubled secret',
      () => `${new URLSearchParams(secretIn())}&client_secret=x`,
      from,
      400,
      'invalid_request',
    ],
    [
      'a secret and Basic',
      () => secretIn(),
      () => from(basic(plain.client.clientId, plain.secret!)),
      400,
      'invalid_request',
    ],
    [
      'a secret and an assertion',
      () => secretIn({ client_assertion_type: ASSERTION, client_assertion: assertionOf(claims()) }),
      from,
      400,
      'invalid_request',
    ],
    [
      'Basic of one client and the client_id of another',
      () => ({ ...GRANT, client_id: signing.client.clientId }),
      () => from(basic(plain.client.clientId, plain.secret!)),
      400,
      'invalid_request',
    ],
    [
      'Basic that is no base64',
      () => GRANT,
      () => from({ authorization: 'Basic a_b*' }),
      400,
      'invalid_request',
    ],
    [
      'Basic without a colon',
      () => GRANT,
      () => from({ authorization: 'Basic YWJj' }),
      400,
      'invalid_request',
    ],
    ['Basic with a half escape', () => GRANT, () => from(basic('%4', 'a')), 400, 'invalid_request'],
    [
      'an assertion without its type',
      () => ({ ...GRANT, client_assertion: 'a.b.c' }),
      from,
      400,
      'invalid_request',
    ],
    ['nobody', () => GRANT, from, 401, 'invalid_client'],
    ['an id alone', () => ({ ...GRANT, client_id: plain.client.clientId }), from, 401, 'invalid_client'],
    ['another scheme', () => GRANT, () => from({ authorization: 'Bearer abc' }), 401, 'invalid_client'],
    ['a wrong secret', () => secretIn({ client_secret: 'cs_wrong' }), from, 401, 'invalid_client'],
    [
      'a wrong secret by Basic',
      () => GRANT,
      () => from(basic(plain.client.clientId, 'x')),
      401,
      'invalid_client',
    ],
    ['an unknown client', () => secretIn({ client_id: 'nobody' }), from, 401, 'invalid_client'],
    ['an id with a zero byte', () => secretIn({ client_id: 'a\0b' }), from, 401, 'invalid_client'],
    ['a long id', () => secretIn({ client_id: 'a'.repeat(300) }), from, 401, 'invalid_client'],
    [
      'a secret of a client that signs',
      () => secretIn({ client_id: signing.client.clientId }),
      from,
      401,
      'invalid_client',
    ],
    [
      'another type of assertion',
      () => ({ ...GRANT, client_assertion_type: 'saml', client_assertion: 'a' }),
      from,
      401,
      'invalid_client',
    ],
    [
      'a malformed scope',
      () => secretIn({ scope: 'memory:read  memory:create' }),
      from,
      400,
      'invalid_scope',
    ],
    ['a wider scope', () => secretIn({ scope: 'memory:read admin:read' }), from, 400, 'invalid_scope'],
    ['an unknown scope', () => secretIn({ scope: 'memory:erase' }), from, 400, 'invalid_scope'],
  ])('refuses %s', async (_what, parameters, headers, status, error) => {
    const answer = await app.post(parameters(), headers());
    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    expect(Object.keys(answer.body as object)).toHaveLength(2);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('www-authenticate')).toBe(
      status === 401 ? 'Basic realm="api", charset="UTF-8"' : null,
    );
  });

  it('says the same of an unknown client as of a wrong secret', async () => {
    const [one, other] = [
      await app.post(secretIn({ client_secret: 'wrong' }), from()),
      await app.post(secretIn({ client_id: 'nobody' }), from()),
    ];
    expect(one.body).toEqual(other.body);
  });

  it('takes a form and nothing else', async () => {
    const url = `${app.url}/oauth/token`;
    const json = await call(url, { method: 'POST', body: secretIn(), headers: from() });
    expect(json).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await call(url, { method: 'POST', headers: from() })).status).toBe(400);
    expect((await call(`${url}?${new URLSearchParams(secretIn())}`, { headers: from() })).status).toBe(404);
    const inQuery = await call(`${url}?${new URLSearchParams(secretIn())}`, {
      method: 'POST',
      headers: from(),
      body: new URLSearchParams(GRANT),
    });
    expect(inQuery).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('refuses two Authorization headers', async () => {
    const { authorization } = basic(plain.client.clientId, plain.secret!);
    const body = String(new URLSearchParams(GRANT));
    const head = [
      'POST /oauth/token HTTP/1.1',
      'Host: x',
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `Authorization: ${authorization!}`,
      `Authorization: ${authorization!}`,
      '',
      body,
    ];
    const answer = await rawRequest(app.url, head.join('\r\n'));
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('invalid_request') });
  });

  it.each<[string, () => string]>([
    ['the token endpoint', () => assertionOf(claims())],
    ['the issuer', () => assertionOf(claims({ aud: BASE_URL }))],
    ['both', () => assertionOf(claims({ aud: [BASE_URL, ENDPOINT] }))],
    ['the token endpoint, typed', () => assertionOf(claims(), { typ: 'client-authentication+jwt' })],
  ])('takes an assertion for %s', async (_what, make) => {
    expect(await postAssertion(make(), { client_id: signing.client.clientId })).toMatchObject({
      status: 200,
    });
  });

  it.each<[string, () => string]>([
    ['for another audience', () => assertionOf(claims({ aud: 'https://other.example.com' }))],
    ['for this and others', () => assertionOf(claims({ aud: [ENDPOINT, 'https://other.example.com'] }))],
    ['for an empty list', () => assertionOf(claims({ aud: [] }))],
    ['for this and something that is no text', () => assertionOf(claims({ aud: [ENDPOINT, 1] }))],
    ['for nobody', () => assertionOf(claims({ aud: undefined }))],
    ['that has expired', () => assertionOf(claims({ exp: Math.floor(clock.now() / 1_000) }))],
    ['that never expires', () => assertionOf(claims({ exp: undefined }))],
    ['that is good for a day', () => assertionOf(claims({ exp: Math.floor(clock.now() / 1_000) + 86_400 }))],
    ['that is not good yet', () => assertionOf(claims({ nbf: Math.floor(clock.now() / 1_000) + 120 }))],
    ['of the future', () => assertionOf(claims({ iat: Math.floor(clock.now() / 1_000) + 120 }))],
    ['without a jti', () => assertionOf(claims({ jti: undefined }))],
    ['with a long jti', () => assertionOf(claims({ jti: 'j'.repeat(256) }))],
    ['of another issuer', () => assertionOf(claims({ iss: plain.client.clientId }))],
    [
      'of a client with a secret',
      () => assertionOf(claims({ iss: plain.client.clientId, sub: plain.client.clientId })),
    ],
    ['of an unknown client', () => assertionOf(claims({ iss: 'nobody', sub: 'nobody' }))],
    ['with the key of somebody else', () => assertionOf(claims(), {}, otherPair.privateKey)],
    ['of a type that is for others', () => assertionOf(claims(), { typ: 'at+jwt' })],
    ['with the alg of another key', () => assertionOf(claims(), { alg: 'ES384' })],
    ['with alg none', () => `${encode({ alg: 'none' })}.${encode(claims())}.AA`],
    ['without a signature', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    [
      'with a key in its header',
      () =>
        assertionOf(claims(), { jwk: otherPair.publicKey.export({ format: 'jwk' }) }, otherPair.privateKey),
    ],
    [
      'that was changed',
      () => {
        const [header, , signature] = assertionOf(claims()).split('.');
        return `${header}.${encode(claims())}.${signature}`;
      },
    ],
    ['that is none', () => 'abc'],
  ])('refuses an assertion %s', async (_what, make) => {
    expect(await postAssertion(make())).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each(['RS256', 'PS256'])(
    'takes no signature by another algorithm of its RSA key than %s',
    async (alg) => {
      const { clientId } = (
        await app.makeClient({ keys: [{ ...rsaPair.publicKey.export({ format: 'jwk' }), alg } as never] })
      ).client;
      const make = (header: string): string => {
        const signed = `${encode({ alg: header })}.${encode(claims({ iss: clientId, sub: clientId }))}`;
        const padding = header === 'RS256' ? 1 : 6;
        const key = { key: rsaPair.privateKey, padding, ...(padding === 6 && { saltLength: 32 }) };
        return `${signed}.${signBytes('sha256', Buffer.from(signed), key).toString('base64url')}`;
      };
      const other = alg === 'RS256' ? 'PS256' : 'RS256';
      expect(await postAssertion(make(alg))).toMatchObject({ status: 200 });
      expect(await postAssertion(make(other))).toMatchObject({ status: 401 });
    },
  );

  it('refuses an HS assertion with the secret, and with the public key', async () => {
    for (const [{ clientId }, key] of [
      [plain.client, plain.secret!],
      [signing.client, pair.publicKey.export({ format: 'pem', type: 'spki' }) as string],
    ] as const) {
      const signed = `${encode({ alg: 'HS256' })}.${encode(claims({ iss: clientId, sub: clientId }))}`;
      const assertion = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
      expect(await postAssertion(assertion)).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
    }
  });

  it('takes an assertion once, of many that come at the same moment', async () => {
    const assertion = assertionOf(claims());
    const answers = await Promise.all(Array.from({ length: 10 }, () => postAssertion(assertion)));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 401),
    ]);
  });

  it('refuses a client_id that is not that of the assertion, even of a client with the same key', async () => {
    const twin = await app.makeClient({ keys: [pair.publicKey.export({ format: 'jwk' })] });
    for (const { clientId } of [plain.client, twin.client]) {
      const answer = await postAssertion(assertionOf(claims()), { client_id: clientId });
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
  });

  it('stops a client and a source after too many failures, and nobody else', async () => {
    const { client, secret } = await app.makeClient();
    const mine = from();
    const ask = (clientSecret: string, headers = mine) =>
      app.post({ ...GRANT, client_id: client.clientId, client_secret: clientSecret }, headers);
    for (let i = 0; i < 20; i += 1) expect((await ask('wrong')).status).toBe(401);
    const limited = await ask('wrong');
    expect(limited).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({ type: 'client.limited', target: 'client' });
    expect((await ask('wrong', from())).status).toBe(401);
    // Nobody is kept out by what others tried.
    expect((await ask(secret!)).status).toBe(200);
    expect((await app.post(secretIn(), mine)).status).toBe(200);
  });

  it('stops a source that tries many clients', async () => {
    const mine = from();
    for (let i = 0; i < 100; i += 1)
      expect((await app.post(secretIn({ client_id: `client-${i}` }), mine)).status).toBe(401);
    expect((await app.post(secretIn({ client_id: 'client-100' }), mine)).status).toBe(429);
    expect((await app.post(secretIn({ client_id: 'client-100' }), from())).status).toBe(401);
    expect((await app.post(secretIn(), mine)).status).toBe(200);
  });

  it('counts no success', async () => {
    const mine = from();
    const answers = await Promise.all(Array.from({ length: 150 }, () => app.post(secretIn(), mine)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('says in events what happens, and holds no secret in them', async () => {
    events.length = 0;
    const headers = from({ 'x-request-id': 'r1' });
    await app.post(secretIn(), headers);
    await app.post(secretIn({ client_secret: 'wrong-secret' }), headers);
    await app.post(secretIn({ client_id: 'wrong-id' }), headers);
    const { clientId } = plain.client;
    expect(events).toMatchObject([
      { type: 'client.authenticated', target: clientId, requestId: 'r1' },
      { type: 'client.refused', target: clientId, reason: 'the secret is wrong' },
      { type: 'client.refused', target: undefined, reason: 'no client has the id' },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/wrong-secret|wrong-id|cs_/);
  });
});
