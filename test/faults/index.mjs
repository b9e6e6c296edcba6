// Faults and measures that take too long for `npm test`: each is a script of its own, with its own bounds and its own
// end. All of them, or those that are named:
//   npm run test:faults
//   npm run test:faults -- latency outage
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPTS = [
  'kill',
  'outage',
  'latency',
  'refresh',
  'memory',
  'million-keys',
  'logins',
  'roles',
  'key-sets',
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !SCRIPTS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}: ${SCRIPTS.join(', ')}`);
  process.exit(1);
}
const failed = [];
for (const name of named.length > 0 ? named : SCRIPTS) {
  console.log(`\n=== ${name}`);
  const child = spawn(process.execPath, [new URL(`${name}.mjs`, import.meta.url).pathname], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  if (code !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nall within their bounds' : `\nbroken: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
