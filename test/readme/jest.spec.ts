import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { buildAndCopy, ROOT, type BuiltCopy } from '../support/build.js';
import { SECRET } from '../support/secret.js';
import { blocks } from './readme.js';

jest.setTimeout(90_000);

/** In a CommonJS application: relative imports without an extension. */
const SPEC = `
import { Test } from '@nestjs/testing';
import { AuthGuard } from 'nestjs-gatehouse';
import { guardAs } from 'nestjs-gatehouse/testing';
import { AppModule } from './app.module';

it('boots behind another guard', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(AuthGuard)
    .useValue(guardAs({ userId: 'ada' }))
    .compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(\`http://127.0.0.1:\${app.getHttpServer().address().port}/sessions\`);
  expect(await answer.json()).toEqual({ owner: 'ada' });
  await app.close();
});
`;

let built: BuiltCopy;
let folder: string;
beforeAll(async () => {
  // Outside of node_modules, where Jest looks for no tests.
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-jest-'));
  built = await buildAndCopy();
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
}, 180_000);
afterAll(async () => {
  await built.remove();
  await rm(folder, { recursive: true });
});

it('a CommonJS application is tested by Jest with the configuration of the README', async () => {
  const [config] = blocks('js', 'Testing');
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(join(folder, 'jest.config.mjs'), config!.text);
  for (const { text } of blocks('ts', 'Protect a route')) {
    const [, name] = /^\/\/ (\S+)\n/.exec(text)!;
    if (name !== 'main.ts')
      await writeFile(join(folder, name!), text.replaceAll(/(from '\.\/[^']+)\.js'/g, "$1'"));
  }
  await writeFile(join(folder, 'app.spec.ts'), SPEC);

  const [, command] = blocks('sh', 'Testing');
  const env = { PATH: process.env.PATH, AUTH_JWT_SECRET_KEY: SECRET, NO_COLOR: '1' };
  const { stderr } = await promisify(execFile)('sh', ['-c', command!.text], { cwd: folder, env });
  expect(stderr).toMatch(/^Tests: +1 passed, 1 total$/m);
});
