// What a script has measured, and whether it is within its bounds.

const rows = [];
let broken = 0;

/** A line of the table. `holds` is left out for what is measured only. */
export function figure(name, measured, bound = '', holds = true) {
  rows.push({ name, measured: String(measured), bound, says: holds ? (bound === '' ? '' : 'ok') : 'BROKEN' });
  if (!holds) broken += 1;
}

/** For whoever watches. */
export function progress(text) {
  if (process.stdout.isTTY || process.env.CI !== 'true') console.log(text);
}

export function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

function print() {
  const width = (column) => Math.max(...rows.map((row) => row[column].length));
  const [name, measured, bound] = ['name', 'measured', 'bound'].map(width);
  for (const row of rows) {
    const cells = [row.name.padEnd(name), row.measured.padStart(measured), row.bound.padEnd(bound), row.says];
    console.log(`| ${cells.join(' | ').trimEnd()}`);
  }
}

/**
 * Runs a script in at most so many seconds, cleans up whatever happens, and prints its table.
 * Exits with 1 when a bound is broken or something was thrown.
 */
export async function run(limit, script) {
  const cleanups = [];
  const late = AbortSignal.timeout(limit * 1_000);
  const interrupted = new Promise((_, reject) => {
    late.addEventListener('abort', () => reject(new Error(`not done after ${limit} seconds`)));
    process.on('unhandledRejection', reject);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Error(signal)));
  });
  const start = performance.now();
  try {
    await Promise.race([script((cleanup) => cleanups.push(cleanup)), interrupted]);
  } catch (error) {
    console.error(error);
    broken += 1;
  }
  if (rows.length > 0) print();
  console.log(`${((performance.now() - start) / 1_000).toFixed(0)} s, ${broken} broken`);
  for (const cleanup of cleanups.reverse()) {
    await Promise.race([cleanup(), new Promise((resolve) => setTimeout(resolve, 10_000))]).catch((error) =>
      console.error(error),
    );
  }
  process.exit(broken === 0 ? 0 : 1);
}
