import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { StartError } from './environment.js';

/**
 * PGlite's files are for one process at a time, and nothing else would stop the second.
 *
 * @returns a function that gives the folder free.
 * @throws StartError while another process that is alive has it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'demo.pid');
  const owner = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (owner > 0 && owner !== process.pid && isAlive(owner))
    throw new StartError(`DATA_DIR is in use by process ${owner}. Remedy: end it, or give another folder.`);
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
