import { generateKeyPairSync } from 'node:crypto';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { VersioningType } from '@nestjs/common';
import {
  AuthModule,
  ClientStore,
  memoryStores,
  PermissionService,
  RouteAudit,
  type AuthModuleOptions,
  type Subject,
} from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';
import { BASE_URL, bootServices, withServices } from './services.support.js';

const jwt = { secret: SECRET };
const issuer = 'https://login.example.com';
const CANARY = 'postgres://user:hunter2@db';
afterEach(async () => {
  jest.restoreAllMocks();
  await closeAll();
});

describe.each(PLATFORMS)('services on %s', (platform) => {
  const routesOf = ({ app }: Awaited<ReturnType<typeof boot>>): string[] =>
    app
      .get(RouteAudit)
      .routes()
      .map(({ method, path }) => `${method} ${path}`);

  it('are there when they are switched on, by forRoot and by forRootAsync', async () => {
    const services = { baseUrl: BASE_URL, tokenTtl: '5m' };
    const direct = await boot(platform, { auth: { services } });
    const factory = await boot(platform, {
      authModule: AuthModule.forRootAsync({ services: true, useFactory: () => ({ jwt, services }) }),
    });
    expect(routesOf(direct)).toEqual(routesOf(factory));
    expect(routesOf(direct)).toEqual(
      expect.arrayContaining([
        'POST /oauth/token',
        'GET /.well-known/oauth-authorization-server',
        'GET /.well-known/oauth-protected-resource',
        'POST /auth/clients/:id/secret',
      ]),
    );
    const app = withServices(factory);
    const { client, secret } = await app.makeClient();
    const { body } = await app.post({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: secret!,
    });
    expect(body).toMatchObject({ expires_in: 300 });
  });

  it('are not there otherwise, and no challenge tells of metadata', async () => {
    const booted = await boot(platform, {});
    expect(routesOf(booted).filter((route) => /oauth|client/.test(route))).toEqual([]);
    const { headers } = await call(`${booted.url}/auth/me`);
    expect(headers.get('www-authenticate')).not.toContain('resource_metadata');
  });

  it('may be without endpoints', async () => {
    const endpoints = { clients: false, tokenEndpoint: false };
    const booted = await boot(platform, { auth: { services: { baseUrl: BASE_URL }, endpoints } });
    expect(routesOf(booted).filter((route) => /oauth|client/.test(route))).toEqual([]);
    const { headers } = await call(`${booted.url}/auth/me`);
    expect(headers.get('www-authenticate')).not.toContain('resource_metadata');
  });

  it('say where everything is under a global prefix, and with versions', async () => {
    const app = await bootServices(platform, {
      auth: {
        jwt: { issuer, algorithm: 'ES256', secret: undefined, privateKey: ecKey() },
        services: { baseUrl: `${BASE_URL}/` },
      },
      configure: (nest) =>
        nest
          .setGlobalPrefix('api', { exclude: ['.well-known/oauth-authorization-server'] })
          .enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    });
    const { body } = await app.get('/.well-known/oauth-authorization-server');
    expect(body).toMatchObject({
      issuer,
      token_endpoint: `${BASE_URL}/api/oauth/token`,
      jwks_uri: `${BASE_URL}/api/.well-known/jwks.json`,
    });
    const { headers } = await app.get('/api/v1/reports');
    const address = `${BASE_URL}/api/.well-known/oauth-protected-resource`;
    expect(headers.get('www-authenticate')).toContain(`resource_metadata="${address}"`);
    expect(await (await app.fetch(address)).json()).toMatchObject({ resource: BASE_URL });
    const { client, secret } = await app.makeClient();
    const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: secret! };
    const answer = await call(`${app.url}/api/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    expect(answer.status).toBe(200);
  });

  it('leave their documents outside of a global prefix that leaves them out', async () => {
    const app = await bootServices(platform, {
      configure: (nest) => nest.setGlobalPrefix('api', { exclude: ['.well-known/*path'] }),
    });
    const { body } = await app.get('/.well-known/oauth-authorization-server');
    expect(body).toMatchObject({ token_endpoint: `${BASE_URL}/api/oauth/token` });
    const { headers } = await app.get('/api/reports');
    const address = `${BASE_URL}/.well-known/oauth-protected-resource`;
    expect(headers.get('www-authenticate')).toContain(`resource_metadata="${address}"`);
    expect((await app.fetch(address)).status).toBe(200);
  });

  it('tell of the other issuers whose tokens are taken', async () => {
    const trustedIssuers = [{ issuer: 'https://login.other.example', audience: 'x' }];
    const app = await bootServices(platform, { auth: { trustedIssuers } });
    expect((await app.get('/.well-known/oauth-protected-resource')).body).toMatchObject({
      authorization_servers: [BASE_URL, 'https://login.other.example'],
    });
  });

  it('leave people to the directory of the application', async () => {
    const asked: string[] = [];
    const find = async (userId: string, _orgId: string | undefined, kind: string): Promise<Subject> => {
      asked.push(`${kind} ${userId}`);
      return { isActive: true, permissions: ['memory:read'] };
    };
    const app = await bootServices(platform, { auth: { subjects: { find } } });
    const { client } = await app.makeClient();
    const permissions = app.app.get(PermissionService);
    expect(await permissions.effective('ada')).toMatchObject({ permissions: ['memory:read'] });
    expect(await permissions.effective(client.clientId, { kind: 'service' })).toMatchObject({
      permissions: ['memory:read', 'memory:create'],
    });
    expect(asked).toEqual(['user ada']);
  });

  it('are 503 while their store does not answer, in the words of each endpoint', async () => {
    const app = await bootServices(platform);
    const made = await app.makeClient();
    const form = {
      grant_type: 'client_credentials',
      client_id: made.client.clientId,
      client_secret: made.secret!,
    };
    const token = await app.tokenOf(made);
    for (const verb of [
      'insert',
      'findById',
      'list',
      'update',
      'addSecret',
      'remove',
      'useAssertion',
    ] as const)
      jest.spyOn(app.app.get(ClientStore), verb).mockRejectedValue(new Error(CANARY) as never);
    const refused = await app.post(form);
    expect(refused).toMatchObject({
      status: 503,
      body: {
        error: 'temporarily_unavailable',
        error_description: 'Authentication is unavailable at the moment',
      },
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(refused.body)).not.toContain(CANARY);
    // What was issued goes on: nothing is asked for it.
    expect((await app.get('/reports', { token })).status).toBe(200);
    for (const one of [
      app.clients.find('x'),
      app.clients.list(),
      app.clients.disable('x'),
      app.clients.remove('x'),
    ])
      await expect(one).rejects.toMatchObject({ code: 'auth_unavailable' });
  });
});

describe('options of services', () => {
  const { clients: _clients, ...withoutClients } = memoryStores();
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  it.each<[string, AuthModuleOptions, RegExp]>([
    ['no address', { jwt, services: true }, /services\.baseUrl is missing, and jwt\.issuer is no address/],
    [
      'plain http',
      { jwt, services: { baseUrl: 'http://api.example.com' } },
      /services\.baseUrl is no address/,
    ],
    [
      'a query',
      { jwt, services: { baseUrl: 'https://api.example.com/?a=b' } },
      /services\.baseUrl is no address/,
    ],
    ['what is no option', { jwt, services: { base: 'x' } as never }, /services\.base is no option/],
    ['nonsense', { jwt, services: 'yes' as never }, /services is not services options/],
    [
      'a life beyond the longest',
      { jwt: { ...jwt, issuer, maxAccessTokenTtl: '1d' }, services: { tokenTtl: '2d' } },
      /services\.tokenTtl is longer than jwt\.maxAccessTokenTtl/,
    ],
    [
      'no store',
      { jwt: { ...jwt, issuer }, services: true, stores: withoutClients },
      /stores\.clients is missing beside services/,
    ],
    [
      'no key that signs',
      { jwt: { issuer, algorithm: 'ES256', publicKey }, services: true },
      /services is on where no key signs/,
    ],
  ])('stop the boot: %s', async (_what, options, problem) => {
    await expect(boot('fastify', { authModule: AuthModule.forRoot(options) })).rejects.toThrow(problem);
  });

  it('stop the boot when the factory alone says them', async () => {
    const useFactory = () => ({ jwt: { ...jwt, issuer }, services: true });
    await expect(boot('fastify', { authModule: AuthModule.forRootAsync({ useFactory }) })).rejects.toThrow(
      /services is given by the factory alone\. Remedy: say services: true beside useFactory/,
    );
  });

  it('take the address of the issuer, on loopback without https', async () => {
    const app = withServices(
      await boot('fastify', { auth: { jwt: { ...jwt, issuer: 'http://localhost:3000' }, services: true } }),
    );
    expect((await app.get('/.well-known/oauth-authorization-server')).body).toMatchObject({
      issuer: 'http://localhost:3000',
      token_endpoint: 'http://localhost:3000/oauth/token',
    });
  });
});

function ecKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
}
