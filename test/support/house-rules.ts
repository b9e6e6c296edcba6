import ts from 'typescript';

import { nodesOf, place, type SourceFile } from './source-files.js';

/** Looks at one file and names what is wrong with it. */
export type HouseRule = (file: SourceFile) => string[];

const LINES = 250;

export const isShort: HouseRule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  return lines > LINES ? [`${path} has ${lines} lines`] : [];
};

export const hasProperPath: HouseRule = ({ path }) => {
  const isProper = path.split('/').every((name) => {
    return (
      /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name) && !/^(helpers?|utils?|common|shared)$/.test(name)
    );
  });
  return isProper ? [] : [path];
};

/** Only a comment that gives the reason lets an `any` pass, and only the one below it. */
const REASON_FOR_ANY = /oxlint-disable-next-line typescript\/no-explicit-any -- \S/;

export const hasNoAny: HouseRule = (file) =>
  placesOf(file, (node) => {
    if (node.kind !== ts.SyntaxKind.AnyKeyword) return false;
    const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
    return !REASON_FOR_ANY.test(file.text.split('\n')[line - 1] ?? '');
  });

export const hasNoDefaultExport: HouseRule = (file) =>
  placesOf(file, (node) => node.kind === ts.SyntaxKind.DefaultKeyword && ts.isStatement(node.parent)).concat(
    placesOf(file, (node) => ts.isExportAssignment(node)),
  );

export const hasNoStarExport: HouseRule = (file) =>
  placesOf(
    file,
    (node) =>
      ts.isExportDeclaration(node) &&
      (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)),
  );

export const hasNoEnum: HouseRule = (file) => placesOf(file, ts.isEnumDeclaration);

export const hasNoStaticState: HouseRule = (file) =>
  placesOf(
    file,
    (node) =>
      ts.isPropertyDeclaration(node) &&
      (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0 &&
      (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Readonly) === 0,
  );

/** `process.env`, however it is written. */
export const readsNoEnvironment: HouseRule = (file) => [
  ...placesOf(
    file,
    (node) => ts.isPropertyAccessExpression(node) && node.name.text === 'env' && isProcess(node),
  ),
  ...placesOf(file, (node) => ts.isElementAccessExpression(node) && isProcess(node)),
  ...file.imports.filter(({ specifier }) => /^(node:)?process$/.test(specifier)).map(() => file.path),
];

function isProcess(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): boolean {
  return node.expression.getText() === 'process' || node.expression.getText() === 'globalThis.process';
}

/** The time of the machine: everything but the clock asks the clock. */
export const asksTheClock: HouseRule = (file) => [
  ...placesOf(
    file,
    (node) => ts.isCallExpression(node) && /^(Date\.now|Date)$/.test(node.expression.getText()),
  ),
  ...placesOf(
    file,
    (node) =>
      ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0,
  ),
];

/** Folder indexes are for users of the package; inside they make circles. */
export const importsNoIndex: HouseRule = ({ path, imports }) =>
  imports.filter((one) => one.path?.endsWith('/index.ts')).map(({ specifier }) => `${path} -> ${specifier}`);

const HTTP_PACKAGES = /^(node:http|node:https|express|fastify|@nestjs\/platform-.*)$/;

/** Exceptions and statuses of HTTP, and the packages that serve it. */
export const knowsNoHttp: HouseRule = ({ path, imports }) =>
  imports
    .filter(
      ({ specifier, names }) =>
        HTTP_PACKAGES.test(specifier) ||
        (specifier === '@nestjs/common' && names.some((name) => /Exception$|^HttpStatus$/.test(name))),
    )
    .map(({ specifier }) => `${path} -> ${specifier}`);

/** The packages that know one kind of credential. */
export const knowsNoCredentialKind: HouseRule = ({ path, imports }) =>
  imports
    .filter(
      (one) =>
        /^libs\/auth\/src\/(tokens|api-keys|sessions|users|oauth)\//.test(one.path ?? '') ||
        /^(@nestjs\/(jwt|passport)|passport.*|jsonwebtoken|jose)$/.test(one.specifier),
    )
    .map(({ specifier }) => `${path} -> ${specifier}`);

/** A controller asks its service, which asks the store. */
export const reachesNoStore: HouseRule = ({ path, imports }) =>
  imports
    .filter(({ specifier }) => /\.store\.js$|\/stores\//.test(specifier))
    .map(({ specifier }) => `${path} -> ${specifier}`);

function placesOf(file: SourceFile, isWrong: (node: ts.Node) => boolean): string[] {
  return [...nodesOf(file.tree)].filter(isWrong).map((node) => place(file, node));
}
