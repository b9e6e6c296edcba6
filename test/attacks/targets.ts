import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import { Controller, Get, Logger, type INestApplication } from '@nestjs/common';
import {
  ApiKeyService,
  CurrentUser,
  OptionalAuth,
  RevocationFeed,
  RoleService,
  UserStore,
  type JwtAlgorithm,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { createApp } from '../../apps/demo/src/create-app.js';
import { boot, closeAll, SECRET, type Platform } from '../support/platforms.js';
import type { ServerName, Target } from './attack.js';
import { AUDIENCE, claims, compact, ecdsa, HEADER, hmac, ISSUER, rsa, rsaPss, type Signer } from './forge.js';
import { Canary, type Watch } from './watch.js';

/** The routes of the demo that take any credential, for servers that are not the demo. */
@Controller('api/v1')
class AccountController {
  @Get('me')
  me(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }

  @Get('greeting')
  @OptionalAuth()
  greeting(): string {
    return 'Hello';
  }
}

const ENVIRONMENT = {
  AUTH_JWT_SECRET_KEY: SECRET,
  AUTH_JWT_ISSUER: ISSUER,
  AUTH_JWT_AUDIENCE: AUDIENCE,
};

const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ecPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const PAIRS = { RS256: rsaPair, PS256: rsaPair, ES256: ecPair } as const;
/** `kid` of the tokens of the servers with key pairs. */
export const KEY_ID = 'key-2026';

export interface OpenTargets {
  readonly canary: Canary;
  url(server: ServerName): string;
  target(server: ServerName): Target;
  close(): Promise<void>;
}

/** Boots every server on one adapter. */
export async function openTargets(platform: Platform, watch: Watch): Promise<OpenTargets> {
  const canary = new Canary();
  const canaryUrl = await canary.open({ keys: [ecPair.publicKey.export({ format: 'jwk' })] });
  const demo = await bootDemo(platform, watch);
  const urls = new Map<ServerName, string>([['demo', demo.url]]);
  for (const algorithm of ['RS256', 'PS256', 'ES256'] as const) {
    urls.set(algorithm, await bootKeyServer(platform, algorithm, watch));
  }
  const common = { secret: SECRET, canaryUrl, ...(await handOut(demo.app)) };
  return {
    canary,
    url: (server) => urls.get(server)!,
    target: (server) => {
      const pair = server === 'demo' ? ecPair : PAIRS[server];
      const token = server === 'demo' ? common.token : genuine(server, pair.privateKey);
      return { ...common, token, pair: { ...pair, jwk: pair.publicKey.export({ format: 'jwk' }) } };
    },
    close: async () => {
      await Promise.all([demo.app.close(), closeAll(), canary.close()]);
    },
  };
}

function genuine(algorithm: Exclude<ServerName, 'demo'>, key: KeyObject): string {
  const signers: Readonly<Record<typeof algorithm, Signer>> = {
    RS256: rsa(key),
    PS256: rsaPss(key),
    ES256: ecdsa(key),
  };
  return compact({ alg: algorithm, typ: 'at+jwt', kid: KEY_ID }, claims(), signers[algorithm]);
}

async function bootDemo(platform: Platform, watch: Watch): Promise<{ app: INestApplication; url: string }> {
  Object.assign(process.env, ENVIRONMENT);
  Logger.overrideLogger(watch);
  const app = await createApp(platform);
  await app.listen(0, '127.0.0.1');
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
  const { port } = (app.getHttpServer() as import('node:http').Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

async function bootKeyServer(platform: Platform, algorithm: JwtAlgorithm, watch: Watch): Promise<string> {
  const { privateKey } = PAIRS[algorithm as keyof typeof PAIRS];
  const { url } = await boot(platform, {
    auth: {
      jwt: { secret: undefined, privateKey, algorithm, keyId: KEY_ID, issuer: ISSUER, audience: AUDIENCE },
    },
    controllers: [AccountController],
    nest: { logger: watch },
  });
  return url;
}

/** What honest people hold. */
async function handOut(demo: INestApplication) {
  const keys = demo.get(ApiKeyService);
  const owner = { name: 'attacked', userId: 'owner_1', orgId: 'org_1' };
  const make = async (more: object = {}) => keys.create({ ...owner, ...more });
  await addUser(demo, owner);
  const good = await make({ permissions: ['session:read'] });
  const [revoked, inactive, expired] = [
    await make(),
    await make({ isActive: false }),
    await make({ expiresAt: new Date(Date.now() - 1_000) }),
  ];
  await keys.revoke(revoked.apiKey.keyId);
  const jti = 'revoked-token';
  await demo.get(RevocationFeed).revoke({ kind: 'token', id: jti, at: Date.now(), expiresAt: Infinity });
  return {
    token: compact(
      HEADER,
      claims({ sub: 'owner_1', org_id: 'org_1', permissions: ['session:read'] }),
      hmac(SECRET),
    ),
    apiKey: good.key,
    keyId: good.apiKey.keyId,
    keyHash: createHash('sha256').update(good.key).digest('hex'),
    spentKeys: { revoked: revoked.key, inactive: inactive.key, expired: expired.key },
    revokedToken: compact(HEADER, claims({ jti }), hmac(SECRET)),
  };
}

/** With the id that the attacks know, which the service would not give. */
async function addUser(demo: INestApplication, owner: { userId: string; orgId: string }): Promise<void> {
  const now = new Date();
  await demo.get(UserStore).insert({
    ...owner,
    email: 'owner@example.com',
    name: undefined,
    passwordHash: undefined,
    isActive: true,
    emailVerifiedAt: now,
    metadata: {},
    createdAt: now,
    updatedAt: now,
  });
  await demo.get(RoleService).grant(owner.userId, 'session:read');
}
