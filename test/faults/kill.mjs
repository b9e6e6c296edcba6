// The application is killed (SIGKILL) at random moments while it exchanges refresh tokens, revokes, makes keys, rotates
// keys, changes its signing keys, makes and disables users, gives and changes roles and sets passwords; after each restart
// nothing may be lost and nothing half-made.
//   npm run test:faults -- kill
import { randomUUID } from 'node:crypto';

import { createDatabase } from './support/database.mjs';
import { consistency } from './support/kill-consistency.mjs';
import { WORKERS } from './support/kill-workers.mjs';
import { startApplication } from './support/processes.mjs';
import { figure, progress, run } from './support/report.mjs';

const KILLS = Number(process.env.KILLS ?? 200);
const LIMIT = Number(process.env.TIME_LIMIT ?? 1_800);
/** Milliseconds between the beginning of the work and the kill, at most. */
const LONGEST = Number(process.env.LONGEST ?? 400);
const AT_ONCE = Number(process.env.AT_ONCE ?? 1);

await run(LIMIT, async (onEnd) => {
  const { url, pool } = await createDatabase(onEnd);
  const inFlight = Object.fromEntries(Object.keys(WORKERS).map((name) => [name, 0]));
  const acknowledged = { ...inFlight };
  const problems = [];
  const unhandled = [];
  let kills = 0;
  let unavailable = 0;

  const start = () => {
    const name = `gatehouse_kill_${randomUUID()}`;
    const application = startApplication(onEnd, {
      DATABASE_URL: url,
      NOTIFICATIONS: 'postgres',
      ROTATION_GRACE: '60',
      USERS: 'true',
      APPLICATION_NAME: name,
    });
    return { application, name };
  };
  /** What the killed process has begun, the server may finish a moment later. */
  const isOver = async (name) => {
    for (;;) {
      const { rowCount } = await pool.query('select from pg_stat_activity where application_name = $1', [
        name,
      ]);
      if (rowCount === 0) return;
    }
  };

  let current = start();
  await current.application.boot();
  for (let round = 0; kills < KILLS; round++) {
    const spare = start();
    const { application, name } = current;
    const works = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        Object.entries(WORKERS)
          // Which signing key is the active one, and who is an administrator, is everybody's business: one changes it.
          .filter(([kind]) => i === 0 || !['signing keys', 'last administrator'].includes(kind))
          .map(async ([kind, make]) => ({ kind, worker: await make(application, `${kind}-${round}-${i}`) })),
      ).flat(),
    );
    const loops = works.map(({ worker }) => worker.loop());
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST));
    const hit = works.filter(({ worker }) => worker.isInFlight);
    await application.kill();
    await Promise.all(loops);
    unhandled.push(...application.unhandled);
    if (hit.length > 0) kills += 1;
    for (const { kind } of hit) inFlight[kind] += 1;

    await Promise.all([spare.application.boot(), isOver(name)]);
    problems.push(...(await consistency(pool)));
    const check = async ({ kind, worker }) => {
      acknowledged[kind] += worker.acknowledged;
      problems.push(...(await worker.check(spare.application)).map((text) => `${kind}: ${text}`));
      unavailable += worker.unavailable;
    };
    // It removes the keys that it had signed with, when the others have been looked at.
    const isLast = ({ kind }) => kind === 'signing keys';
    await Promise.all(works.filter((work) => !isLast(work)).map(check));
    for (const work of works.filter(isLast)) await check(work);
    problems.push(...(await consistency(pool)));
    current = spare;
    if (round % 20 === 19) progress(`${kills} kills, ${problems.length} problems`);
    if (problems.length > 20) break;
  }
  for (const text of new Set(problems.slice(0, 20))) console.error(text);

  figure('kills with work in flight', kills, `${KILLS}`, kills === KILLS);
  for (const kind of Object.keys(WORKERS)) {
    figure(
      `${kind}: in flight at a kill / answered before`,
      `${inFlight[kind]} / ${acknowledged[kind]}`,
      KILLS < 50 ? '' : '> 0',
      KILLS < 50 || inFlight[kind] > 0,
    );
  }
  figure('lost, half-made or not refused', problems.length, '0', problems.length === 0);
  figure('503 on the way', unavailable);
  figure('unhandled rejections', unhandled.length, '0', unhandled.length === 0);
});
