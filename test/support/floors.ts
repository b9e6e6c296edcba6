import type { Import, SourceFile } from './source-files.js';

const LIBRARY = 'libs/auth/src/';

/**
 * The rooms and single files of the library, floor by floor, top to bottom. A new room is a name on its floor. Stores
 * are one room each: no store knows another.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['testing'],
  ['index.ts'],
  ['auth.module.ts'],
  ['auth.controllers.ts', 'auth.providers.ts'],
  ['auth-module.options.ts'],
  ['stores/postgres', 'stores/redis'],
  ['stores/auth-stores.ts'],
  ['stores/memory', 'stores/people-stores.ts'],
  ['oauth'],
  ['users', 'audit'],
  ['sessions', 'roles'],
  ['tokens', 'api-keys'],
  ['guard', 'options'],
  ['revocation', 'events', 'store-answer.ts'],
  ['identity', 'errors.ts', 'clock.ts', 'input.ts', 'input.fields.ts', 'uuid-v7.ts'],
];

/** The arrows between two rooms of one floor, `from -> to`. */
export const SIDEWAYS: ReadonlySet<string> = new Set([
  'guard -> options',
  'errors.ts -> identity',
  'revocation -> events',
  'revocation -> store-answer.ts',
]);

/** The room of a file of the library, or the file itself; undefined for what has no floor. */
export function roomOf(path: string): string | undefined {
  const inside = path.startsWith(LIBRARY) ? path.slice(LIBRARY.length) : '';
  return FLOORS.flat().find((room) => inside === room || inside.startsWith(`${room}/`));
}

/** Arrows run downward, and sideways only where {@link SIDEWAYS} has them. */
export function wrongArrows(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => path.startsWith(LIBRARY)).flatMap(wrongArrowsOf);
}

function wrongArrowsOf({ path, imports }: SourceFile): string[] {
  const from = roomOf(path);
  if (from === undefined) return [`${path} has no floor`];
  return imports.flatMap((one) => {
    const to = one.path === undefined ? undefined : roomOf(one.path);
    if (one.path === undefined || to === from) return [];
    if (to === undefined) return [`${path} -> ${one.path}, which has no floor`];
    const isAllowed = SIDEWAYS.has(`${from} -> ${to}`) || floorOf(from) < floorOf(to);
    return isAllowed ? [] : [`${path} -> ${one.path}`];
  });
}

function floorOf(room: string): number {
  return FLOORS.findIndex((floor) => floor.includes(room));
}

/** Circles of imports, type-only ones included, each as the list of its files. */
export function circles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const { path: next } of byPath.get(path)?.imports ?? []) {
      if (next !== undefined) visit(next, [...way, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

/**
 * Imports of optional peers that an entry of the package cannot do without: everybody who imports the entry would have
 * to install them.
 *
 * @param entry the entry's source.
 * @param optional the optional peers that this entry may not need.
 */
export function neededPeers(
  files: readonly SourceFile[],
  entry: string,
  optional: readonly string[],
): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const problems: string[] = [];
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const one of byPath.get(path)?.imports.filter(({ isLazy }) => !isLazy) ?? []) {
      if (one.path !== undefined) visit(one.path);
      else if (optional.includes(packageOf(one))) problems.push(`${path} -> ${one.specifier}`);
    }
  };
  visit(entry);
  return problems;
}

/** The package of a specifier: `@scope/name/sub` is of `@scope/name`. */
export function packageOf({ specifier }: Pick<Import, 'specifier'>): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
