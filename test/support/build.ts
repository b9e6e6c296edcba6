import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const CACHE = join(ROOT, 'node_modules/.cache/gatehouse-test');
const LOCK = join(CACHE, 'build.lock');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** A lock that is older was left behind by a run that was killed. Milliseconds. */
const LOCK_LIFE = 120_000;

let folders = 0;

/** A copy of the built package and demo, inside of the workspace, so that its other packages are found from there. */
export interface BuiltCopy {
  readonly folder: string;
  /** What `npm start` runs. */
  readonly demo: string;
  /** A folder of its own for each demo, `DATA_DIR`: an empty database. */
  dataFolder(): string;
  remove(): Promise<void>;
}

/**
 * Builds what is missing or stale, as `npm start` does, and copies it: processes that run from the copy do not care
 * when another test builds or packs the same folders.
 */
export async function buildAndCopy(): Promise<BuiltCopy> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'built-'));
  const database = await withBuildLock(emptyDatabase);
  await withBuildLock(async () => {
    await promisify(execFile)(process.execPath, [TSC, '-b', 'apps/demo'], { cwd: ROOT });
    for (const [from, to] of [
      ['libs/auth', 'node_modules/nestjs-gatehouse'],
      ['apps/demo', 'demo'],
    ] as const) {
      await cp(join(ROOT, from, 'dist'), join(folder, to, 'dist'), { recursive: true });
      await cp(join(ROOT, from, 'package.json'), join(folder, to, 'package.json'));
    }
  });
  return {
    folder,
    demo: join(folder, 'demo/dist/main.js'),
    dataFolder: () => {
      const copy = join(folder, `data-${(folders += 1)}`);
      cpSync(database, copy, { recursive: true });
      return copy;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A folder as PGlite makes it on its first start, which takes many times as long as a copy. Made once on a machine. */
async function emptyDatabase(): Promise<string> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { version } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json'), 'utf8'),
  ) as { version: string };
  const finished = join(CACHE, `database-${version}`);
  if (existsSync(finished)) return finished;
  const fresh = await mkdtemp(join(CACHE, 'database-'));
  await (await PGlite.create(fresh)).close();
  await rename(fresh, finished);
  return finished;
}

/** One process at a time builds or packs: `mkdir` succeeds for exactly one of those that try. */
export async function withBuildLock<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(CACHE, { recursive: true });
  while (!(await tryLock())) await pause(100);
  try {
    return await work();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

async function tryLock(): Promise<boolean> {
  try {
    await mkdir(LOCK);
    return true;
  } catch {
    const made = await stat(LOCK).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > LOCK_LIFE)
      await rm(LOCK, { recursive: true, force: true });
    return false;
  }
}
