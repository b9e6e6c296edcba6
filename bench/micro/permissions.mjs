import { UserIdentity } from 'nestjs-gatehouse';

import { time } from './time.mjs';

/** Three permissions required, of 1, 10 and 1,000 that the caller was granted. */
export async function measure() {
  const rows = [];
  for (const count of [1, 10, 1_000]) {
    const granted = Array.from({ length: count }, (_, i) => `resource${i}:read`);
    const identity = new UserIdentity({ userId: 'user_1', credentialId: 'token_1', permissions: granted });
    const required = [0, Math.floor(count / 2), count - 1].map((i) => granted[i]);
    const title = `three required of ${count.toLocaleString('en')} granted`;
    rows.push(await time(title, () => identity.hasAllPermissions(required)));
  }
  const wildcard = new UserIdentity({
    userId: 'user_1',
    credentialId: 'token_1',
    permissions: ['session:*'],
  });
  const covered = ['session:create', 'session:read', 'session:list'];
  rows.push(await time('three required, one wildcard granted', () => wildcard.hasAllPermissions(covered)));
  return rows;
}
