import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { undocumentedExports } from './support/exported-symbols.js';
import { circles, FLOORS, neededPeers, wrongArrows } from './support/floors.js';
import * as rules from './support/house-rules.js';
import { parseSource, ROOT, sourceFiles, type SourceFile } from './support/source-files.js';

const isSpec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');
const library = sourceFiles('libs/auth/src').filter((file) => !isSpec(file));
const demo = sourceFiles('apps/demo/src').filter((file) => !isSpec(file));
const tests = sourceFiles('test').filter((file) => !isSpec(file));
const product = [...library, ...demo];

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}
const manifest = JSON.parse(readFileSync(`${ROOT}libs/auth/package.json`, 'utf8')) as Manifest;

/** Each rule with the files it holds for, and a file that breaks it: a rule that finds nothing there looks at nothing. */
const RULES: readonly [
  says: string,
  rule: rules.HouseRule,
  files: readonly SourceFile[],
  broken: readonly [path: string, text: string],
][] = [
  [
    'no file has more than 250 lines',
    rules.isShort,
    [...product, ...tests],
    ['libs/auth/src/a.ts', '// a\n'.repeat(251)],
  ],
  [
    'names are lower case with hyphens, and no folder is for odds and ends',
    rules.hasProperPath,
    [...product, ...tests],
    ['libs/auth/src/utils/a.ts', ''],
  ],
  [
    'nothing is `any`',
    rules.hasNoAny,
    product,
    ['libs/auth/src/a.ts', 'export const a = (b: any): unknown => b;'],
  ],
  [
    'nothing is a default export',
    rules.hasNoDefaultExport,
    product,
    ['libs/auth/src/a.ts', 'export default class A {}'],
  ],
  [
    'exports are named one by one',
    rules.hasNoStarExport,
    product,
    ['libs/auth/src/a.ts', "export * from './errors.js';"],
  ],
  ['nothing is an enum', rules.hasNoEnum, product, ['libs/auth/src/a.ts', 'export enum A { B }']],
  [
    'no state is static',
    rules.hasNoStaticState,
    product,
    ['libs/auth/src/a.ts', 'export class A { static count = 0; }'],
  ],
  [
    'the environment is read in one place',
    rules.readsNoEnvironment,
    product.filter(({ path }) => !/\/(options\/)?environment\.ts$/.test(path)),
    ['libs/auth/src/a.ts', 'export const a = process.env.A;'],
  ],
  [
    'time comes from the clock',
    rules.asksTheClock,
    library.filter(({ path }) => !path.endsWith('clock.ts')),
    ['libs/auth/src/a.ts', 'export const a = new Date();'],
  ],
  [
    'files import files, not folder indexes',
    rules.importsNoIndex,
    library,
    ['libs/auth/src/a.ts', "import { guardAs } from './testing/index.js';"],
  ],
  [
    'HTTP is known to the guard, to controllers and to what stands around them',
    rules.knowsNoHttp,
    library.filter(
      ({ path }) => !/\/guard\/|\.(controller|management|filter|interceptor|pipe)\.ts$/.test(path),
    ),
    ['libs/auth/src/tokens/a.service.ts', "import { NotFoundException } from '@nestjs/common';"],
  ],
  [
    'the guard knows no kind of credential',
    rules.knowsNoCredentialKind,
    library.filter(({ path }) => path.includes('/guard/')),
    ['libs/auth/src/guard/a.ts', "import { Strategy } from 'passport-jwt';"],
  ],
  [
    'a controller does not go past its service to a store',
    rules.reachesNoStore,
    product.filter(({ path }) => path.endsWith('.controller.ts')),
    ['libs/auth/src/api-keys/a.controller.ts', "import { ApiKeyStore } from './api-key.store.js';"],
  ],
];

describe('house rules', () => {
  it.each(RULES)('%s', (_says, rule, files, [path, text]) => {
    expect(files).not.toHaveLength(0);
    expect(files.flatMap(rule)).toEqual([]);
    expect(rule(parseSource(path, text))).not.toEqual([]);
  });

  it('the guard itself is short enough to be read in one go', () => {
    const guard = library.find(({ path }) => path.endsWith('/guard/auth.guard.ts'));
    expect(guard?.text.split('\n').length).toBeLessThan(100);
  });

  it('whatever the package exports says what it is for', () => {
    const entries = entriesOf(manifest).map(({ source }) => ROOT + source);
    expect(undocumentedExports(entries)).toEqual([]);
  });
});

