// Postgres and Redis are restarted and frozen under steady load of valid, revoked and forged credentials.
//   npm run test:faults -- outage
// Starts servers of its own; needs Debian's packages postgresql and redis-server.
import { setTimeout as pause } from 'node:timers/promises';

import { createDatabase } from './support/database.mjs';
import { forgedKey } from './support/forged-keys.mjs';
import { makeCredentials, startLoad } from './support/outage-load.mjs';
import { startApplication } from './support/processes.mjs';
import { figure, progress, quantile, run } from './support/report.mjs';
import { startPostgres, startRedis } from './support/servers.mjs';

const RESTARTS = Number(process.env.RESTARTS ?? 5);
const FREEZES = Number(process.env.FREEZES ?? 2);
const FROZEN = 5_000;
const DOWN = 1_000;
const CALM = 3_000;
/** Milliseconds between requests. */
const INTERVAL = Number(process.env.INTERVAL ?? 15);
const LATEST_ANSWER = 1_000;
const RECOVERY = 2_000;

await run(400, async (onEnd) => {
  const postgres = await startPostgres(onEnd);
  const redis = await startRedis(onEnd);
  const { url } = await createDatabase(onEnd, postgres.url);
  const application = startApplication(onEnd, {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    NOTIFICATIONS: 'redis',
    // So that a freeze makes the feed stale, too.
    MAX_STALENESS: '3',
  });
  await application.boot();
  const load = startLoad(application, await makeCredentials(application, () => forgedKey()), INTERVAL);
  onEnd(() => load.end());
  await pause(CALM);
  progress('steady');

  const troubles = [];
  const trouble = async (server, how, cause, end) => {
    const from = performance.now();
    await cause();
    const back = await end();
    await pause(CALM);
    troubles.push({ server, how, from, back, to: performance.now() });
    progress(`${server} ${how}`);
  };
  for (const [name, { server }] of Object.entries({ Postgres: postgres, Redis: redis })) {
    const restart = () => server.stop().then(() => pause(DOWN));
    for (let i = 0; i < RESTARTS; i++) await trouble(name, 'restarted', restart, () => server.start());
    const freeze = () => Promise.resolve(server.freeze()).then(() => pause(FROZEN));
    for (let i = 0; i < FREEZES; i++)
      await trouble(name, 'frozen', freeze, () => Promise.resolve(server.thaw()));
  }
  await load.end();
  report(load.answers, troubles);
  figure('unhandled rejections', application.unhandled.length, '0', application.unhandled.length === 0);
  for (const text of application.unhandled) console.error(text);
  const { events } = await application.call('counted');
  console.log('events', JSON.stringify(events));
});

function report(answers, troubles) {
  const count = (name, matches, bound = '0') => {
    const found = answers.filter(matches);
    if (found.length > 0 && bound === '0') console.error(name, found.slice(0, 5));
    figure(name, found.length, bound, bound !== '0' || found.length === 0);
  };
  figure('answers', answers.length);
  count('wrongly accepted', ({ accepted, status }) => !accepted && status < 300 && status !== 0);
  count('valid ones refused with 401', ({ accepted, status }) => accepted && status === 401);
  count('anything but 200, 401, 503', ({ status }) => ![200, 401, 503].includes(status));
  count('503', ({ status }) => status === 503, '');
  const times = answers.map(({ ms }) => ms);
  const slowest = Math.max(...times);
  figure(
    'an answer takes (p50 / p99)',
    `${quantile(times, 0.5).toFixed(0)} / ${quantile(times, 0.99).toFixed(0)} ms`,
  );
  figure(
    'an answer takes at most',
    `${slowest.toFixed(0)} ms`,
    `${LATEST_ANSWER} ms`,
    slowest <= LATEST_ANSWER,
  );
  const isDown = ({ at }) =>
    troubles.some(({ server, from, to }) => server === 'Postgres' && at >= from - 1_000 && at < to);
  count('503 while Postgres was up', (answer) => answer.status === 503 && !isDown(answer));
  for (const [server, how] of ['Postgres', 'Redis'].flatMap((name) => [
    [name, 'restarted'],
    [name, 'frozen'],
  ])) {
    const late = troubles
      .filter((trouble) => trouble.server === server && trouble.how === how)
      .map(({ back, to }) => {
        const bad = answers.filter(
          ({ status, at, ms }) => at > back && at + ms < to && (status === 503 || status === 0),
        );
        return Math.max(0, ...bad.map(({ at, ms }) => at + ms - back));
      });
    const latest = Math.max(0, ...late);
    figure(
      `${server} ${how} ${late.length} times: normal again after`,
      `${latest.toFixed(0)} ms`,
      `${RECOVERY} ms`,
      latest <= RECOVERY,
    );
  }
}
