import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  AuthMailer,
  ClientStore,
  memoryStores,
  PermissionService,
  RevocationFeed,
  SubjectChanges,
  TokenService,
  type AuthStores,
} from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import * as oauth from 'oauth4webapi';
import { Pool } from 'pg';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { bootServices, grantWith, type ServicesApp } from './services.support.js';

class NoMail extends AuthMailer {
  override async send(): Promise<void> {}
}

afterEach(closeAll);

/** What changes of a service counts at once for the tokens that are out, and for those to come. */
function liveServices(makeStores: () => AuthStores): void {
  describe.each(PLATFORMS)('on %s', (platform) => {
    /** A service with a token that was used. */
    const withToken = async (app: ServicesApp) => {
      const made = await app.makeClient();
      const token = await app.tokenOf(made);
      expect((await app.get('/reports', { token })).status).toBe(200);
      return { ...made, clientId: made.client.clientId, token };
    };

    it('a service that is disabled gets nothing, and what it has is refused, also when it is enabled again', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { clientId, token, ...made } = await withToken(app);
      await app.clients.disable(clientId);
      expect((await app.get('/reports', { token })).status).toBe(401);
      expect(await app.tokenOf(made)).toBeUndefined();
      await app.clients.enable(clientId);
      expect((await app.get('/reports', { token })).status).toBe(401);
      const next = await app.tokenOf(made);
      expect((await app.get('/reports', { token: next })).status).toBe(200);
    });

    it('a lower ceiling takes from the tokens that are out, and a higher one gives them nothing', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { clientId, token, ...made } = await withToken(app);
      await app.clients.update(clientId, { permissions: ['memory:read', 'admin:*'] });
      const { body } = await app.get('/reports', { token });
      expect(body).toMatchObject({ permissions: ['memory:read'] });
      expect((await app.get('/reports', { token, method: 'POST' })).status).toBe(403);
      const next = await app.tokenOf(made);
      expect((await app.get('/reports', { token: next })).body).toMatchObject({
        permissions: ['memory:read', 'admin:*'],
      });
    });

    it('a service that is removed is gone with its tokens', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { clientId, token, ...made } = await withToken(app);
      await app.clients.remove(clientId);
      expect((await app.get('/reports', { token })).status).toBe(401);
      expect(await app.tokenOf(made)).toBeUndefined();
    });

    it('a token that is issued while its service is being disabled is refused', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { client, secret } = await app.makeClient();
      const store = app.app.get(ClientStore);
      const find = store.findById.bind(store);
      jest.spyOn(store, 'findById').mockImplementationOnce(async (clientId) => {
        const found = await find(clientId);
        await app.clients.disable(clientId);
        return found;
      });
      const token = await app.tokenOf({ client, secret });
      expect(token).toEqual(expect.any(String));
      expect((await app.get('/reports', { token })).status).toBe(401);
    });

    it('a token of another organisation, or of nobody, is refused as soon as it is looked at', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { client } = await app.makeClient({ orgId: 'org_1' });
      const tokens = app.app.get(TokenService);
      const permissions = ['memory:read'] as const;
      const [own, foreign, unknown] = [
        tokens.createServiceToken({ clientId: client.clientId, orgId: 'org_1', permissions }),
        tokens.createServiceToken({ clientId: client.clientId, orgId: 'org_2', permissions }),
        tokens.createServiceToken({ clientId: 'nobody', permissions }),
      ];
      await app.app.get(RevocationFeed).revoke(app.app.get(SubjectChanges).changed(''));
      expect((await app.get('/reports', { token: own })).status).toBe(200);
      expect((await app.get('/reports', { token: foreign })).status).toBe(401);
      expect((await app.get('/reports', { token: unknown })).status).toBe(401);
    });

    it('get tokens with the real client', async () => {
      const app = await bootServices(platform, {}, makeStores());
      const { client, secret } = await app.makeClient({ orgId: 'org_1' });
      const pair = await oauth.generateKeyPair('ES256', { extractable: true });
      const jwk = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as never;
      const signing = await app.makeClient({ keys: [jwk] });
      for (const [clientId, way] of [
        [client.clientId, oauth.ClientSecretBasic(secret!)],
        [client.clientId, oauth.ClientSecretPost(secret!)],
        [signing.client.clientId, oauth.PrivateKeyJwt(pair.privateKey)],
      ] as const) {
        const { access_token: token } = await grantWith(app, clientId, way);
        expect(await app.get('/reports/internal', { token })).toMatchObject({ status: 200, body: clientId });
      }
    });

    it('live beside people, whose explanations stay what they are', async () => {
      const app = await bootServices(platform, { auth: { users: true, mailer: new NoMail() } }, makeStores());
      const { clientId, token } = await withToken(app);
      const permissions = app.app.get(PermissionService);
      expect(await permissions.effective(clientId, { kind: 'service' })).toMatchObject({
        isActive: true,
        permissions: ['memory:read', 'memory:create'],
      });
      expect(await permissions.effective(clientId)).toBeUndefined();
      await app.clients.disable(clientId);
      expect((await app.get('/reports', { token })).status).toBe(401);
    });
  });
}

describe('services in memory', () => liveServices(memoryStores));

describe('services in PGlite', () => {
  const database = new PGlite();
  beforeAll(() => migrate(database));
  afterAll(() => database.close());
  liveServices(() => postgresStores(database));
});

await describeIfServer(POSTGRES, 'services in Postgres', (url) => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase(url);
    pool = database.pool();
    await migrate(pool);
  });
  afterAll(() => database.drop());
  liveServices(() => postgresStores(pool));

  it('a change on one instance counts on another', async () => {
    const [one, other] = [
      await bootServices('express', {}, postgresStores(pool)),
      await bootServices('fastify', {}, postgresStores(pool)),
    ];
    const made = await one.makeClient();
    const token = await other.tokenOf(made);
    expect((await other.get('/reports', { token })).status).toBe(200);
    await one.clients.disable(made.client.clientId);
    const refused = async (): Promise<void> => {
      while ((await other.get('/reports', { token })).status === 200) await new Promise(setImmediate);
    };
    await refused();
    expect(await other.tokenOf(made)).toBeUndefined();
  });
});
