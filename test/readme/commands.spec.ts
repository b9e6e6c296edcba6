import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildAndCopy, type BuiltCopy } from '../support/build.js';
import { announcedCommands, HAS_CURL, killChildren, startNode, statusesOf } from '../support/child.js';
import { PLATFORMS } from '../support/platforms.js';
import { blocks } from './readme.js';

const ADDRESS = 'http://127.0.0.1:3000';

const describeWithCurl = HAS_CURL ? describe : describe.skip;

describeWithCurl('the commands of the README, given to the demo', () => {
  let built: BuiltCopy;
  beforeAll(async () => void (built = await buildAndCopy()), 120_000);
  afterEach(killChildren);
  afterAll(() => built.remove());

  it.each(PLATFORMS)('answer as announced, on %s', async (adapter) => {
    const demo = startNode(built.demo, { DATA_DIR: built.dataFolder(), PORT: '0', HTTP_ADAPTER: adapter });
    await demo.until(/^# 401: .*\ncurl .*\n/m);
    const [, url] = /Listening on (http:\S+) with /.exec(demo.stdout())!;
    const credentials = Object.fromEntries(
      ['TOKEN', 'API_KEY', 'ADMIN_TOKEN'].map((name) => [
        name,
        new RegExp(`^${name} (\\S+)$`, 'm').exec(demo.stdout())![1]!,
      ]),
    );
    const { text } = blocks('sh', 'Try it')[1]!;
    const announced = announcedCommands(text);

    expect(announced.map((one) => one.announced)).toEqual([201, 200, 403, 200, 401, 200]);
    expect(text.match(/^curl /gm)).toHaveLength(announced.length);
    expect(text.split(ADDRESS)).toHaveLength(announced.length + 1);
    const statuses = await statusesOf(text.replaceAll(ADDRESS, url!), credentials);
    expect(statuses).toEqual(announced.map((one) => one.announced));
  });

  it('go to the address that the demo has by itself', async () => {
    const { readEnvironment } = await import('../../apps/demo/src/environment.js');
    const { host, port } = readEnvironment({});
    expect(`http://${host}:${port}`).toBe(ADDRESS);
  });
});
