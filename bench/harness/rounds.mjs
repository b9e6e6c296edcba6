import { load } from './load.mjs';
import { VariantProcess } from './variant-process.mjs';

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} title
 * @property {'express' | 'fastify'} platform
 * @property {string} group
 * @property {number} perSecond requests.
 * @property {number} ratio of that to the unguarded route's in the same round.
 * @property {number} lowestRatio of all rounds.
 * @property {number} cpu server CPU in microseconds per request.
 * @property {number} added what of it is more than the unguarded route's in the same round.
 * @property {number} p50 milliseconds.
 * @property {number} p99 milliseconds.
 * @property {number} rss bytes, after the last round.
 * @property {number} busy share of one core that the server used: below 0.9 something else was the limit.
 */

/**
 * Measures variants of one platform. A round is one window of the unguarded route and one of the variant, one right
 * after the other and in alternating order, so that whatever else the machine does hits both.
 *
 * @param {import('../variants/index.mjs').Variant[]} variants the baseline first.
 * @param {{ rounds: number, seconds: number, warmUp: number }} settings
 * @param {(row: Row) => void} report
 */
export async function measure(platform, [baseline, ...variants], { rounds, seconds, warmUp }, report) {
  const unguarded = await VariantProcess.start(baseline, platform);
  await load(unguarded, warmUp * 2);
  const allOfUnguarded = [];
  for (const variant of variants) {
    const guarded = await VariantProcess.start(variant, platform);
    await load(guarded, warmUp);
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      const pair = {};
      const order = round % 2 === 0 ? [unguarded, guarded] : [guarded, unguarded];
      for (const server of order)
        pair[server === guarded ? 'guarded' : 'unguarded'] = await load(server, seconds);
      pairs.push(pair);
    }
    await guarded.stop();
    allOfUnguarded.push(...pairs.map((pair) => ({ guarded: pair.unguarded, unguarded: pair.unguarded })));
    report(rowOf(platform, variant, pairs));
  }
  await unguarded.stop();
  report(rowOf(platform, baseline, allOfUnguarded));
}

function rowOf(platform, { id, title, group }, pairs) {
  const middle = (figure) => median(pairs.map(figure));
  return {
    platform,
    id,
    title,
    group,
    perSecond: Math.round(middle(({ guarded }) => guarded.perSecond)),
    ratio: round(
      middle(({ guarded, unguarded }) => guarded.perSecond / unguarded.perSecond),
      3,
    ),
    lowestRatio: round(
      Math.min(...pairs.map(({ guarded, unguarded }) => guarded.perSecond / unguarded.perSecond)),
      3,
    ),
    cpu: round(
      middle(({ guarded }) => guarded.cpu),
      1,
    ),
    added: round(
      middle(({ guarded, unguarded }) => guarded.cpu - unguarded.cpu),
      1,
    ),
    p50: round(
      middle(({ guarded }) => guarded.p50),
      2,
    ),
    p99: round(
      middle(({ guarded }) => guarded.p99),
      2,
    ),
    rss: pairs.at(-1).guarded.rss,
    busy: round(
      middle(({ guarded }) => guarded.busy),
      2,
    ),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(number, digits) {
  return Number(number.toFixed(digits));
}
