import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock, TokenService } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { BAD_KEY_SETS } from '../faults/support/bad-key-sets.mjs';
import { call, statusOf } from '../support/call.js';
import {
  issuerKey,
  signToken,
  startIssuer,
  type ExternalIssuer,
  type IssuerKey,
} from '../support/external-issuer.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';

describe.each(PLATFORMS)('an issuer whose keys cannot be fetched, on %s', (platform) => {
  let url: string;
  let tokens: TokenService;
  let issuer: ExternalIssuer;
  let clock: ManualClock;
  let key: IssuerKey;
  let strangers: IssuerKey;

  beforeAll(async () => {
    [key, strangers] = await Promise.all([issuerKey(), issuerKey('ES256', 'three')]);
  });
  beforeEach(async () => {
    issuer = await startIssuer('', [key.jwk]);
    clock = new ManualClock();
    const { app, url: base } = await boot(platform, {
      auth: { trustedIssuers: [{ issuer: issuer.issuer, audience: 'api' }], identityCache: false },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    url = base;
    tokens = app.get(TokenService);
  });
  afterEach(async () => {
    await closeAll();
    await issuer.close();
  });

  const token = (claims: object = {}): Promise<string> =>
    signToken(issuer.issuer, key, { exp: clock.now() / 1_000 + 7_200, ...claims }, {}, clock.now() / 1_000);
  const me = async (claims?: object): Promise<number> =>
    statusOf(`${url}/auth/me`, { token: await token(claims) });
  const own = (): Promise<number> =>
    statusOf(`${url}/auth/me`, { token: tokens.createAccessToken({ userId: 'u', permissions: [] }) });
  function serve(name: string): void {
    issuer.handlers.set('/jwks', (request, response) =>
      BAD_KEY_SETS[name]!(request, response, { jwk: key.jwk, strangers }),
    );
  }

  it('down at boot: the application starts, its own tokens are good, and those of the issuer are when it is up', async () => {
    issuer.handlers.set('/.well-known/openid-configuration', BAD_KEY_SETS.down as never);
    const { status, headers, body } = await call(`${url}/auth/me`, { token: await token() });
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(headers.get('retry-after')).toBe('30');
    expect(headers.get('www-authenticate')).toBeNull();
    expect(await own()).toBe(200);
    issuer.handlers.clear();
    clock.advance(30);
    expect(await me()).toBe(200);
    expect(await own()).toBe(200);
  });

  it('after they were: tokens are good for an hour', async () => {
    expect(await me()).toBe(200);
    serve('an error of 500');
    clock.advance(3_599);
    expect(await me()).toBe(200);
    clock.advance(1);
    expect(await me()).toBe(503);
    expect(await own()).toBe(200);
  });

  it('for the first time: 200 requests make one fetch', async () => {
    const all = await Promise.all(Array.from({ length: 200 }, (_, i) => me({ jti: `j${i}`, sub: `s${i}` })));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(issuer.fetches()).toBe(1);
  });

  it('because nobody knows them: 300 forged ones cost one fetch', async () => {
    expect(await me()).toBe(200);
    const forged = await Promise.all(
      Array.from({ length: 300 }, async (_, i) =>
        signToken(issuer.issuer, strangers, {}, { kid: `forged-${i}` }, clock.now() / 1_000),
      ),
    );
    const all = await Promise.all(forged.map((one) => statusOf(`${url}/auth/me`, { token: one })));
    expect(new Set(all)).toEqual(new Set([401]));
    expect(issuer.fetches()).toBe(2);
  });
});

const running: ExternalIssuer[] = [];

/** Ends with the test, whatever becomes of it. */
async function issuerOf(...keys: IssuerKey[]): Promise<ExternalIssuer> {
  const issuer = await startIssuer(
    '',
    keys.map(({ jwk }) => jwk),
  );
  running.push(issuer);
  return issuer;
}

async function endAll(): Promise<void> {
  await closeAll();
  await Promise.all(running.splice(0).map((issuer) => issuer.close()));
}

describe.each(PLATFORMS)('endpoints of keys on %s', (platform) => {
  afterEach(endAll);

  it('may answer whatever they like: 503, and own tokens are good', async () => {
    const [key, strangers] = await Promise.all([issuerKey(), issuerKey('ES256', 'three')]);
    const issuers = await Promise.all(
      Object.values(BAD_KEY_SETS).map(async (answer) => {
        const issuer = await issuerOf();
        issuer.handlers.set('/jwks', (request, response) =>
          answer(request, response, { jwk: key.jwk, strangers }),
        );
        return issuer;
      }),
    );
    const { app, url } = await boot(platform, {
      auth: { trustedIssuers: issuers.map(({ issuer }) => ({ issuer, audience: 'api' })) },
    });
    const me = (token: string): Promise<number> => statusOf(`${url}/auth/me`, { token });
    const own = app.get(TokenService).createAccessToken({ userId: 'u', permissions: [] });
    const said = await Promise.all(
      issuers.map(async (issuer) => {
        const two = [await issuer.token(key), await issuer.token(key, { sub: 'bob' }), own];
        return [await Promise.all(two.map(me)), issuer.fetches(), issuer.requests.includes('/good')];
      }),
    );
    expect(Object.fromEntries(Object.keys(BAD_KEY_SETS).map((name, i) => [name, said[i]]))).toEqual(
      Object.fromEntries(Object.keys(BAD_KEY_SETS).map((name) => [name, [[503, 503, 200], 1, false]])),
    );
  });
});

describe('an identity that is remembered', () => {
  afterEach(endAll);

  it('is verified again when the keys are old: a key that was withdrawn is refused after 10 minutes', async () => {
    const [key, next] = await Promise.all([issuerKey('ES256', 'one'), issuerKey('ES256', 'two')]);
    const issuer = await issuerOf(key);
    const clock = new ManualClock();
    const { url } = await boot('fastify', {
      auth: { trustedIssuers: [{ issuer: issuer.issuer, audience: 'api' }] },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    const now = clock.now() / 1_000;
    const token = await signToken(issuer.issuer, key, { exp: now + 7_200 }, {}, now);
    const me = (): Promise<number> => statusOf(`${url}/auth/me`, { token });
    expect(await me()).toBe(200);
    issuer.keys = [next.jwk];
    clock.advance(599);
    expect(await me()).toBe(200);
    expect(issuer.fetches()).toBe(1);
    clock.advance(1);
    expect(await me()).toBe(401);
  });
});
