// Whether the time of a login tells who has an account, and what many logins at once do to the rest of the application.
//   npm run test:faults -- logins
import { setTimeout as sleep } from 'node:timers/promises';

import { createDatabase } from './support/database.mjs';
import { bearer, send, startApplication } from './support/processes.mjs';
import { figure, progress, quantile, run } from './support/report.mjs';

const ATTEMPTS = Number(process.env.ATTEMPTS ?? 500);
const SECONDS = Number(process.env.SECONDS ?? 10);
const AT_ONCE = 50;
const GIB = 2 ** 30;
const PASSWORD = 'violet gondola near 41 lanterns';
const WRONG = 'seven quiet otters under glass';

/** Of each kind a user to an attempt, but for the unknown. */
const KINDS = [
  { kind: 'unknown address' },
  { kind: 'wrong password', user: { isEmailVerified: true, password: PASSWORD }, password: WRONG },
  { kind: 'disabled', user: { isEmailVerified: true, password: PASSWORD, isActive: false } },
  { kind: 'no password', user: { isEmailVerified: true } },
  { kind: 'address not confirmed', user: { password: PASSWORD } },
];
/** Of the second kind there are as many as of the first, as the requirement has it; of the others a part. */
const shareOf = (index) => (index < 2 ? ATTEMPTS : Math.ceil(ATTEMPTS / 5));

const emailOf = (kind, i) => `${kind.replaceAll(' ', '-')}-${i}@example.com`;
const login = (application, email, password) =>
  send(application, 'POST', '/auth/login', { body: { email, password } });

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOfMean = (values) => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2)) / values.length;
};
const welch = (a, b) => Math.abs(mean(a) - mean(b)) / Math.sqrt(varianceOfMean(a) + varianceOfMean(b));

async function enumerate(application, title) {
  await inTurn(
    KINDS.flatMap(({ kind, user }, index) =>
      user === undefined
        ? []
        : Array.from({ length: shareOf(index) }, (_, i) => ({ ...user, email: emailOf(kind, i) })),
    ),
    4,
    (user) => application.call('createUser', user),
  );
  for (let i = 0; i < 50; i++) await login(application, `warm-up-${i}@example.com`, WRONG);

  const times = new Map(KINDS.map(({ kind }) => [kind, []]));
  const answers = new Set();
  for (let i = 0; i < ATTEMPTS; i++) {
    const turn = KINDS.filter((_, index) => i < shareOf(index));
    // Whoever always comes first would always meet what the one before has left behind.
    for (const { kind, password = PASSWORD } of turn.map((_, at) => turn[(at + i) % turn.length])) {
      const { status, body, ms } = await login(application, emailOf(kind, i), password);
      answers.add(`${status} ${JSON.stringify(body)}`);
      times.get(kind).push(ms);
    }
  }
  figure(
    `${title}: answers that differ`,
    answers.size,
    '1',
    answers.size === 1 && [...answers][0].startsWith('401'),
  );
  const unknown = times.get('unknown address');
  const median = quantile(unknown, 0.5);
  figure(`${title}: ${unknown.length} × unknown address, median`, `${median.toFixed(2)} ms`);
  for (const [kind, measured] of times) {
    if (measured === unknown) continue;
    // Beside those of the same rounds: a machine is not equally fast all the time.
    const beside = unknown.slice(0, measured.length);
    const off = (quantile(measured, 0.5) / quantile(beside, 0.5) - 1) * 100;
    const isWhole = measured.length === ATTEMPTS;
    figure(
      `${title}: ${measured.length} × ${kind}, median beside it`,
      `${off.toFixed(1)} %`,
      '5 %',
      Math.abs(off) < 5,
    );
    if (isWhole) figure(`${title}: the same, Welch's t`, welch(measured, unknown).toFixed(1));
  }
  progress(`${title}: enumeration`);
}

/** So many at a time, until there are none. */
async function inTurn(all, atOnce, work) {
  const left = [...all];
  const worker = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function flood(application, title, atOnce, makes503) {
  const token = await application.call('createToken', { userId: 'somebody' });
  const statuses = {};
  const others = [];
  const end = performance.now() + SECONDS * 1_000;
  const worker = async (_, i) => {
    while (performance.now() < end) {
      const { status, headers } = await login(application, `flood-${i % AT_ONCE}@example.com`, PASSWORD);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 503 && headers['retry-after'] !== '5') statuses.unexpected = 503;
      if (status === 503) await sleep(250);
    }
  };
  const asking = async () => {
    while (performance.now() < end) {
      const { status, ms } = await send(application, 'GET', '/notes', bearer(token));
      others.push(status === 200 ? ms : Infinity);
      await sleep(5);
    }
  };
  await Promise.all([...Array.from({ length: atOnce }, worker), asking()]);
  const expected = makes503 ? ['200', '503'] : ['200'];
  const holds = Object.keys(statuses).every((status) => expected.includes(status)) && statuses[200] > 0;
  figure(`${title}: answers in ${SECONDS} s`, JSON.stringify(statuses), expected.join(' or '), holds);
  const p99 = quantile(others, 0.99);
  figure(`${title}: p99 of ${others.length} other requests`, `${p99.toFixed(1)} ms`, '100 ms', p99 < 100);
  const peak = (await application.call('peakMemory')) / GIB;
  figure(`${title}: RSS at most`, `${peak.toFixed(2)} GiB`, '1.5 GiB', peak < 1.5);
  progress(title);
}

async function measure(onEnd, title, env) {
  const application = await startApplication(onEnd, { USERS: 'true', ...env }).boot();
  application.agent.maxSockets = Infinity;
  await enumerate(application, title);
  const users = Array.from({ length: AT_ONCE }, (_, i) => ({
    email: `flood-${i}@example.com`,
    password: PASSWORD,
    isEmailVerified: true,
  }));
  await inTurn(users, 4, (user) => application.call('createUser', user));
  await flood(application, `${title}: ${AT_ONCE} logins at once`, AT_ONCE, false);
  await flood(application, `${title}: 400 logins at once`, 400, true);
  figure(
    `${title}: unhandled rejections`,
    application.unhandled.length,
    '0',
    application.unhandled.length === 0,
  );
  await application.kill();
}

await run(Number(process.env.TIME_LIMIT ?? 600), async (onEnd) => {
  await measure(onEnd, 'memory', {});
  const { url } = await createDatabase(onEnd);
  await measure(onEnd, 'Postgres', { DATABASE_URL: url, NOTIFICATIONS: 'postgres' });
});
