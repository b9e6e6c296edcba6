// A hundred requests at once exchange one refresh token, at two processes on one Postgres; then one comes too late.
//   npm run test:faults -- refresh
import { createDatabase } from './support/database.mjs';
import { send, startApplication } from './support/processes.mjs';
import { figure, progress, quantile, run } from './support/report.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 200);
const AT_ONCE = 100;

await run(Number(process.env.TIME_LIMIT ?? 600), async (onEnd) => {
  const { url, pool } = await createDatabase(onEnd);
  const applications = await Promise.all(
    [0, 1].map(() => startApplication(onEnd, { DATABASE_URL: url, NOTIFICATIONS: 'postgres' }).boot()),
  );
  const [first] = applications;
  const refresh = (application, refreshToken) =>
    send(application, 'POST', '/auth/refresh', { body: { refreshToken } });
  const statuses = {};
  const times = [];
  const problems = [];

  for (let round = 0; round < ROUNDS; round++) {
    const { refreshToken, sessionId } = await first.call('openSession', { userId: `user-${round}` });
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => refresh(applications[i % 2], refreshToken)),
    );
    for (const { status, ms } of answers) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      times.push(ms);
    }
    const successors = new Set(
      answers.filter(({ status }) => status === 200).map(({ body }) => body.refreshToken),
    );
    if (successors.size !== 1) problems.push(`round ${round}: ${successors.size} successors`);
    const [successor] = successors;
    const { rows } = await pool.query(
      'select count(*)::int as live from gatehouse.refresh_tokens where session_id = $1 and rotated_at is null',
      [sessionId],
    );
    if (rows[0].live !== 1) problems.push(`round ${round}: ${rows[0].live} live refresh tokens`);

    const next = await refresh(applications[round % 2], successor);
    if (next.status !== 200) problems.push(`round ${round}: the successor is answered ${next.status}`);
    const reuse = await refresh(applications[(round + 1) % 2], refreshToken);
    if (reuse.status !== 401) problems.push(`round ${round}: the reuse is answered ${reuse.status}`);
    for (const application of applications) {
      const after = await refresh(application, next.body?.refreshToken);
      if (after.status !== 401) problems.push(`round ${round}: after the reuse, ${after.status}`);
    }
    if (round % 50 === 49) progress(`${round + 1} rounds, ${problems.length} problems`);
  }
  for (const problem of problems.slice(0, 20)) console.error(problem);

  figure(`rounds of ${AT_ONCE} requests at once`, ROUNDS);
  figure(
    'answers',
    Object.entries(statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
  );
  const unavailable = statuses[503] ?? 0;
  const strange = AT_ONCE * ROUNDS - (statuses[200] ?? 0) - (statuses[401] ?? 0) - unavailable;
  figure('neither the successor nor 401 nor 503', strange, '0', strange === 0);
  // None, on a machine that has nothing else to do.
  figure('503', unavailable, '< 1 %', unavailable < (AT_ONCE * ROUNDS) / 100);
  figure(
    'rounds without exactly one family, or that a reuse did not end',
    problems.length,
    '0',
    problems.length === 0,
  );
  figure(
    'an answer takes (p50 / p99)',
    `${quantile(times, 0.5).toFixed(0)} / ${quantile(times, 0.99).toFixed(0)} ms`,
  );
  const unhandled = applications.flatMap((application) => application.unhandled);
  figure('unhandled rejections', unhandled.length, '0', unhandled.length === 0);
});
