import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';

const FOLDER = new URL('../results/', import.meta.url);

/** Adds to what is known of one Node version: `results/<name>.json`. */
export async function saveResults(name, results) {
  await mkdir(FOLDER, { recursive: true });
  const known = await readResults(name).catch(() => ({}));
  await writeFile(new URL(`${name}.json`, FOLDER), `${JSON.stringify({ ...known, ...results }, null, 2)}\n`);
}

/** @returns {Promise<object[]>} the results of every Node version, the oldest first. */
export async function allResults() {
  const names = (await readdir(FOLDER)).filter((file) => /^v\d.*\.json$/.test(file));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Promise.all(names.map((file) => readResults(file.replace(/\.json$/, ''))));
}

async function readResults(name) {
  return JSON.parse(await readFile(new URL(`${name}.json`, FOLDER), 'utf8'));
}
