import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { AuthStores } from '../stores/auth-stores.js';
import { loggedOf, newRevocation, race, RACERS, readLog, type TestRunner } from './store-contract.js';

type Stores = Pick<AuthStores, 'revocations'>;

/**
 * What every {@link RevocationStore} has to do, races included. Run it on your own:
 *
 * ```ts
 * revocationStoreContract({ describe, it }, async () => mongoStores(database));
 * ```
 *
 * @param makeStores called for each test; stores may share one database, since every test makes ids of its own.
 */
export function revocationStoreContract(
  { describe, it }: TestRunner,
  makeStores: () => Promise<Stores> | Stores,
): void {
  describe('RevocationStore', () => {
    it('gives back what was appended, in its order, with growing positions', async () => {
      const { revocations } = await makeStores();
      const kinds = ['token', 'session', 'api-key', 'subject'] as const;
      const written = kinds.map((kind, i) => newRevocation(kind, randomUUID(), 1_767_323_045_678 + i));
      const before = await lastPosition({ revocations });
      await revocations.append(written.slice(0, 3));
      await revocations.append(written.slice(3));
      const entries = await readLog(revocations, before);
      assert.deepEqual(
        entries.map(({ position, ...revocation }) => revocation),
        written,
      );
      const positions = entries.map(({ position }) => position);
      assert.ok(positions[0]! > before && positions[0]! >= 1);
      assert.deepEqual(positions, growing(positions));
    });

    it('gives back at most as many as are asked for, the earliest of them', async () => {
      const { revocations } = await makeStores();
      const before = await lastPosition({ revocations });
      await revocations.append(Array.from({ length: 5 }, () => newRevocation('token')));
      const all = await revocations.readAfter(before, 100);
      assert.equal(all.length, 5);
      assert.deepEqual(await revocations.readAfter(before, 2), all.slice(0, 2));
      assert.deepEqual(await revocations.readAfter(all[1]!.position, 100), all.slice(2));
      assert.deepEqual(await revocations.readAfter(all[4]!.position, 100), []);
    });

    it('appends nothing when there is nothing, and the same twice when told twice', async () => {
      const { revocations } = await makeStores();
      const before = await lastPosition({ revocations });
      await revocations.append([]);
      assert.deepEqual(await readLog(revocations, before), []);
      const revocation = newRevocation('session');
      await revocations.append([revocation]);
      await revocations.append([revocation]);
      assert.deepEqual(await loggedOf(revocations, revocation.id), [revocation, revocation]);
    });

    it('appends several thousand entries at once', async () => {
      const { revocations } = await makeStores();
      const before = await lastPosition({ revocations });
      const written = Array.from({ length: 3_000 }, () => newRevocation('token'));
      await revocations.append(written);
      assert.deepEqual(
        (await readLog(revocations, before)).map(({ id }) => id),
        written.map(({ id }) => id),
      );
    });

    it('removes what has expired and nothing else, and gives no position twice', async () => {
      const { revocations } = await makeStores();
      const [past, now, future] = [999, 1_000, 1_001].map((expiresAt) => ({
        ...newRevocation('token'),
        expiresAt,
      }));
      await revocations.append([past!, now!, future!]);
      const last = await lastPosition({ revocations });
      await revocations.prune(1_000);
      assert.deepEqual(await loggedOf(revocations, past!.id), []);
      assert.deepEqual(await loggedOf(revocations, now!.id), []);
      assert.deepEqual(await loggedOf(revocations, future!.id), [future]);
      await revocations.prune(1_001);
      const revocation = newRevocation('token');
      await revocations.append([revocation]);
      const entries = await readLog(revocations, last);
      assert.ok(entries.some(({ id }) => id === revocation.id));
    });

    it('makes positions readable in their order: who has seen one finds no lower one later', async () => {
      const { revocations } = await makeStores();
      const start = await lastPosition({ revocations });
      const ids = Array.from({ length: RACERS }, () => randomUUID());
      const seen: number[] = [];
      const seenIds = new Set<string>();
      let isWritten = false;
      // A feed reads on from the latest position it knows; an entry that turns up below it would never be read.
      const reader = async (): Promise<void> => {
        for (let isLast = false; ; isLast = isWritten) {
          const entries = await revocations.readAfter(seen.at(-1) ?? start, 7);
          for (const { position, id } of entries) {
            seen.push(position);
            seenIds.add(id);
          }
          if (isLast && entries.length === 0) return;
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const reading = reader();
      await race((i) =>
        revocations.append([newRevocation('session', ids[i]), newRevocation('token', ids[i])]),
      );
      isWritten = true;
      await reading;
      assert.deepEqual(seen, growing(seen));
      assert.equal(seen.length, 2 * RACERS);
      assert.deepEqual(
        ids.filter((id) => !seenIds.has(id)),
        [],
      );
    });
  });
}

async function lastPosition({ revocations }: Stores): Promise<number> {
  return (await readLog(revocations)).at(-1)?.position ?? 0;
}

function growing(positions: readonly number[]): number[] {
  return [...new Set(positions)].sort((a, b) => a - b);
}
