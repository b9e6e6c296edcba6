import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/** The root of the workspace, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One import, `export from`, `import()` or `import('...')` type of a file. */
export interface Import {
  /** As written: `../guard/carrier.js`, `@nestjs/common`. */
  readonly specifier: string;
  /** What a relative specifier means, as a path from the root; undefined for packages. */
  readonly path: string | undefined;
  /** The names that are taken, before any `as`. */
  readonly names: readonly string[];
  /** `import()`: at run time, when it is needed. */
  readonly isLazy: boolean;
}

/** A source file with its imports. */
export interface SourceFile {
  /** From the root, with slashes: `libs/auth/src/errors.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below a folder, specs included; not what was built or installed. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => `${entry.parentPath.slice(ROOT.length)}/${entry.name}`)
    .filter((path) => !/(^|\/)(node_modules|dist|fixtures)\//.test(path))
    .map((path) => parseSource(path, readFileSync(ROOT + path, 'utf8')));
}

/** A source file from its text. */
export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  for (const node of nodesOf(tree)) {
    const found = importOf(node);
    if (found === undefined) continue;
    const { specifier } = found;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    imports.push({ ...found, path: target?.replace(/\.js$/, '.ts') });
  }
  return { path, text, tree, imports };
}

/** Every node below one, itself included. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** `path:line` of a node, for messages. */
export function place({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

function importOf(node: ts.Node): Omit<Import, 'path'> | undefined {
  const found = (specifier: ts.Node | undefined, names: readonly string[], isLazy: boolean) =>
    specifier !== undefined && ts.isStringLiteralLike(specifier)
      ? { specifier: specifier.text, names, isLazy }
      : undefined;
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    const names = bindings !== undefined && ts.isNamedImports(bindings) ? namesOf(bindings.elements) : [];
    return found(node.moduleSpecifier, names, false);
  }
  if (ts.isExportDeclaration(node)) {
    const clause = node.exportClause;
    const names = clause !== undefined && ts.isNamedExports(clause) ? namesOf(clause.elements) : [];
    return found(node.moduleSpecifier, names, false);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return found(node.argument.literal, [], false);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return found(node.arguments[0], [], true);
  }
  return undefined;
}

function namesOf(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): string[] {
  return elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}
