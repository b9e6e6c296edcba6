import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { MUTATIONS, occurrences, rowOf, SOURCES } from './mutations/all.mjs';
import { ROOT } from './support/source-files.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const squeeze = (text: string): string => text.replaceAll(/ +/g, ' ');

/** What `npm run test:mutations` takes for granted. Whether the tests notice the mutations it alone can tell. */
describe('mutations', () => {
  it.each(MUTATIONS.map((mutation) => [mutation.check, mutation] as const))(
    '%s: can be applied, and its spec is there',
    (_check, mutation) => {
      const { file, search, replace, spec } = mutation;
      expect(occurrences(read(`${SOURCES}/${file}`), mutation)).toBe(1);
      expect(replace).not.toBe(search);
      expect(spec).toMatch(/\.spec\.ts$/);
      expect(existsSync(join(ROOT, spec))).toBe(true);
    },
  );

  it('have names of their own', () => {
    expect(new Set(MUTATIONS.map(({ check }) => check)).size).toBe(MUTATIONS.length);
  });

  it('are the table of test/README.md, row by row', () => {
    const rows = squeeze(read('test/README.md'))
      .split('\n')
      .filter((line) => /^\| [^|]+ \| `[^|]+\.ts` \|/.test(line));
    expect(rows).toEqual(MUTATIONS.map(rowOf).map(squeeze));
  });
});
