import ts from 'typescript';

import { ROOT } from './build.js';

/** Reads the compiler's options of the tests: types come from the package's sources. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.check.json`, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}

/**
 * Compiles files that exist in memory alone, in one program.
 *
 * @param files texts by name; they stand in the folder `test/types`.
 * @returns by the same names what the compiler says of each: one text for each problem.
 */
export function compile(files: Readonly<Record<string, string>>): Record<string, string[]> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const pathOf = (name: string): string => `${ROOT}test/types/${name}`;
  const texts = new Map(Object.entries(files).map(([name, text]) => [pathOf(name), text]));
  host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? ts.sys.readFile(path);
  const program = ts.createProgram([...texts.keys()], options, host);
  return Object.fromEntries(
    Object.keys(files).map((name) => {
      const source = program.getSourceFile(pathOf(name));
      const problems = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return [name, problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}
