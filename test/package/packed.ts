import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT } from '../support/source-files.js';

const run = promisify(execFile);

/** The library as it is published. */
export interface Packed {
  /** A folder outside of the workspace, so that nothing in it finds the workspace's packages. */
  readonly folder: string;
  readonly tarball: string;
  remove(): Promise<void>;
}

/**
 * Runs `npm pack`, build included, on a copy of the library: it deletes `dist` first, which other tests may be running.
 */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-package-'));
  const copy = join(folder, 'workspace');
  await mkdir(join(copy, 'libs'), { recursive: true });
  for (const file of ['README.md', 'LICENSE', 'tsconfig.base.json', 'libs/auth']) {
    await cp(join(ROOT, file), join(copy, file), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await npm(join(copy, 'libs/auth'), 'pack', '--pack-destination', folder);
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  return {
    folder,
    tarball: join(folder, tarball!),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs npm as somebody would in a folder of theirs, without what the `npm test` around it has set. */
export async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const env = Object.entries(process.env).filter(
    ([name]) =>
      !/^(NODE_OPTIONS|NODE_ENV|INIT_CWD|npm_(lifecycle|package|command).*|npm_config_local_prefix)$/.test(
        name,
      ),
  );
  return output('npm', args, folder, Object.fromEntries(env));
}

/** Runs a tool of a project's own. @returns what it printed; rejects with all of it when it failed. */
export async function output(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args, { cwd, env, maxBuffer: 16 * 2 ** 20 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
