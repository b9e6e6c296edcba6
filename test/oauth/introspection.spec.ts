import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock, SessionService } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { generateApiKey } from '../../libs/auth/src/api-keys/api-key.format.js';
import { generateClientSecret } from '../../libs/auth/src/oauth/client-secret.js';
import { newCode } from '../../libs/auth/src/oauth/login-secrets.js';
import { generateRefreshToken } from '../../libs/auth/src/sessions/refresh-token.format.js';
import { BAD_KEY_SETS } from '../faults/support/bad-key-sets.mjs';
import { call, statusOf } from '../support/call.js';
import { issuerKey, sendJson, startIssuer, type ExternalIssuer } from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

type Json = Readonly<Record<string, unknown>>;

interface Question {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

describe.each(PLATFORMS)('opaque tokens on %s', (platform) => {
  let url: string;
  let sessions: SessionService;
  let issuer: ExternalIssuer;
  let clock: ManualClock;
  let questions: Question[];
  let answer: unknown;

  beforeEach(async () => {
    questions = [];
    clock = new ManualClock();
    issuer = await startIssuer('', [(await issuerKey()).jwk]);
    issuer.metadata = { ...issuer.metadata, introspection_endpoint: `${issuer.issuer}/introspect` };
    issuer.handlers.set('/introspect', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, headers } = request;
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      questions.push({
        method,
        authorization: headers.authorization,
        contentType: headers['content-type'],
        form,
      });
      sendJson(response, answer);
    });
    const { app, url: base } = await boot(platform, {
      auth: {
        trustedIssuers: [
          {
            issuer: issuer.issuer,
            audience: 'api',
            introspection: { clientId: 'a:b c', clientSecret: 'ü%+', cacheFor: 30 },
          },
        ],
      },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    url = base;
    sessions = app.get(SessionService);
    answer = active();
  });
  afterEach(async () => {
    await closeAll();
    await issuer.close();
  });

  const active = (claims: Json = {}): Json => ({
    active: true,
    token_type: 'Bearer',
    sub: 'ada',
    scope: 'note:read',
    client_id: 'web',
    ...claims,
  });
  const me = (token: string): Promise<number> => statusOf(`${url}/auth/me`, { token });

  it('are asked about as RFC 7662 says, by a client whose name and secret are encoded first (RFC 6749)', async () => {
    const { body } = await call(`${url}/auth/me`, { token: 'opaque-1' });
    expect(body).toMatchObject({
      userId: `${issuer.issuer}#ada`,
      provider: 'jwt',
      permissions: ['note:read'],
    });
    expect(JSON.stringify(body)).not.toContain('opaque-1');
    expect(questions).toEqual([
      {
        method: 'POST',
        authorization: `Basic ${Buffer.from('a%3Ab+c:%C3%BC%25%2B').toString('base64')}`,
        contentType: expect.stringContaining('application/x-www-form-urlencoded'),
        form: { token: 'opaque-1', token_type_hint: 'access_token' },
      },
    ]);
  });

  it('are asked about once, by everybody, and again when the answer is old', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => me('opaque')));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(questions).toHaveLength(1);
    clock.advance(29);
    await me('opaque');
    expect(questions).toHaveLength(1);
    answer = { active: false };
    clock.advance(1);
    expect(await me('opaque')).toBe(401);
    expect(questions).toHaveLength(2);
  });

  it('are forgotten when they are over, however young the answer is', async () => {
    answer = active({ exp: clock.now() / 1_000 + 10 });
    expect(await me('opaque')).toBe(200);
    clock.advance(10);
    expect(await me('opaque')).toBe(401);
  });

  it('of a program without a subject are those of the program', async () => {
    answer = active({ sub: undefined });
    expect((await call(`${url}/auth/me`, { token: 'opaque' })).body).toMatchObject({
      userId: `${issuer.issuer}#web`,
      provider: 'service',
    });
  });

  it.each<[string, Json]>([
    ['is not active', { active: false }],
    ['is of another issuer', { iss: 'https://other.example.com' }],
    ['is for another audience', { aud: 'other' }],
    ['is over', { exp: 1 }],
    ['is not valid yet', { nbf: 9_999_999_999 }],
    ['is from the future', { iat: 9_999_999_999 }],
    ['has no subject and no client', { sub: undefined, client_id: undefined }],
    ['is of a person without a subject', { sub: undefined, username: 'ada' }],
    ['has a subject that is no text', { sub: 5 }],
    ['has no type, as a refresh token', { token_type: undefined }],
    ['is bound to a key', { token_type: 'DPoP' }],
    ['is bound to a certificate', { cnf: { 'x5t#S256': 'a' } }],
    ['says that it is a refresh token', { token_use: 'refresh_token' }],
  ])('are refused when the issuer says that it %s', async (_what, claims) => {
    answer = active(claims);
    expect(await me('opaque')).toBe(401);
    answer = active();
    expect(await me('opaque-2')).toBe(200);
  });

  it.each<[string, unknown]>([
    ['nothing of it', {}],
    ['true as text', { active: 'true' }],
    ['a list', [{ active: true }]],
    ['null', null],
  ])('are an outage when the issuer says %s', async (_what, said) => {
    answer = said;
    const { status, headers, body } = await call(`${url}/auth/me`, { token: 'opaque' });
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(headers.get('retry-after')).toBe('1');
    answer = active();
    expect(await me('opaque')).toBe(200);
  });

  it.each(['down', 'an error of 500', 'html', '64 MiB', 'redirecting'])(
    'are an outage when the endpoint is or has: %s',
    async (name) => {
      const known = { jwk: {}, strangers: { jwk: {}, privateJwk: {} } };
      issuer.handlers.set('/introspect', (request, response) =>
        BAD_KEY_SETS[name]!(request, response, known),
      );
      expect(await me('opaque')).toBe(503);
      expect(issuer.requests).not.toContain('/good');
    },
  );

  it('are no reason to wait for ever: more than 100 questions at a time are refused', async () => {
    issuer.handlers.set('/introspect', BAD_KEY_SETS.hanging as never);
    const all = Array.from({ length: 150 }, (_, i) => me(`opaque-${i}`));
    expect(new Set(await Promise.all(all))).toEqual(new Set([503]));
    expect(issuer.requests.filter((path) => path === '/introspect').length).toBeLessThanOrEqual(100);
  });

  it('make the metadata be read once, however many come first', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => me(`opaque-${i}`)));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(issuer.requests.filter((path) => path.startsWith('/.well-known/'))).toHaveLength(1);
  });

  it('are none of the issuer’s business when they are credentials of the application', async () => {
    const ours = [
      generateRefreshToken(),
      generateApiKey('ck'),
      generateClientSecret(),
      newCode(),
      `ck_${'a'.repeat(43)}`,
    ];
    for (const credential of ours) expect(await me(credential)).toBe(401);
    expect(questions).toEqual([]);
  });

  it('that nobody ends are over when their revocation would be forgotten', async () => {
    answer = active({ iat: clock.now() / 1_000 });
    expect(await me('opaque')).toBe(200);
    expect(await statusOf(`${url}/auth/logout`, { method: 'POST', token: 'opaque' })).toBe(204);
    clock.advance(365 * 86_400);
    expect(await me('opaque')).toBe(401);
    expect(await me('opaque-2')).toBe(401);
  });

  it('that are too long are not asked about', async () => {
    expect(await me('a'.repeat(8_193))).toBe(401);
    expect(questions).toEqual([]);
  });

  it('are refused after their logout, for as long as they could be good', async () => {
    expect(await me('opaque')).toBe(200);
    expect(await statusOf(`${url}/auth/logout`, { method: 'POST', token: 'opaque' })).toBe(204);
    expect(await me('opaque')).toBe(401);
    clock.advance(3_600);
    expect(await me('opaque')).toBe(401);
    expect(await me('opaque-2')).toBe(200);
  });

  it('are refused when everything of their subject is', async () => {
    answer = active({ iat: clock.now() / 1_000 - 5 });
    expect(await me('opaque')).toBe(200);
    await sessions.closeAll(`${issuer.issuer}#ada`);
    expect(await me('opaque')).toBe(401);
    expect(await me('opaque-2')).toBe(401);
  });

  it('are no JWTs: those are not asked about', async () => {
    for (const token of ['a.b.c', `${'a'.repeat(10)}.e30.AA`]) expect(await me(token)).toBe(401);
    expect(questions).toEqual([]);
    expect(await me('a.b')).toBe(200);
  });
});
