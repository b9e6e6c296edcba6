import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, ClientService } from 'nestjs-gatehouse';

import { issuerKey, startIssuer, type ExternalIssuer, type IssuerKey } from '../support/external-issuer.js';
import { call } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, type People } from '../users/accounts.support.js';

/** Everything that is handed out here, and what trusted issuers hand out beside access tokens. */
const KINDS = [
  'access token',
  'service token',
  'ID token',
  'refresh token',
  'API key',
  'password reset',
  'verification of an address',
  'invitation',
  'client secret',
] as const;
type Kind = (typeof KINDS)[number];

/** Where each is good; an ID token is good nowhere. */
const PLACES = {
  'a bearer token': ['access token', 'service token'],
  'an API key': ['API key'],
  'a refresh token': ['refresh token'],
  'a token of a password reset': ['password reset'],
  'a token of an address': ['verification of an address'],
  'a token of an invitation': ['invitation'],
  "a client's secret": ['client secret'],
} as const satisfies Record<string, readonly Kind[]>;
type Place = keyof typeof PLACES;

describe.each(PLATFORMS)('kinds of tokens on %s (A17)', (platform) => {
  let people: People;
  let issuer: ExternalIssuer;
  let key: IssuerKey;
  let clientId: string;
  let made = 0;

  beforeAll(async () => {
    key = await issuerKey();
    issuer = await startIssuer('', [key.jwk]);
    people = await bootPeople(platform, {
      services: { baseUrl: 'https://api.example.com' },
      trustedIssuers: [{ issuer: issuer.issuer, audience: 'api', acceptedTypes: ['JWT'] }],
    });
  });
  afterAll(async () => {
    await closeAll();
    await issuer.close();
  });

  const secretOf = async (): Promise<string> => {
    const { client, secret } = await people.app
      .get(ClientService)
      .create({ name: 'worker', permissions: [] });
    ({ clientId } = client);
    return secret!;
  };
  const askForToken = (secret: string) =>
    call(`${people.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
      }),
    });
  /** @param more what makes an ID token of it. */
  const foreign = (more: Record<string, unknown>): Promise<string> => {
    const now = Math.floor(people.clock.now() / 1_000);
    return issuer.token(key, { iat: now, exp: now + 600, ...more }, { typ: 'JWT' });
  };

  /** A new one of each kind, as its owner gets it. */
  const make: Record<Kind, () => Promise<string>> = {
    'access token': async () => (await people.login((await addUser()).email)).accessToken,
    'service token': async () => {
      const { body } = await askForToken(await secretOf());
      return (body as { access_token: string }).access_token;
    },
    'ID token': () => foreign({ nonce: 'n', client_id: undefined }),
    'refresh token': async () => (await people.login((await addUser()).email)).refreshToken,
    'API key': async () => {
      const { userId } = await addUser();
      return (await people.app.get(ApiKeyService).create({ name: 'k', userId })).key;
    },
    'password reset': async () => {
      await people.ask('POST', '/password/forgot', { body: { email: (await addUser()).email } });
      return people.mailbox.nextToken();
    },
    'verification of an address': async () => {
      const { email } = await addUser(false);
      await people.ask('POST', '/email/send-verification', { body: { email } });
      return people.mailbox.nextToken();
    },
    invitation: async () => {
      const admin = await people.add(`boss${(made += 1)}@example.com`, { roles: ['administrator'] });
      const { accessToken: token } = await people.login(admin.email);
      const body = { email: `guest${made}@example.com` };
      expect((await people.ask('POST', '/invitations', { token, body })).status).toBe(201);
      return people.mailbox.nextToken();
    },
    'client secret': secretOf,
  };
  const addUser = (isEmailVerified = true) =>
    people.add(`person${(made += 1)}@example.com`, { isEmailVerified });

  /** Presents anything in one place. */
  const present: Record<Place, (token: string) => Promise<{ readonly status: number }>> = {
    'a bearer token': (token) => people.ask('GET', '/me', { token }),
    'an API key': (apiKey) => people.ask('GET', '/me', { apiKey }),
    'a refresh token': (refreshToken) => people.ask('POST', '/refresh', { body: { refreshToken } }),
    'a token of a password reset': (token) =>
      people.ask('POST', '/password/reset', { body: { token, password: NEW_PASSWORD } }),
    'a token of an address': (token) => people.ask('POST', '/email/verify', { body: { token } }),
    'a token of an invitation': (token) =>
      people.ask('POST', '/invitations/accept', { body: { token, password: NEW_PASSWORD } }),
    "a client's secret": askForToken,
  };
  const places = Object.keys(PLACES) as Place[];

  it.each(KINDS.flatMap((kind) => places.map((place) => [kind, place] as const)))(
    '%s as %s',
    async (kind, place) => {
      const token = await make[kind]();
      // Whoever asks for a token names a client that is there.
      if (place === "a client's secret" && kind !== 'client secret') await secretOf();
      const { status } = await present[place](token);
      const isRight = (PLACES[place] as readonly Kind[]).includes(kind);
      expect([200, 204].includes(status)).toBe(isRight);
      if (!isRight) expect([400, 401]).toContain(status);
      // It was good all the time, where it belongs: nothing else was the reason.
      const own = places.find((one) => (PLACES[one] as readonly Kind[]).includes(kind));
      if (!isRight && own !== undefined && own !== "a client's secret")
        expect([200, 204]).toContain((await present[own](token)).status);
    },
  );

  it('an access token of a trusted issuer is one, and an ID token of the same issuer and key is not', async () => {
    expect((await present['a bearer token'](await foreign({}))).status).toBe(200);
    expect((await present['a bearer token'](await foreign({ nonce: 'n' }))).status).toBe(401);
  });
});
