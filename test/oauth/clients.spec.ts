import { generateKeyPairSync } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService, Clock, TokenService, type PermissionGrant } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { call, type CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootServices, type ServicesApp } from './services.support.js';

const publicKey = (): object => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

interface Body {
  readonly client: { readonly clientId: string };
  readonly secret: string;
}

describe.each(PLATFORMS)('/auth/clients on %s', (platform) => {
  const clock = new ManualClock();
  let app: ServicesApp;
  beforeAll(async () => {
    app = await bootServices(platform, {
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
  });
  afterAll(closeAll);

  const tokenFor = (permissions: readonly string[], orgId?: string): string =>
    app.app.get(TokenService).createAccessToken({
      userId: 'ada',
      orgId,
      permissions: permissions as PermissionGrant[],
      expiresIn: '300d',
    });
  const ask = (
    method: string,
    path: string,
    body?: unknown,
    permissions: readonly string[] = ['client:*', 'memory:*'],
    orgId?: string,
  ): Promise<CallAnswer> =>
    call(`${app.url}/auth/clients${path}`, { method, token: tokenFor(permissions, orgId), body });
  const make = async (body: object = {}, orgId?: string): Promise<Body> => {
    const answer = await ask('POST', '', { name: 'reporter', ...body }, ['client:*', 'memory:*'], orgId);
    expect(answer.status).toBe(201);
    return answer.body as Body;
  };
  const grant = ({ client, secret }: Body, clientSecret = secret): Promise<number> =>
    app
      .post({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: clientSecret })
      .then(({ status }) => status);

  it('make a service whose secret is seen once, and whose hash never', async () => {
    const answer = await ask('POST', '', { name: ' reporter ', permissions: ['memory:read', 'memory:read'] });
    const { client, secret } = answer.body as Body;
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(secret).toMatch(/^cs_[0-9A-Za-z]{49}$/);
    expect(client).toMatchObject({
      name: 'reporter',
      permissions: ['memory:read'],
      authentication: 'client_secret_basic',
      isActive: true,
      keys: [],
      secrets: [{ createdAt: expect.any(String) }],
    });
    const seen = await ask('GET', `/${client.clientId}`);
    expect(seen.body).toEqual(client);
    expect(JSON.stringify([client, seen.body])).not.toMatch(/hash|cs_/i);
    expect(await grant(answer.body as Body)).toBe(200);
  });

  it('make a service that signs, and keep nothing of its key but what is public', async () => {
    const { client, secret } = await make({ keys: [{ ...publicKey(), kid: 'one', x5u: 'https://evil' }] });
    expect(secret).toBeUndefined();
    expect(client).toMatchObject({
      authentication: 'private_key_jwt',
      secrets: [],
      keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'one', alg: 'EdDSA', use: 'sig', x: expect.any(String) }],
    });
    expect(JSON.stringify(client)).not.toContain('evil');
  });

  const ec = (): object =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const rsa = (modulusLength: number): object =>
    generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
  it.each<[string, () => unknown[], RegExp]>([
    ['none', () => [], /has no key/],
    [
      'a private one',
      () => [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })],
      /private or a secret/,
    ],
    ['a secret', () => [{ kty: 'oct', k: 'AAAA', alg: 'HS256' }], /private or a secret/],
    ['an HS algorithm', () => [{ ...ec(), alg: 'HS256' }], /without an alg/],
    ['alg none', () => [{ ...ec(), alg: 'none' }], /without an alg/],
    ['an RSA key without alg', () => [rsa(2_048)], /without an alg/],
    ['a short RSA key', () => [{ ...rsa(1_024), alg: 'RS256' }], /shorter than 2048/],
    ['an alg of another curve', () => [{ ...ec(), alg: 'ES384' }], /another curve/],
    ['an alg of another kind', () => [{ ...ec(), alg: 'EdDSA' }], /none for Ed25519/],
    ['a key for encryption', () => [{ ...ec(), use: 'enc' }], /"use" other than sig/],
    ['an Ed25519 key for encryption', () => [{ ...publicKey(), use: 'enc' }], /none for Ed25519/],
    ['a kid with a line break', () => [{ ...ec(), kid: 'a\nb' }], /kid/],
    ['two without kid', () => [ec(), ec()], /kid of their own/],
    [
      'two of one kid',
      () => [
        { ...ec(), kid: 'a' },
        { ...ec(), kid: 'a' },
      ],
      /kid of their own/,
    ],
    ['nonsense', () => [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }], /cannot be read|no key/],
    ['one that is no object', () => ['key'], /not a list of keys/],
    ['eleven', () => Array.from({ length: 11 }, (_, i) => ({ ...ec(), kid: `${i}` })), /more than 10/],
    ['a huge member', () => [{ ...ec(), x: 'x'.repeat(5_000) }], /too long/],
  ])('refuse keys: %s', async (_what, keys, message) => {
    const answer = await ask('POST', '', { name: 'signer', keys: keys() });
    expect(answer).toMatchObject({ status: 400, body: { message: [expect.stringMatching(message)] } });
  });

  it.each([
    'clientId',
    'secret',
    'secrets',
    'isActive',
    'createdAt',
    'updatedAt',
    'roles',
    'isAdmin',
    'constructor',
  ])('refuse %s in a body', async (field) => {
    const { client } = await make();
    for (const [method, path] of [
      ['POST', ''],
      ['PATCH', `/${client.clientId}`],
    ] as const) {
      const answer = await ask(method, path, { name: 'x', [field]: true });
      expect(answer).toMatchObject({ status: 400, body: { message: [`"${field}" is no field of it`] } });
    }
  });

  it('give nothing that the caller lacks', async () => {
    const body = { name: 'x', permissions: ['memory:create', 'admin:read'] };
    expect((await ask('POST', '', body)).status).toBe(403);
    expect((await ask('POST', '', { name: 'x', permissions: ['*'] })).status).toBe(403);
    expect((await ask('POST', '', { name: 'x', permissions: ['memory:erase'] }, ['*'])).status).toBe(400);
    const { client } = await make({ permissions: ['memory:read'] });
    const answer = await ask('PATCH', `/${client.clientId}`, { permissions: ['memory:*', 'admin:read'] });
    expect(answer.status).toBe(403);
  });

  it.each<[string, string, unknown]>([
    ['PATCH', '', { name: 'mine' }],
    ['PATCH', '', { permissions: [] }],
    ['POST', '/secret', {}],
    ['POST', '/disable', undefined],
    ['POST', '/enable', undefined],
    ['DELETE', '', undefined],
  ])('let nobody change a service that may do more: %s%s', async (method, path, body) => {
    const made = await make({ permissions: ['memory:create'] });
    const url = `/${made.client.clientId}${path}`;
    expect((await ask(method, url, body, ['client:*', 'memory:read'])).status).toBe(403);
    expect(await grant(made)).toBe(200);
    expect((await ask(method, url, body, ['client:*', 'memory:create'])).status).toBeLessThan(300);
  });

  it.each<[string, string, string]>([
    ['POST', '', 'client:create'],
    ['GET', '', 'client:read'],
    ['GET', '/:id', 'client:read'],
    ['PATCH', '/:id', 'client:update'],
    ['POST', '/:id/secret', 'client:update'],
    ['POST', '/:id/disable', 'client:update'],
    ['POST', '/:id/enable', 'client:update'],
    ['DELETE', '/:id', 'client:delete'],
  ])('%s %s needs %s, by token', async (method, path, permission) => {
    const { client } = await make();
    const url = path.replace(':id', client.clientId);
    const body = method === 'GET' || method === 'DELETE' ? undefined : path === '' ? { name: 'x' } : {};
    const others = ['create', 'read', 'update', 'delete'].map((one) => `client:${one}`);
    expect(
      (
        await ask(
          method,
          url,
          body,
          others.filter((one) => one !== permission),
        )
      ).status,
    ).toBe(403);
    const { key } = await app.app.get(ApiKeyService).create({ name: 'x', userId: 'ada', permissions: ['*'] });
    expect((await call(`${app.url}/auth/clients${url}`, { method, apiKey: key, body })).status).toBe(401);
    expect((await ask(method, url, body, [permission])).status).toBeLessThan(300);
  });

  it('keep organisations apart, without telling what there is', async () => {
    const { client } = await make({}, 'org_1');
    expect(client).toMatchObject({ orgId: 'org_1' });
    const within = (method: string, path: string, orgId?: string, body?: unknown) =>
      ask(method, `/${client.clientId}${path}`, body, ['*'], orgId);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'x' }],
      ['POST', '/secret', {}],
      ['POST', '/disable', undefined],
      ['POST', '/enable', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      const [foreign, unknown] = [
        await within(method, path, 'org_2', body),
        await ask(method, `/nobody${path}`, body, ['*'], 'org_2'),
      ];
      expect(foreign).toMatchObject({ status: 404, body: unknown.body });
    }
    expect((await within('GET', '', 'org_1')).status).toBe(200);
    expect((await within('GET', '')).status).toBe(200);
    expect((await ask('POST', '', { name: 'x', orgId: 'org_2' }, ['*'], 'org_1')).status).toBe(400);
    expect(await make({ orgId: 'org_2' })).toMatchObject({ client: { orgId: 'org_2' } });
  });

  it('list in pages, one organisation or all', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push((await make({}, 'org_pages')).client.clientId);
    const list = async (query: string, orgId?: string) => {
      const { body } = await ask('GET', query, undefined, ['client:read'], orgId);
      const page = body as { clients: { clientId: string }[]; next?: string };
      return { ids: page.clients.map(({ clientId }) => clientId), next: page.next };
    };
    const first = await list('?limit=2', 'org_pages');
    expect(first).toEqual({ ids: ids.slice(0, 2), next: ids[1] });
    expect(await list(`?limit=2&after=${first.next}`, 'org_pages')).toEqual({
      ids: ids.slice(2),
      next: undefined,
    });
    expect(await list('?orgId=org_pages')).toEqual({ ids, next: undefined });
    expect(await list('?orgId=org_pages', 'org_other')).toEqual({ ids: [], next: undefined });
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?after=', '?foo=1'])
      expect((await ask('GET', query)).status).toBe(400);
  });

  it('replace a secret with an overlap', async () => {
    const made = await make();
    const rotated = await ask('POST', `/${made.client.clientId}/secret`, { overlap: '1h' });
    expect(rotated.status).toBe(201);
    expect(rotated.headers.get('cache-control')).toBe('no-store');
    const { secret } = rotated.body as Body;
    expect(secret).not.toBe(made.secret);
    for (const one of [secret, made.secret]) expect(await grant(made, one)).toBe(200);
    clock.advance(3_599);
    expect(await grant(made)).toBe(200);
    clock.advance(1);
    expect(await grant(made)).toBe(401);
    expect(await grant(made, secret)).toBe(200);
    const again = await ask('POST', `/${made.client.clientId}/secret`, { overlap: 0 });
    expect(await grant(made, secret)).toBe(401);
    expect(await grant(made, (again.body as Body).secret)).toBe(200);
    for (const overlap of [-1, '91d', 'x', null])
      expect((await ask('POST', `/${made.client.clientId}/secret`, { overlap })).status).toBe(400);
  });

  it('let no service gather secrets, nor change the way in which it authenticates', async () => {
    const { client } = await make();
    const path = `/${client.clientId}`;
    for (let i = 1; i < 10; i += 1) expect((await ask('POST', `${path}/secret`, {})).status).toBe(201);
    expect((await ask('POST', `${path}/secret`, {})).status).toBe(409);
    expect((await ask('POST', `${path}/secret`, { overlap: 0 })).status).toBe(201);
    expect((await ask('PATCH', path, { keys: [publicKey()] })).status).toBe(409);
    const signing = await make({ keys: [publicKey()] });
    expect((await ask('POST', `/${signing.client.clientId}/secret`, {})).status).toBe(409);
    const key = publicKey();
    const changed = await ask('PATCH', `/${signing.client.clientId}`, { keys: [key] });
    expect(changed).toMatchObject({ status: 200, body: { keys: [key] } });
  });

  it('change a name alone, and nothing with an empty body', async () => {
    const { client } = await make({ permissions: ['memory:read'] });
    const renamed = await ask('PATCH', `/${client.clientId}`, { name: 'other' });
    expect(renamed.body).toMatchObject({ name: 'other', permissions: ['memory:read'], isActive: true });
    expect(await ask('PATCH', `/${client.clientId}`, {})).toMatchObject({ status: 200, body: renamed.body });
  });
});
