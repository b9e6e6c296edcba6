// `npm run migrations -w nestjs-gatehouse -- --name what-changes`: writes what has changed in the schema of the Postgres
// stores as a migration into the folder `drizzle`, and all migrations as a source file: so they are there wherever the
// package runs from. Without a change of the schema only the source file is written anew.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

process.chdir(import.meta.dirname);
const SOURCE = 'src/stores/postgres/migrations.ts';
execFileSync('npx', ['--no', 'drizzle-kit', 'generate', ...process.argv.slice(2)], { stdio: 'inherit' });

const { entries } = JSON.parse(readFileSync('drizzle/meta/_journal.json', 'utf8'));
const migrations = entries.map(({ tag }) => {
  const statements = readFileSync(`drizzle/${tag}.sql`, 'utf8').split('--> statement-breakpoint');
  const literals = statements.map((one) => `\`${one.trim().replace(/[\\`$]/g, '\\$&')}\``);
  return `{ name: '${tag}', statements: [${literals.join(',\n')}] },`;
});
const text = `/** One step of the schema's history. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** The schema's history, oldest step first. Made of the folder \`drizzle\` by \`npm run migrations\`. */
export const MIGRATIONS: readonly Migration[] = [${migrations.join('\n')}];
`;
writeFileSync(SOURCE, await format(text, { ...(await resolveConfig(SOURCE)), filepath: SOURCE }));
