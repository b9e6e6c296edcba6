import { readFile, writeFile } from 'node:fs/promises';

import { allResults } from './results.mjs';
import { httpTable, microTable } from './table.mjs';
import { environmentLines } from './versions.mjs';

const PAGE = new URL('../../docs/benchmarks.md', import.meta.url);
const BEGIN = '<!-- figures: written by npm run bench and npm run bench:micro -->';
const END = '<!-- end of figures -->';

/** Puts the tables of every Node version that was measured between the marks of docs/benchmarks.md. */
export async function writePage() {
  const page = await readFile(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  const sections = (await allResults()).map(section);
  await writeFile(PAGE, [page.slice(0, before), ...sections, page.slice(after)].join('\n\n'));
}

function section({ rows = [], micro = [], ...environment }) {
  const [node, packages] = environmentLines(environment);
  const parts = [`## ${node}`, `With ${packages}.`];
  for (const [platform, title] of [
    ['fastify', 'Fastify'],
    ['express', 'Express'],
  ]) {
    const own = rows.filter((row) => row.platform === platform);
    if (own.length > 0) parts.push(`### ${title}`, httpTable(own));
  }
  if (micro.length > 0) parts.push('### In process', microTable(micro));
  return parts.join('\n\n');
}
