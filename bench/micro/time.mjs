import { median } from '../harness/rounds.mjs';

const BATCH_MS = 20;
const BATCHES = 25;

/**
 * @param {string} title
 * @param {(i: number) => unknown} run given a number that counts up; its promise is waited for, if it gives one.
 * @returns {Promise<{ title: string, value: number, unit: 'us' }>} microseconds per run, the median of batches.
 */
export async function time(title, run) {
  const batch = run(0) instanceof Promise ? asyncBatch : syncBatch;
  let runs = 100;
  for (
    let took = 0;
    took < BATCH_MS;
    runs = Math.ceil(runs * Math.min(10, (BATCH_MS * 1.2) / Math.max(took, 0.1)))
  )
    took = await batch(run, runs);
  const batches = [];
  for (let i = 0; i < BATCHES; i++) batches.push(((await batch(run, runs)) * 1_000) / runs);
  return { title, value: Number(median(batches.slice(BATCHES / 5)).toPrecision(4)), unit: 'us' };
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