describe('floors', () => {
  it('arrows run downward', () => {
    expect(wrongArrows(library)).toEqual([]);
  });

  it('an arrow upward or to the side, and a file without a floor, would be found', () => {
    const found = wrongArrows([
      parseSource('libs/auth/src/guard/a.ts', "export type { Clock } from '../tokens/token.service.js';"),
      parseSource('libs/auth/src/tokens/a.ts', "const a = await import('../api-keys/api-key.service.js');"),
      parseSource('libs/auth/src/stores/memory/a.ts', "type A = import('../postgres/b.js').B;"),
      parseSource('libs/auth/src/cellar/a.ts', ''),
      parseSource('libs/auth/src/tokens/b.ts', "import { AuthGuard } from '../guard/auth.guard.js';"),
    ]);
    expect(found).toEqual([
      'libs/auth/src/guard/a.ts -> libs/auth/src/tokens/token.service.ts',
      'libs/auth/src/tokens/a.ts -> libs/auth/src/api-keys/api-key.service.ts',
      'libs/auth/src/stores/memory/a.ts -> libs/auth/src/stores/postgres/b.ts',
      'libs/auth/src/cellar/a.ts has no floor',
    ]);
  });

  it('the wiring alone sees every room', () => {
    const lowest = FLOORS.slice(-2).flat();
    const rooms = new Set(FLOORS.flat().filter((room) => !room.endsWith('.ts') && !lowest.includes(room)));
    const seers = library.filter(({ path, imports }) => {
      const seen = new Set(imports.map((one) => /src\/([a-z-]+)\//.exec(one.path ?? '')?.[1]));
      return !path.endsWith('/index.ts') && [...rooms].filter((room) => seen.has(room)).length > 4;
    });
    // The last one names what lasts of each room, and nothing else.
    const wiring = ['auth.controllers.ts', 'auth.providers.ts', 'stores/auth-stores.ts'].map(
      (name) => `libs/auth/src/${name}`,
    );
    expect(seers.map(({ path }) => path)).toEqual(wiring);
  });

  it('nothing runs in circles', () => {
    expect(circles(product)).toEqual([]);
    expect(
      circles([
        parseSource('libs/auth/src/a.ts', "import type { B } from './b.js';"),
        parseSource('libs/auth/src/b.ts', "export { A } from './a.js';"),
      ]),
    ).toEqual(['libs/auth/src/a.ts -> libs/auth/src/b.ts -> libs/auth/src/a.ts']);
  });

  it('the demo knows the package by its name alone, as its users do', () => {
    const outside = demo.flatMap(({ path, imports }) =>
      imports
        .filter((one) => one.path !== undefined && !one.path.startsWith('apps/demo/src/'))
        .map(() => path),
    );
    expect(outside).toEqual([]);
  });
});

describe('optional peers', () => {
  const optional = Object.keys(manifest.peerDependenciesMeta);

  /** What an entry of the package is there for, and so may import at once. */
  const PURPOSE: Readonly<Record<string, readonly string[]>> = {
    './postgres': ['drizzle-orm', 'pg', '@electric-sql/pglite'],
    './redis': ['ioredis', 'rate-limiter-flexible'],
  };

  it.each(entriesOf(manifest))('$name needs only those that it is there for', ({ name, source }) => {
    const others = optional.filter((peer) => PURPOSE[name]?.includes(peer) !== true);
    expect(neededPeers(library, source, others)).toEqual([]);
  });

  it('one that is needed would be found, however far from the entry', () => {
    const files = [
      parseSource('libs/auth/src/index.ts', "export { a } from './guard/a.js';"),
      parseSource('libs/auth/src/guard/a.ts', "import type { WsException } from '@nestjs/websockets';"),
      parseSource('libs/auth/src/guard/b.ts', "export const b = import('@nestjs/websockets');"),
    ];
    expect(neededPeers(files, 'libs/auth/src/index.ts', optional)).toEqual([
      'libs/auth/src/guard/a.ts -> @nestjs/websockets',
    ]);
  });
});

/** The entries of the package that hold code, with their sources. */
function entriesOf({ exports }: Manifest): { name: string; source: string }[] {
  return Object.entries(exports).flatMap(([name, target]) =>
    typeof target === 'string'
      ? []
      : [{ name, source: `libs/auth/${target.types.replace('./dist/', 'src/').replace('.d.ts', '.ts')}` }],
  );
}
