import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { ClientRecord, ClientSecretRecord } from '../oauth/client.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { at } from './refresh-token-store.fixtures.js';
import { loggedOf, newHash, newRevocation, race, RACERS, type TestRunner } from './store-contract.js';

type Stores = Required<Pick<AuthStores, 'clients' | 'revocations'>>;

/**
 * What every {@link ClientStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * clientStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes clients of its own.
 */
export function clientStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  const withClients = async (...clients: readonly ClientRecord[]): Promise<Stores> => {
    const stores = await makeStores();
    for (const client of clients) assert.equal(await stores.clients.insert(client), true);
    return stores;
  };

  describe('ClientStore', () => {
    it('finds what was inserted, whole, and nothing by a part of its id', async () => {
      const plain = newClient();
      const keys = [{ kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'one' }];
      const full = newClient({
        orgId: 'org_1',
        permissions: ['a:b', '*'],
        keys,
        secrets: [newSecret(at(9))],
      });
      const { clients } = await withClients(plain, full);
      assert.deepEqual(await clients.findById(plain.clientId), plain);
      assert.deepEqual(await clients.findById(full.clientId), full);
      for (const id of [
        '',
        '%',
        plain.clientId.slice(1),
        plain.clientId.toUpperCase(),
        `${plain.clientId}\0`,
      ])
        assert.equal(await clients.findById(id), undefined);
    });

    it('takes an id once', async () => {
      const client = newClient();
      const { clients } = await withClients(client);
      assert.equal(await clients.insert(newClient({ clientId: client.clientId, name: 'other' })), false);
      assert.deepEqual(await clients.findById(client.clientId), client);
    });

    it('lists in the order of ids, in pages, of one organisation or of all', async () => {
      const orgId = randomUUID();
      // One behind the other, whatever else is in the database.
      const ids = [1, 2, 3, 4].map((nth) => `z-${orgId}-${nth}`);
      const [first, second, third, other] = ids.map((clientId, i) =>
        newClient({ clientId, orgId: i === 3 ? randomUUID() : orgId }),
      );
      const { clients } = await withClients(third!, other!, first!, second!);
      assert.deepEqual(await clients.list({ orgId, limit: 10 }), [first, second, third]);
      assert.deepEqual(await clients.list({ orgId, limit: 2 }), [first, second]);
      assert.deepEqual(await clients.list({ orgId, limit: 2, after: second!.clientId }), [third]);
      assert.deepEqual(await clients.list({ limit: 1, after: third!.clientId }), [other]);
      assert.deepEqual(await clients.list({ orgId, limit: 2, after: randomUUID() }), []);
    });

    it('changes what is named, and writes the entries with it', async () => {
      const client = newClient({ permissions: ['a:b'], secrets: [newSecret()] });
      const { clients, revocations } = await withClients(client);
      const entries = [
        newRevocation('subject', client.clientId),
        newRevocation('permissions', client.clientId),
      ];
      const changed = await clients.update(client.clientId, { isActive: false }, at(5), ...entries);
      assert.deepEqual(changed, { ...client, isActive: false, updatedAt: at(5) });
      assert.deepEqual(await clients.findById(client.clientId), changed);
      assert.deepEqual(await loggedOf(revocations, client.clientId), entries);
      const named = await clients.update(client.clientId, { name: 'new', permissions: [] }, at(6));
      assert.deepEqual(named, { ...changed, name: 'new', permissions: [], updatedAt: at(6) });
      assert.deepEqual(await loggedOf(revocations, client.clientId), entries);
    });

    it('changes nothing of a client that is not there, and writes nothing', async () => {
      const { clients, revocations } = await makeStores();
      const clientId = randomUUID();
      const entry = newRevocation('permissions', clientId);
      assert.equal(await clients.update(clientId, { isActive: false }, at(5), entry), undefined);
      assert.equal(await clients.remove(clientId, entry), undefined);
      assert.equal(await clients.addSecret(clientId, newSecret(), at(9), at(5)), undefined);
      assert.equal(await clients.findById(clientId), undefined);
      assert.deepEqual(await loggedOf(revocations, clientId), []);
    });

    it('adds a secret, lets the others end, and drops those that have ended', async () => {
      const [open, early, ended] = [newSecret(), newSecret(at(20)), newSecret(at(5))];
      const client = newClient({ secrets: [open, early, ended] });
      const { clients } = await withClients(client);
      const added = newSecret();
      const changed = await clients.addSecret(client.clientId, added, at(30), at(5));
      const secrets = [{ ...open, expiresAt: at(30) }, early, added];
      assert.deepEqual(changed, { ...client, secrets, updatedAt: at(5) });
      assert.deepEqual(await clients.findById(client.clientId), changed);
    });

    it('loses no secret to another that is added at the same moment', async () => {
      const client = newClient();
      const { clients } = await withClients(client);
      const secrets = Array.from({ length: RACERS }, () => newSecret());
      await race((racer) => clients.addSecret(client.clientId, secrets[racer]!, at(30), at(5)));
      const found = await clients.findById(client.clientId);
      const hashes = (list: readonly ClientSecretRecord[] = []) => list.map((one) => one.secretHash).sort();
      assert.deepEqual(hashes(found?.secrets), hashes(secrets));
      assert.equal(found?.secrets.filter(({ expiresAt }) => expiresAt === undefined).length, 1);
    });

    it('removes a client, once, with its entries', async () => {
      const [client, other] = [newClient(), newClient()];
      const { clients, revocations } = await withClients(client, other);
      const entries = [newRevocation('subject', client.clientId)];
      const removed = await race(() => clients.remove(client.clientId, ...entries));
      assert.deepEqual(
        removed.filter((one) => one !== undefined),
        [client],
      );
      assert.equal(await clients.findById(client.clientId), undefined);
      assert.deepEqual(await clients.findById(other.clientId), other);
      assert.deepEqual(await loggedOf(revocations, client.clientId), entries);
    });

    it('lets an assertion be used once, whoever races for it', async () => {
      const { clients } = await makeStores();
      const [clientId, jti] = [randomUUID(), randomUUID()];
      const used = await race(() => clients.useAssertion(clientId, jti, at(60)));
      assert.equal(used.filter(Boolean).length, 1);
      assert.equal(await clients.useAssertion(clientId, jti, at(90)), false);
      assert.equal(await clients.useAssertion(randomUUID(), jti, at(60)), true);
      assert.equal(await clients.useAssertion(clientId, randomUUID(), at(60)), true);
    });

    it('forgets the assertions that have expired, and no others', async () => {
      const { clients } = await makeStores();
      const [clientId, ended, good] = [randomUUID(), randomUUID(), randomUUID()];
      await clients.useAssertion(clientId, ended, at(10));
      await clients.useAssertion(clientId, good, at(11));
      await clients.prune(at(10));
      assert.equal(await clients.useAssertion(clientId, good, at(11)), false);
      assert.equal(await clients.useAssertion(clientId, ended, at(10)), true);
    });
  });
}

/** A client that nobody else is. */
function newClient(fields: Partial<ClientRecord> = {}): ClientRecord {
  return {
    clientId: randomUUID(),
    name: 'reporter',
    orgId: undefined,
    permissions: [],
    secrets: [],
    keys: [],
    isActive: true,
    createdAt: at(0),
    updatedAt: at(0),
    ...fields,
  };
}

function newSecret(expiresAt?: Date): ClientSecretRecord {
  return { secretHash: newHash(), createdAt: at(0), expiresAt };
}
