import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildAndCopy, type BuiltCopy } from '../support/build.js';
import { announcedCommands, HAS_CURL, killChildren, startNode } from '../support/child.js';
import { PLATFORMS } from '../support/platforms.js';
import { blocks } from './readme.js';

const ADDRESS = 'http://127.0.0.1:3000';

(HAS_CURL ? describe : describe.skip)('the first round of the README, given to the demo', () => {
  let built: BuiltCopy;
  beforeAll(async () => void (built = await buildAndCopy()), 120_000);
  afterEach(killChildren);
  afterAll(() => built.remove());

  it.each(PLATFORMS)(
    'is answered as announced, on %s',
    async (adapter) => {
      const [, first, second] = blocks('sh', 'People').map(({ text }) => text);
      const announced = announcedCommands(first! + second!);
      expect(announced.map((one) => one.announced)).toEqual([
        ...[201, 201, 201],
        ...[204, 200, 403, 200, 204, 201, 200, 204, 403, 200],
      ]);
      expect((first! + second!).match(/^curl /gm)).toHaveLength(announced.length);
      expect(first!.split(ADDRESS)).toHaveLength(2);

      const demo = startNode(built.demo, { DATA_DIR: built.dataFolder(), PORT: '0', HTTP_ADAPTER: adapter });
      await demo.until(/^# 401: .*\ncurl .*\n/m);
      const [, url] = /Listening on (http:\S+) with /.exec(demo.stdout())!;
      const [, setupToken] = /^SETUP_TOKEN (\S+)$/m.exec(demo.stdout())!;
      const mail = join(built.folder, `invitation-${adapter}`);
      // As somebody who pastes the one, reads the mail, and pastes the other.
      const script = `${first!.replace(ADDRESS, url!)}
        until [ -s '${mail}' ]; do sleep 0.1; done
        INVITATION=$(cat '${mail}')\n${second!}`;
      const env = { PATH: process.env.PATH, SETUP_TOKEN: setupToken };
      const pasted = promisify(execFile)('sh', ['-c', script], { env, timeout: 60_000 });
      const [, invitation] = await demo.until(/^MAIL invitation to grace@example\.com: (\S+)$/m);
      await writeFile(mail, invitation!);

      const { stdout } = await pasted;
      expect([...stdout.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))).toEqual(
        announced.map((one) => one.announced),
      );
      const [shown] = blocks('text', 'People');
      expect(stdout).toMatch(
        new RegExp(
          shown!.text
            .trim()
            .replaceAll(/[{}[\]]/g, String.raw`\$&`)
            .replace('…', String.raw`[\w-]{36}`),
        ),
      );
      for (const type of ['user.invited', 'login.succeeded', 'grant.added', 'role.unassigned'])
        expect(stdout).toContain(`"type":"${type}"`);
    },
    120_000,
  );
});
