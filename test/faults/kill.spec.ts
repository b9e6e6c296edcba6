import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { buildAndCopy, ROOT, type BuiltCopy } from '../support/build.js';
import { killChildren, startNode } from '../support/child.js';
import { POSTGRES } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';

/** The whole of it, 200 kills, is `npm run test:faults -- kill`. */
await describeIfServer(POSTGRES, 'an application that is killed while it writes', (url) => {
  let built: BuiltCopy;
  beforeAll(async () => {
    built = await buildAndCopy();
    await cp(join(ROOT, 'test/faults'), join(built.folder, 'faults'), { recursive: true });
  }, 300_000);
  afterAll(async () => {
    await killChildren();
    await built.remove();
  });

  it('loses nothing and leaves nothing half-made, at each of a few random moments', async () => {
    const script = startNode(join(built.folder, 'faults/kill.mjs'), {
      ...{ DATABASE_URL: url, KILLS: '3', LONGEST: '120', TIME_LIMIT: '100' },
    });
    const { code } = await script.ended;
    expect([code, code === 0 ? '' : script.stdout() + script.stderr()]).toEqual([0, '']);
    expect(script.stdout()).toMatch(/kills with work in flight +\| +3 /);
  }, 120_000);
});
