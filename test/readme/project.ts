import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import ts from 'typescript';

import { buildAndCopy, ROOT } from '../support/build.js';
import { blocks } from './readme.js';

/** By file name. */
type Files = ReadonlyMap<string, string>;

/** The snippets as an application: one folder for each section, with what the sections before it have left. */
export interface Project {
  /** Where the sections' folders are, compiled. */
  readonly dist: string;
  readonly stages: readonly string[];
  /** What the compiler says of a stage. */
  problems(stage: string): string[];
  remove(): Promise<void>;
}

/** As in the template of Nest 12. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noUnusedLocals: true,
  isolatedModules: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmitOnError: false,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
};

/** What the page says is the reader's own. */
const OWN_FILES = ['users.service.ts', 'my-stores.ts', 'database.ts', 'documents.service.ts'] as const;

/** Writes the snippets into files beside the built package, and compiles them all at once. */
export async function makeProject(): Promise<Project> {
  const built = await buildAndCopy();
  const root = join(built.folder, 'readme');
  mkdirSync(root);
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module' }));
  const stages = allStages();
  const sources = [...stages].flatMap(([stage, files]) =>
    [...files].map(([name, text]) => {
      const path = join(root, 'src', stage, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    }),
  );
  const program = ts.createProgram(sources, {
    ...OPTIONS,
    rootDir: join(root, 'src'),
    outDir: join(root, 'dist'),
  });
  const found = ts.getPreEmitDiagnostics(program);
  program.emit();
  return {
    dist: join(root, 'dist'),
    stages: [...stages.keys()],
    problems: (stage) =>
      found
        .filter(({ file }) => file === undefined || file.fileName.includes(`/readme/src/${stage}/`))
        .map(({ file, messageText }) => {
          const text = ts.flattenDiagnosticMessageText(messageText, '\n');
          return `${file?.fileName.split('/').at(-1)}: ${text}`;
        }),
    remove: () => built.remove(),
  };
}

function allStages(): ReadonlyMap<string, Files> {
  const stages = new Map<string, Files>();
  let files = new Map(OWN_FILES.map((name) => [name as string, fixture(name)]));
  for (const { section, text } of blocks('ts')) {
    const name = /^\/\/ (\S+\.ts)\n/.exec(text)![1]!;
    files = new Map([...files, [name, text]]);
    const stage = slugOf(section);
    stages.set(stage, files);
  }
  const applications = stages.get('api-keys')!;
  stages.set('application', new Map([...applications, ['app.module.ts', fixture('app.module.ts')]]));
  // `POST /auth/login` as it is before there are sessions.
  const login = stages.get('issue-a-token')!.get('auth.controller.ts')!;
  stages.set('tokens', new Map([...stages.get('application')!, ['auth.controller.ts', login]]));
  const moving = stages.get('moving-over-from-the-predecessor')!;
  const plainMain = stages.get('protect-a-route')!.get('main.ts')!;
  stages.set(
    'moved',
    new Map([...moving, ['main.ts', plainMain], ['app.module.ts', fixture('moved.module.ts')]]),
  );
  const people = stages.get('people')!;
  stages.set('own-users', new Map([...people, ['app.module.ts', fixture('own-users.module.ts')]]));
  const permissions = stages.get('permissions')!;
  stages.set('documents', new Map([...permissions, ['app.module.ts', fixture('documents.module.ts')]]));
  const typo = permissions.get('sessions.controller.ts')!.replace("'session:read'", "'sesion:read'");
  stages.set('typo', new Map([...permissions, ['sessions.controller.ts', typo]]));
  return new Map([...stages].map(([stage, own]) => [stage, withFastify(own)]));
}

/** What the page says is the only change for Fastify. */
function withFastify(files: Files): Files {
  const main = files.get('main.ts')!;
  const fastify = main.replace(
    'NestFactory.create(AppModule)',
    'NestFactory.create(AppModule, new FastifyAdapter())',
  );
  return new Map([
    ...files,
    ['main.fastify.ts', `import { FastifyAdapter } from '@nestjs/platform-fastify';\n${fastify}`],
  ]);
}

function fixture(name: string): string {
  return readFileSync(join(ROOT, 'test/readme/fixtures', name), 'utf8');
}

export function slugOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
