/** `npm run bench:micro [-- section...] [--node 24]`: what single steps cost inside one process; see docs/benchmarks.md. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { writePage } from './harness/page.mjs';
import { dropDatabases } from './harness/postgres.mjs';
import { saveResults } from './harness/results.mjs';
import { microTable } from './harness/table.mjs';
import { environment, environmentLines } from './harness/versions.mjs';

/** The files of micro/. Each runs in a process of its own: one would spoil what the compiler learned of another. */
const SECTIONS = ['guard', 'verification', 'permissions', 'feed', 'memory', 'postgres'];

const versions = environment();
console.log(`${environmentLines(versions).join('\n')}\n`);

const asked = process.argv.slice(2);
const chosen = SECTIONS.filter((section) => asked.length === 0 || asked.includes(section));
const micro = [];
for (const section of chosen) {
  const child = fork(new URL('./micro/run.mjs', import.meta.url), [section], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${section} ended with ${code}`);
  });
  const [rows] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  micro.push(...rows);
}
console.log(microTable(micro));

await dropDatabases();

const isWhole = chosen.length === SECTIONS.length;
await saveResults(isWhole ? versions.node : 'partial', { ...versions, micro });
if (isWhole) await writePage();
