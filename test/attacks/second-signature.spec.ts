import { generateKeyPairSync } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CurrentUser, RevocationFeed } from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS } from '../support/platforms.js';
import { AUDIENCE, claims, compact, ecdsa, ISSUER } from './forge.js';

@Controller()
class AccountController {
  @Get('me')
  me(@CurrentUser('credentialId') id: string): string {
    return id;
  }
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Whoever holds an ECDSA signature (r, s) can write a second one, (r, n - s), for the same text. */
function withSecondSignature(token: string): string {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const bytes = Buffer.from(signature, 'base64url');
  const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  bytes.write(s.toString(16).padStart(64, '0'), 32, 'hex');
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

describe.each(PLATFORMS)('a token with a second signature on %s', (platform) => {
  afterEach(closeAll);

  it.each([['with a jti', 'one'] as const, ['without a jti', undefined] as const])(
    'is revoked with the first: %s',
    async (_name, jti) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { app, url } = await boot(platform, {
        auth: {
          jwt: { secret: undefined, privateKey, algorithm: 'ES256', issuer: ISSUER, audience: AUDIENCE },
        },
        controllers: [AccountController],
      });
      const first = compact({ alg: 'ES256', typ: 'at+jwt' }, claims({ jti }), ecdsa(privateKey));
      const second = withSecondSignature(first);
      const before = await call(`${url}/me`, { token: first });
      expect(before.status).toBe(200);
      expect(await call(`${url}/me`, { token: second })).toMatchObject({ status: 200, body: before.body });

      const id = before.body as string;
      await app.get(RevocationFeed).revoke({ kind: 'token', id, at: Date.now(), expiresAt: Infinity });
      expect((await call(`${url}/me`, { token: first })).status).toBe(401);
      expect((await call(`${url}/me`, { token: second })).status).toBe(401);
    },
  );
});
