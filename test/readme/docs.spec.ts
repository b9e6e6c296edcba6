import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { ROOT } from '../support/source-files.js';
import { anchorsIn, linksIn } from './readme.js';

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

const DOCS = readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`);
const PAGES = [...DOCS, 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'test/README.md'];

describe('the pages beside the README', () => {
  it.each(PAGES)('%s links to files and headings that exist', (page) => {
    for (const target of linksIn(read(page))) {
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path!);
      expect([target, existsSync(ROOT + file)]).toEqual([target, true]);
      if (anchor !== undefined)
        expect([target, anchorsIn(read(file))]).toEqual([target, expect.arrayContaining([anchor])]);
    }
  });

  it('are all linked to from the README', () => {
    const linked = linksIn(read('README.md')).map((target) => target.split('#')[0]);
    expect(linked).toEqual(expect.arrayContaining(DOCS));
  });

  it.each(['README.md', ...PAGES])('%s names no script that is not there', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(['docs/operations.md', 'CONTRIBUTING.md'])('%s names each of the long tests', (page) => {
    const [, list] = /const SCRIPTS = \[([^\]]+)\]/.exec(read('test/faults/index.mjs'))!;
    const names = [...list!.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(5);
    const told = read(page)
      .split('npm run test:faults -- ')[1]!
      .slice(0, 250)
      .split(/[^a-z-]+/);
    expect(told).toEqual(expect.arrayContaining(names));
  });

  it('docs/operations.md tells of each table of the schema how long its rows are kept', () => {
    const [, section] = read('docs/operations.md').split(/^## What is kept, and for how long$/m);
    const told = [...section!.split(/^## /m)[0]!.matchAll(/^\| (`.+?)\|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, table]) => table!),
    );
    const folder = 'libs/auth/src/stores/postgres/';
    const tables = readdirSync(ROOT + folder)
      .filter((name) => name.endsWith('schema.ts'))
      .flatMap((name) => [...read(folder + name).matchAll(/gatehouse\.table\(\s*'(\w+)'/g)])
      .map(([, table]) => table!);
    expect(tables.length).toBeGreaterThan(10);
    expect(told.toSorted()).toEqual(tables.toSorted());
  });

  it.each(['docs/operations.md', 'docs/oauth.md'])('%s names no event that is none', (page) => {
    const source = read('libs/auth/src/events/auth-events.ts');
    const named = [
      ...read(page).matchAll(/`((?:feed|audit|session|login|client|rate-limit|setup|provider)\.[a-z-]+)`/g),
    ];
    const unknown = named.map(([, type]) => type!).filter((type) => !source.includes(`'${type}'`));
    // Options have dots, too.
    expect(unknown.filter((name) => !['audit.retention'].includes(name))).toEqual([]);
  });
});
