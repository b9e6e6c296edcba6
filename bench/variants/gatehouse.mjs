import { generateKeyPairSync } from 'node:crypto';

import { ApiKeyService, AuthModule, RevocationFeed, TokenService } from 'nestjs-gatehouse';

import { startApp } from '../harness/app.mjs';
import { CREDENTIALS, SECRET, bearer, person, tamper } from '../harness/tokens.mjs';

/** @returns {Promise<import('@nestjs/common').INestApplication>} an application behind Gatehouse. */
export function startGatehouse(platform, { auth, decorators } = {}) {
  return startApp(platform, {
    imports: [AuthModule.forRoot({ jwt: { secret: SECRET }, ...auth })],
    decorators,
  });
}

/** Everything that a variant with access tokens needs of its application. */
export function withTokens(app) {
  const tokens = app.get(TokenService);
  const make = (i) => tokens.createAccessToken(person(i));
  const doomed = make(CREDENTIALS);
  return {
    app,
    credentials: Array.from({ length: CREDENTIALS }, (_, i) => bearer(make(i))),
    tampered: bearer(tamper(make(0))),
    doomed: bearer(doomed),
    revoke: () =>
      app.get(RevocationFeed).revoke({
        kind: 'token',
        id: tokens.decode(doomed).claims.jti,
        at: Date.now(),
        expiresAt: Date.now() + 3_600_000,
      }),
  };
}

/** The same with API keys. */
export async function withApiKeys(app) {
  const apiKeys = app.get(ApiKeyService);
  const make = async (i) => {
    const { userId, orgId, permissions } = person(i);
    return apiKeys.create({ name: `key ${i}`, userId, orgId, permissions });
  };
  const headers = ({ key }) => ({ 'x-api-key': key });
  const doomed = await make(CREDENTIALS);
  const made = [];
  for (let i = 0; i < CREDENTIALS; i++) made.push(await make(i));
  return {
    app,
    credentials: made.map(headers),
    tampered: headers({ key: tamper(made[0].key) }),
    doomed: headers(doomed),
    revoke: () => apiKeys.revoke(doomed.apiKey.keyId),
  };
}

/** Options of `jwt` for each algorithm, with keys made for this process. */
export const JWT_OPTIONS = {
  HS256: () => ({ secret: SECRET }),
  RS256: () => ({ algorithm: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2_048 }) }),
  ES256: () => ({ algorithm: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }),
};
