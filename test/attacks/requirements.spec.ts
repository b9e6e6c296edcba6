import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { GROUPS } from './groups.js';
import { REQUIREMENTS, SHOWN_ELSEWHERE, type Row } from './requirements.js';

const ROOT = new URL('../../', import.meta.url);

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

describe('the requirements of credentials', () => {
  const inGroups = new Set<string>(GROUPS.flatMap(({ rows }) => rows));
  const elsewhere = new Set<string>(SHOWN_ELSEWHERE.map(([row]) => row));
  /** The tests of the whole run have their rows in their titles. */
  const ofTheRun = new Set(
    read('test/attacks/attacks.spec.ts').match(/(?<=^ {2}it\('(?:\S+, )*)[AB]\d+\b/gm),
  );

  it.each(Object.entries(REQUIREMENTS))('%s has a test: %s', (row) => {
    expect([inGroups, elsewhere, ofTheRun].some((rows) => rows.has(row))).toBe(true);
  });

  it.each(SHOWN_ELSEWHERE)('%s: %s, %j', (_row: Row, spec, title) => {
    expect(read(spec)).toContain(`'${title}`);
  });
});
