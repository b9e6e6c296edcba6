// What `npm pack` and `npm publish` run first. npm puts README.md and LICENSE into a tarball only from the package's own
// folder, so they are copied there; and dist is made anew, because tsc leaves the output of deleted sources behind.
import { copyFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

process.chdir(import.meta.dirname);
rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-b'], {
  stdio: 'inherit',
});
for (const file of ['README.md', 'LICENSE']) copyFileSync(`../../${file}`, file);
