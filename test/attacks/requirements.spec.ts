import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

import { nodesOf, parseSource } from '../support/source-files.js';
import { OF_API_KEYS } from './api-keys.requirements.js';
import { GROUPS } from './groups.js';
import { OF_ISSUERS } from './issuers.requirements.js';
import { OF_PEOPLE } from './people.requirements.js';
import { OF_PROVIDER_LOGINS } from './provider-logins.requirements.js';
import { REQUIREMENTS, SHOWN_ELSEWHERE } from './requirements.js';
import { OF_ROBUSTNESS } from './robustness.requirements.js';
import { OF_SESSIONS } from './sessions.requirements.js';

const ROOT = new URL('../../', import.meta.url);

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** The titles of a spec's tests and of their groups; those that are skipped are none. */
function titlesOf(path: string): readonly string[] {
  let titles = known.get(path);
  if (titles === undefined) known.set(path, (titles = findTitles(path)));
  return titles;
}
const known = new Map<string, readonly string[]>();

function findTitles(path: string): string[] {
  const { tree } = parseSource(path, read(path));
  return [...nodesOf(tree)].filter(ts.isCallExpression).flatMap(({ expression, arguments: given }) => {
    const called = /^(?:it|describe|describeIfServer)(?:\.each)?\b/.exec(expression.getText(tree));
    if (called === null || /\.(?:skip|todo|failing)\b/.test(expression.getText(tree))) return [];
    return given
      .slice(0, 2)
      .filter(ts.isStringLiteralLike)
      .map(({ text }) => text);
  });
}

const shows = (path: string, title: string): boolean => titlesOf(path).some((one) => one.startsWith(title));

/** `C1` to `C12`, say. */
const rows = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);

describe('the requirements of credentials', () => {
  const inGroups = new Set<string>(GROUPS.flatMap(({ rows: shown }) => shown));
  const elsewhere = new Set<string>(SHOWN_ELSEWHERE.map(([row]) => row));
  /** The tests of the whole run have their rows in their titles. */
  const ofTheRun = new Set(
    read('test/attacks/attacks.spec.ts').match(/(?<=^ {2}it\('(?:\S+, )*)[AB]\d+\b/gm),
  );

  it('are all here', () => {
    expect(Object.keys(REQUIREMENTS)).toEqual([...rows('A', 21), ...rows('B', 11)]);
  });

  it.each(Object.entries(REQUIREMENTS))('%s has a test: %s', (row) => {
    expect([inGroups, elsewhere, ofTheRun].some((shown) => shown.has(row))).toBe(true);
  });

  it.each(SHOWN_ELSEWHERE)('%s: %s, %j', (_row, spec, title) => {
    expect([spec, title, shows(spec, title)]).toEqual([spec, title, true]);
  });
});

describe('the requirements of what lasts, and of people', () => {
  const LASTING = {
    ...OF_SESSIONS,
    ...OF_API_KEYS,
    ...OF_PEOPLE,
    ...OF_ISSUERS,
    ...OF_PROVIDER_LOGINS,
    ...OF_ROBUSTNESS,
  };

  it('are all here', () => {
    expect(Object.keys(LASTING)).toEqual([
      ...rows('C', 12),
      ...rows('D', 11),
      ...rows('E', 16),
      ...rows('F', 10),
      ...rows('G', 7),
    ]);
  });

  it.each(Object.entries(LASTING))('%s has its tests', (_row, { shownBy }) => {
    expect(shownBy.filter(([spec, title]) => !shows(spec, title))).toEqual([]);
    expect(shownBy.length).toBeGreaterThan(0);
  });

  it('would be missed', () => {
    const [spec, title] = LASTING.C2!.shownBy[0];
    expect(shows(spec, title)).toBe(true);
    expect(shows(spec, title.slice(1))).toBe(false);
    expect(shows(spec, `${title} twice`)).toBe(false);
    expect(() => shows('test/attacks/none.spec.ts', title)).toThrow('ENOENT');
  });
});
