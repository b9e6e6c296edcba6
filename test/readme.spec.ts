import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { anchorsIn, blocks, blocksOf, linksIn, README } from './readme/readme.js';
import { ROOT } from './support/source-files.js';

/** The commands of the README, section by section, and where each of them is run. */
const COMMANDS = [
  ['Try it', 'npm ci && npm start\n'], // on every fresh clone, by hand and by .ci/run
  ['Try it', '# 201'], // test/readme/commands.spec.ts
  ['Try it', 'npm ci && npm test\n'],
  ['Install', 'npm install nestjs-gatehouse\n'], // test/package
  ['Install', 'export AUTH_JWT_SECRET_KEY='], // test/readme/applications.spec.ts, and below
  ['Issue a token', 'TOKEN=$(node dist/make-token.js)\n'],
  ['Issue a token', 'openssl genpkey '],
  ['People', 'npm install @node-rs/argon2 @zxcvbn-ts/language-common\n'], // packages of this workspace too
  ['People', 'API=http://127.0.0.1:3000/api/v1\n'], // test/readme/people.spec.ts, like the next
  ['People', '# 204'],
  ['Login with a provider', 'npm install openid-client\n'], // a package of this workspace too
  ['Services', '# 201'], // test/readme/oauth.suite.ts
  ['Tokens of other issuers', 'npm install jose\n'], // a package of this workspace too
  ['Testing', 'npm install --save-dev @swc/core @swc/jest\n'], // packages of this workspace too
  ['Testing', 'node --experimental-vm-modules node_modules/jest/bin/jest.js\n'], // test/readme/jest.spec.ts
] as const;

describe('the README', () => {
  it('has blocks of known languages only, so that each is compiled, run or compared', () => {
    expect([...new Set(blocksOf(README).map(({ language }) => language))].toSorted()).toEqual([
      'http',
      'js',
      'sh',
      'text',
      'ts',
    ]);
  });

  it('names the file of each snippet in its first line, and no file twice in a section', () => {
    const names = blocks('ts').map(
      ({ section, text }) => `${section}: ${/^\/\/ (\S+\.ts)\n/.exec(text)?.[1]}`,
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => name.endsWith('undefined'))).toEqual([]);
    expect(names).toEqual([...new Set(names)]);
  });

  it('shows no command that no test knows', () => {
    const shown = blocks('sh');
    expect(shown.map(({ section }) => section)).toEqual(COMMANDS.map(([section]) => section));
    for (const [i, { text }] of shown.entries()) expect(text).toMatch(startingWith(COMMANDS[i]![1]));
  });

  it('installs the package by its name, and starts and tests by scripts that exist', () => {
    const manifest = (path: string): { name: string; scripts: Record<string, string> } =>
      JSON.parse(readFileSync(ROOT + path, 'utf8')) as { name: string; scripts: Record<string, string> };
    expect(blocks('sh', 'Install')[0]!.text).toBe(`npm install ${manifest('libs/auth/package.json').name}\n`);
    expect(Object.keys(manifest('package.json').scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  });

  it('leads with the two commands', () => {
    expect(blocksOf(README)[0]!.text).toBe('npm ci && npm start\n');
    expect(README.indexOf('## Try it')).toBeLessThan(README.indexOf('## Install'));
  });

  it('links to files and headings that exist', () => {
    const targets = linksIn(README);
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) {
      const [path, anchor] = target.split('#');
      expect([target, existsSync(ROOT + path!)]).toEqual([target, true]);
      if (anchor === undefined) continue;
      const text = path === '' ? README : readFileSync(ROOT + path!, 'utf8');
      expect([target, anchorsIn(text)]).toEqual([target, expect.arrayContaining([anchor])]);
    }
  });
});

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[$()\\.|?*+[\]{}^]/g, String.raw`\$&`)}`);
}
