import { randomUUID } from 'node:crypto';

import { RevocationFeed, UserIdentity } from 'nestjs-gatehouse';

import { person } from '../harness/tokens.mjs';
import { startGatehouse } from './contexts.mjs';
import { time } from './time.mjs';

/** What is asked on every request, remembered or not: is this token, its session, its owner still good? */
export async function measure() {
  const app = await startGatehouse();
  const feed = app.get(RevocationFeed);
  const identities = Array.from({ length: 512 }, (_, i) => {
    const [credentialId, sessionId] = [randomUUID(), randomUUID()];
    return new UserIdentity({ ...person(i), credentialId, sessionId, issuedAt: Date.now() });
  });
  const rows = [];
  let entries = 0;
  for (const goal of [0, 10_000, 1_000_000]) {
    for (; entries < goal; entries++) {
      const expiresAt = Date.now() + 3_600_000;
      await feed.revoke({ kind: 'token', id: randomUUID(), at: Date.now(), expiresAt });
    }
    rows.push(
      await time(`feed with ${goal.toLocaleString('en')} entries`, (i) =>
        feed.verdict(identities[i % identities.length], 0),
      ),
    );
  }
  await app.close();
  return rows;
}
