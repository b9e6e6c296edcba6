import { readFileSync } from 'node:fs';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { undocumentedExports } from '../support/exported-symbols.js';
import { packageOf } from '../support/floors.js';
import { parseSource, ROOT } from '../support/source-files.js';
import { output, pack, type Packed } from './packed.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The condition that the workspace's own tests set to run from source; sources are not published. */
const SOURCE = 'nestjs-gatehouse-source';

let packed: Packed;
/** What somebody finds in `node_modules/nestjs-gatehouse`. */
let folder: string;
let files: string[];
let manifest: Manifest;

beforeAll(async () => {
  packed = await pack();
  await mkdir(join(packed.folder, 'tarball'));
  await output('tar', ['-xzf', packed.tarball, '-C', join(packed.folder, 'tarball')], packed.folder);
  folder = join(packed.folder, 'tarball', 'package');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}, 240_000);

afterAll(() => packed.remove());

describe('the tarball', () => {
  it('holds dist, package.json, README.md and LICENSE, and nothing else', () => {
    const others = files.filter((file) => !/^dist\/[a-z0-9./-]+(?<!\.spec)(\.js|\.d\.ts)$/.test(file));
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(files).toContain('dist/index.js');
  });

  it.each(['README.md', 'LICENSE'])('has the %s of the project', async (file) => {
    expect(await readFile(join(folder, file), 'utf8')).toBe(readFileSync(ROOT + file, 'utf8'));
  });

  it('has a file behind every export, and its types', async () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string'
        ? [target]
        : Object.entries(target).flatMap(([condition, file]) => (condition === SOURCE ? [] : [file])),
    );
    expect(targets.length).toBeGreaterThan(4);
    await Promise.all(targets.map((target) => access(join(folder, target))));
  });

  it('names the types of its entries for the older module resolution too', () => {
    const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
      typeof target === 'string' || name === '.' ? [] : [[name.slice(2), [target.types]]],
    );
    expect(manifest.typesVersions).toEqual({ '*': Object.fromEntries(entries) });
  });

  it('keeps the doc comments in its types', () => {
    const entries = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [] : [join(folder, target.types!)],
    );
    expect(undocumentedExports(entries)).toEqual([]);
  });

  it('imports what it declares, and declares what it imports', async () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    // Handed in by the application, or imported by Drizzle.
    const imported = new Set(['@electric-sql/pglite', 'ioredis', 'pg']);
    for (const file of files.filter((name) => name.startsWith('dist/'))) {
      const { imports } = parseSource(file, await readFile(join(folder, file), 'utf8'));
      for (const one of imports.filter(({ path }) => path === undefined)) {
        if (one.specifier.startsWith('node:') && isBuiltin(one.specifier)) continue;
        imported.add(packageOf(one));
      }
    }
    expect([...imported].toSorted()).toEqual(Object.keys(declared).toSorted());
  });

  it('satisfies publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('satisfies arethetypeswrong, as a package of ES modules only', async () => {
    const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [attw, packed.tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'];
    expect(await output(process.execPath, args, packed.folder)).toContain('"nestjs-gatehouse/testing"');
  }, 240_000);
});
