import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { AuditEntry, AuditQuery } from '../audit/audit.store.js';
import type { AuthStores } from '../stores/auth-stores.js';
import { at } from './refresh-token-store.fixtures.js';
import { race, type TestRunner } from './store-contract.js';

type Stores = Required<Pick<AuthStores, 'audit'>>;

/**
 * What every {@link AuditStore} has to do. Run it on your own:
 *
 * ```ts
 * auditStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes actors of its own.
 */
export function auditStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('AuditStore', () => {
    it('gives back what was appended, whole, and absent fields as undefined', async () => {
      const { audit } = await makeStores();
      const actorId = randomUUID();
      const full = newEntry(1, {
        actor: { userId: actorId, orgId: 'org_1', provider: 'api_key', credentialId: 'key "1"' },
        requestId: 'request-1',
        ip: '::1',
        details: { code: 'x', nested: { list: [1, 'two', null] } },
      });
      const bare = newEntry(2, { target: actorId });
      const personal = newEntry(3, { actor: { ...full.actor!, userId: randomUUID(), orgId: undefined } });
      await audit.append([full, bare, personal]);
      assert.deepEqual(await audit.list({ actorId, limit: 10 }), [full]);
      assert.deepEqual(await audit.list({ target: actorId, limit: 10 }), [bare]);
      assert.deepEqual(await audit.list({ actorId: personal.actor!.userId, limit: 10 }), [personal]);
    });

    it('appends nothing, and several hundred at once', async () => {
      const { audit } = await makeStores();
      const target = randomUUID();
      await audit.append([]);
      assert.deepEqual(await audit.list({ target, limit: 10 }), []);
      await audit.append(Array.from({ length: 500 }, (_, i) => newEntry(i, { target })));
      assert.equal((await audit.list({ target, limit: 1_000 })).length, 500);
    });

    it('lists the latest first, whatever the order they came in, in pages', async () => {
      const { audit } = await makeStores();
      const target = randomUUID();
      const [one, two, three, four] = [1, 2, 3, 4].map((second) => newEntry(second, { target }));
      await audit.append([two!, four!]);
      await audit.append([three!, one!]);
      assert.deepEqual(await audit.list({ target, limit: 10 }), [four, three, two, one]);
      assert.deepEqual(await audit.list({ target, limit: 3 }), [four, three, two]);
      assert.deepEqual(await audit.list({ target, limit: 2, before: four!.entryId }), [three, two]);
      assert.deepEqual(await audit.list({ target, limit: 2, before: one!.entryId }), []);
      const between = entryIdOf(at(2).getTime() + 500);
      assert.deepEqual(await audit.list({ target, limit: 10, before: between }), [two, one]);
    });

    it('takes an entry once, and leaves it as it was', async () => {
      const { audit } = await makeStores();
      const target = randomUUID();
      const [first, second] = [newEntry(1, { target }), newEntry(2, { target })];
      await audit.append([first]);
      await audit.append([{ ...first, details: { other: true } }, second]);
      assert.deepEqual(await audit.list({ target, limit: 10 }), [second, first]);
      await race(() => audit.append([second, first]));
      assert.deepEqual(await audit.list({ target, limit: 10 }), [second, first]);
    });

    it('lists by type, actor, target, organisation and time, and by all of them', async () => {
      const { audit } = await makeStores();
      const [userId, orgId, target] = [randomUUID(), randomUUID(), randomUUID()];
      const actor = { userId, orgId, provider: 'jwt', credentialId: 'jti' } as const;
      const all = [
        newEntry(1, { actor, target, type: 'user.created' }),
        newEntry(2, { actor: { ...actor, userId: randomUUID() }, target }),
        newEntry(3, { actor: { ...actor, orgId: randomUUID() }, target }),
        newEntry(4, { actor }),
        newEntry(5, { target }),
        newEntry(6, { actor, target }),
      ];
      await audit.append(all);
      const found = async (query: Omit<AuditQuery, 'limit'>): Promise<number[]> => {
        const entries = await audit.list({ ...query, limit: 100 });
        return entries.map(({ entryId }) => 1 + all.findIndex((one) => one.entryId === entryId));
      };
      assert.deepEqual(await found({ actorId: userId }), [6, 4, 3, 1]);
      assert.deepEqual(await found({ orgId }), [6, 4, 2, 1]);
      assert.deepEqual(await found({ target }), [6, 5, 3, 2, 1]);
      assert.deepEqual(await found({ target, type: 'user.created' }), [1]);
      assert.deepEqual(await found({ target, type: 'user.%' }), []);
      assert.deepEqual(await found({ target, from: at(3) }), [6, 5, 3]);
      assert.deepEqual(await found({ target, to: at(3) }), [2, 1]);
      assert.deepEqual(await found({ target, from: at(2), to: at(5) }), [3, 2]);
      const each = { type: 'user.updated', actorId: userId, orgId, target, from: at(2), to: at(7) };
      assert.deepEqual(await found({ ...each, before: entryIdOf(at(8).getTime()) }), [6]);
      assert.deepEqual(await found({ ...each, before: all[5]!.entryId }), []);
      for (const name of ['type', 'actorId', 'orgId', 'target'])
        assert.deepEqual(await found({ ...each, [name]: '\0' }), []);
    });

    it('takes an entry whose target has a zero byte, with those beside it', async () => {
      const { audit } = await makeStores();
      const actorId = randomUUID();
      const actor = { userId: actorId, orgId: undefined, provider: 'jwt', credentialId: 'jti' } as const;
      await audit.append([newEntry(1, { actor }), newEntry(2, { actor, target: 'a\0b', requestId: '\0' })]);
      assert.equal((await audit.list({ actorId, limit: 10 })).length, 2);
    });

    it('removes what is from before a moment, and nothing else', async () => {
      const { audit } = await makeStores();
      const target = randomUUID();
      const [past, now, future] = [1, 2, 3].map((second) => newEntry(second, { target }));
      await audit.append([past!, now!, future!]);
      await audit.prune(at(2));
      assert.deepEqual(await audit.list({ target, limit: 10 }), [future, now]);
      assert.deepEqual(await audit.list({ target, limit: 10, before: past!.entryId }), []);
    });
  });
}

/** An entry that no other is, of a second. */
function newEntry(second: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    entryId: entryIdOf(at(second).getTime()),
    time: at(second),
    type: 'user.updated',
    actor: undefined,
    target: undefined,
    requestId: undefined,
    ip: undefined,
    details: {},
    ...fields,
  };
}

/** A UUIDv7 of a moment. */
function entryIdOf(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}
