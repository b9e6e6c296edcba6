import { median } from '../harness/rounds.mjs';

/** Short enough that most batches are not interrupted by whatever else the machine does. */
const BATCH_MS = 2;
const BATCHES = 250;
const WARM_UP_MS = 300;

/**
 * @param {string} title
 * @param {(i: number) => unknown} run given a number that counts up; its promise is waited for, if it gives one.
 * @returns {Promise<{ title: string, value: number, unit: 'us' }>} microseconds per run, the median of batches.
 */
export async function time(title, run) {
  return (await timeTogether([[title, run]]))[0];
}

/**
 * Measures what is compared: batches of one and of the other in turn, so that a slow moment hits both.
 *
 * @param {[title: string, run: (i: number) => unknown][]} subjects as {@link time} takes them.
 */
export async function timeTogether(subjects) {
  const measured = [];
  for (const [title, run] of subjects) {
    const batch = run(0) instanceof Promise ? asyncBatch : syncBatch;
    measured.push({ title, run, batch, runs: await runsPerBatch(run, batch), took: [] });
  }
  for (let i = 0; i < BATCHES; i++) {
    for (const { run, batch, runs, took } of measured) took.push(((await batch(run, runs)) * 1_000) / runs);
  }
  return measured.map(({ title, took }) => ({
    title,
    value: Number(median(took).toPrecision(4)),
    unit: 'us',
  }));
}

async function runsPerBatch(run, batch) {
  let runs = 100;
  for (let spent = 0; spent < WARM_UP_MS;) {
    const took = await batch(run, runs);
    spent += took;
    runs = Math.max(10, Math.ceil(runs * Math.min(10, BATCH_MS / Math.max(took, 0.01))));
  }
  return runs;
}

function syncBatch(run, runs) {
  const began = performance.now();
  for (let i = 0; i < runs; i++) sink = run(i);
  return performance.now() - began;
}

async function asyncBatch(run, runs) {
  const began = performance.now();
  for (let i = 0; i < runs; i++) sink = await run(i);
  return performance.now() - began;
}

/** Where results go, so that the compiler cannot leave out what made them. */
export let sink;

/** @returns {{ title: string, value: number, unit: 'ratio' }} how much of the second's time the first would take. */
export function ratio(title, part, whole) {
  return { title, value: Number((part.value / whole.value).toPrecision(3)), unit: 'ratio' };
}
