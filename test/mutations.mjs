/**
 * Takes one check away after the other and runs the test that has to notice: `npm run test:mutations [-- words]`.
 * With words only the mutations whose check or file holds one of them. The working tree is never touched: everything
 * happens in copies of it. Ends with 1 when a mutation survives or can no longer be applied.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { MUTATIONS, occurrences, SOURCES } from './mutations/all.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What tests need of the tree, beside node_modules. */
const COPIED = ['libs', 'apps', 'test', 'package.json', 'jest.config.js', 'tsconfig.base.json'];
/** Milliseconds; a mutation may leave a test waiting for ever. */
const TIME_LIMIT = 300_000;
/** What a test fails with when the replacement itself does not run: that shows nothing of the check. */
const NO_CODE = /SyntaxError|ReferenceError|Cannot find module/;

const words = process.argv.slice(2);
const chosen = MUTATIONS.filter(
  ({ check, file }) =>
    words.length === 0 || words.some((word) => check.includes(word) || file.includes(word)),
);
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mutations-'));
let failures = 0;
try {
  await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function main() {
  const lanes = await Promise.all(
    Array.from({ length: Math.min(2, cpus().length) }, (_, i) => copyTree(join(folder, `lane-${i}`))),
  );
  const specs = [...new Set(chosen.map(({ spec }) => spec))];
  const untouched = await runJest(lanes[0], specs, undefined);
  if (untouched.failed.length > 0 || untouched.passed === 0 || untouched.broken !== undefined) {
    failures += 1;
    console.log(`The tests fail as it is: ${untouched.broken ?? untouched.failed.join(', ')}`);
    return;
  }
  const pending = [...chosen];
  const work = async (lane) => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const verdict = await judge(lane, next);
      if (verdict !== 'killed') failures += 1;
      console.log(`${verdict.padEnd(8)} ${next.check} (${next.file})`);
    }
  };
  await Promise.all(lanes.map(work));
  console.log(`${chosen.length} mutations, ${chosen.length - failures} killed`);
}

/** @returns `killed`, or what else became of it. */
async function judge(lane, mutation) {
  const path = join(lane, SOURCES, mutation.file);
  const text = await readFile(path, 'utf8');
  if (occurrences(text, mutation) !== 1) return 'NO MATCH';
  await writeFile(
    path,
    text.replace(mutation.search, () => mutation.replace),
  );
  try {
    const { failed, broken } = await runJest(lane, [mutation.spec], mutation.test);
    if (broken !== undefined) return `BROKEN: ${broken}`;
    return failed.length > 0 ? 'killed' : 'SURVIVED';
  } finally {
    await writeFile(path, text);
  }
}

/** @param test a part of the names of those that run; all when undefined. */
async function runJest(lane, specs, test) {
  const report = join(lane, 'report.json');
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  args.push(join(ROOT, 'node_modules/jest/bin/jest.js'), '--runInBand', '--json', `--outputFile=${report}`);
  args.push(`--cacheDirectory=${join(folder, 'cache')}`, '--runTestsByPath', ...specs);
  if (test !== undefined) args.push('--testNamePattern', test.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  await rm(report, { force: true });
  const isInTime = await run(args, lane);
  if (!isInTime) return { failed: [], passed: 0, broken: 'it does not end' };
  const { testResults } = JSON.parse(await readFile(report, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed');
  const messages = [
    ...testResults
      .filter(({ assertionResults }) => assertionResults.length === 0)
      .map(({ message }) => message),
    ...failed.flatMap(({ failureMessages }) => failureMessages),
  ];
  return {
    failed: failed.map(({ fullName }) => fullName),
    passed: tests.filter(({ status }) => status === 'passed').length,
    broken: messages.map((message) => NO_CODE.exec(message)?.[0]).find((found) => found !== undefined),
  };
}

/** @returns false when it had to be ended. */
function run(args, cwd) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT);
    child.on('error', fail);
    child.on('exit', (_code, signal) => {
      clearTimeout(timer);
      done(signal === null);
    });
  });
}

async function copyTree(to) {
  await mkdir(to);
  const isSource = (path) =>
    !relative(ROOT, path)
      .split(sep)
      .some((name) => /^(node_modules|dist)$/.test(name));
  for (const name of COPIED)
    await cp(join(ROOT, name), join(to, name), { recursive: true, filter: isSource });
  await linkPackages(to);
  return to;
}

/** Links every package; those of the workspace to their copies. */
async function linkPackages(to) {
  const packages = join(ROOT, 'node_modules');
  await mkdir(join(to, 'node_modules'));
  for (const entry of await readdir(packages, { withFileTypes: true })) {
    const from = join(packages, entry.name);
    const target = entry.isSymbolicLink() ? resolve(packages, await readlink(from)) : from;
    const inCopy = entry.isSymbolicLink() ? join(to, relative(ROOT, target)) : target;
    await symlink(inCopy, join(to, 'node_modules', entry.name));
  }
}
