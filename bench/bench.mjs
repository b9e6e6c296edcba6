/** `npm run bench [-- --quick] [--only=text] [--platform=fastify] [--node 24]`: see docs/benchmarks.md. */
import { parseArgs } from 'node:util';

import { writePage } from './harness/page.mjs';
import { saveResults } from './harness/results.mjs';
import { dropDatabases } from './harness/postgres.mjs';
import { measure } from './harness/rounds.mjs';
import { httpTable } from './harness/table.mjs';
import { environment, environmentLines } from './harness/versions.mjs';
import { allVariants } from './variants/index.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    platform: { type: 'string', default: '' },
  },
});

const settings = options.quick
  ? { rounds: 1, seconds: 0.2, warmUp: 0.1 }
  : { rounds: 5, seconds: 0.6, warmUp: 0.8 };

const versions = environment();
console.log(environmentLines(versions).join('\n'));
console.log(`${settings.rounds} rounds of ${settings.seconds} s each\n`);

const began = performance.now();
const variants = await allVariants();
if (variants.every(({ needsPostgres }) => !needsPostgres))
  console.log('No Postgres answers: its rows are left out\n');
const order = new Map(variants.map(({ id }, i) => [id, i]));
const rows = [];
for (const platform of ['fastify', 'express'].filter((name) => name.includes(options.platform))) {
  const chosen = variants.filter(
    ({ id, platforms }) => platforms.includes(platform) && (id === 'unguarded' || id.includes(options.only)),
  );
  const measured = [];
  await measure(platform, chosen, settings, (row) => {
    measured.push(row);
    console.error(`${platform}: ${row.title}: ${row.ratio.toFixed(2)}`);
  });
  measured.sort((a, b) => order.get(a.id) - order.get(b.id));
  console.log(`\n${platform}\n\n${httpTable(measured)}\n`);
  rows.push(...measured);
}
await dropDatabases();
console.log(`${Math.round((performance.now() - began) / 1_000)} s in all`);

// A short or partial run is for looking at, not for keeping.
const isWhole = !options.quick && options.only === '' && options.platform === '';
await saveResults(isWhole ? versions.node : 'partial', { ...versions, settings, rows });
if (isWhole) await writePage();
