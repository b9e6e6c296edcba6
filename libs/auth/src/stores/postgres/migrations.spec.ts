import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

import { MIGRATIONS } from './migrations.js';

const LIBRARY = join(import.meta.dirname, '../../..');

it('are all that the folder has', async () => {
  const { entries } = JSON.parse(await readFile(join(LIBRARY, 'drizzle/meta/_journal.json'), 'utf8'));
  const written = await Promise.all(
    (entries as { tag: string }[]).map(async ({ tag }) => ({
      name: tag,
      statements: (await readFile(join(LIBRARY, `drizzle/${tag}.sql`), 'utf8'))
        .split('--> statement-breakpoint')
        .map((statement) => statement.trim()),
    })),
  );
  expect(MIGRATIONS).toEqual(written);
});

it('are all that the schema needs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  await cp(join(LIBRARY, 'drizzle'), folder, { recursive: true });
  const before = await readdir(folder);
  const schema = './src/stores/postgres/schema.ts';
  // Relative: that is how drizzle-kit takes them.
  const out = join('../'.repeat(20), folder);
  await promisify(execFile)(
    'npx',
    ['--no', 'drizzle-kit', 'generate', '--dialect', 'postgresql', '--schema', schema, '--out', out],
    { cwd: LIBRARY },
  );
  expect(await readdir(folder)).toEqual(before);
  await rm(folder, { recursive: true });
}, 120_000);
