// What it costs to find out what somebody holds, and to list them, with many people and roles; and how long it takes
// until a change of it at one process is seen at another one.
//   npm run test:faults -- roles
import { setTimeout as sleep } from 'node:timers/promises';

import { postgresStores } from 'nestjs-gatehouse/postgres';
import pg from 'pg';

import { StoredSubjects } from '../../libs/auth/dist/roles/stored-subjects.js';
import { createDatabase } from './support/database.mjs';
import { apiKey, bearer, send, startApplication } from './support/processes.mjs';
import { figure, progress, quantile, run } from './support/report.mjs';

const USERS = Number(process.env.PEOPLE ?? 10_000);
const CHANGES = Number(process.env.CHANGES ?? 500);
const ROLES = 200;
const PERMISSIONS = 50;
/** Roles of the first and the second level; the others are of the third. */
const [TOP, MIDDLE] = [10, 40];
const LOOKS = 200;
const STANDING = 10;

/** A pool, and what is asked through it. */
function countingPool(url) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const queries = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      queries.push(args[0].text ?? args[0]);
      return query(...args);
    };
  });
  pool.on('error', () => undefined);
  return { pool, queries };
}

/** Each role of a level inherits from its share of the next one, so that those of the first reach all. */
function parentsOf(i) {
  const share = (from, to, all, k) =>
    Array.from({ length: all }, (_, j) => j).filter((j) => j % (to - from) === k);
  if (i < TOP) return share(0, TOP, MIDDLE, i).map((j) => `role-${TOP + j}`);
  if (i < TOP + MIDDLE)
    return share(TOP, TOP + MIDDLE, ROLES - TOP - MIDDLE, i - TOP).map((j) => `role-${TOP + MIDDLE + j}`);
  return [];
}

async function fill(pool) {
  await pool.query(
    `insert into gatehouse.users (user_id, email, is_active, metadata, created_at, updated_at)
    select 'user-' || i, i || '@example.com', true, '{}', now(), now() from generate_series(1, $1) as i`,
    [USERS],
  );
  for (let i = 0; i < ROLES; i++) {
    const permissions = Array.from({ length: PERMISSIONS }, (_, j) => `resource-${i}:action-${j}`);
    await pool.query(
      `insert into gatehouse.roles (name, permissions, inherits, created_at, updated_at)
      values ($1, $2, $3, now(), now())`,
      [`role-${i}`, JSON.stringify(permissions), parentsOf(i)],
    );
  }
  // Everybody has three roles, and the first one all that there are by way of the first level.
  await pool.query(
    `insert into gatehouse.subject_roles (subject_id, name)
    select 'user-' || i, 'role-' || (i * 7 + k * 61) % $2 from generate_series(2, $1) as i, generate_series(0, 2) as k
    union all select 'user-1', 'role-' || k from generate_series(0, $3 - 1) as k`,
    [USERS, ROLES, TOP],
  );
  await pool.query('analyze');
}

/** The list at that path, page by page: how many there are on all pages, on one at most, and milliseconds of each. */
async function pages(application, path, credential, idOf) {
  const [ids, times] = [new Set(), []];
  let most = 0;
  for (let next = '', list; next !== undefined; { next } = list) {
    const query = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
    const { status, body, ms } = await send(application, 'GET', `${path}?limit=100${query}`, credential);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    list = body;
    const page = body.users ?? body.roles;
    most = Math.max(most, page.length);
    for (const one of page) ids.add(idOf(one));
    times.push(ms);
  }
  return { found: ids.size, most, times };
}

async function lists(onEnd, url) {
  const env = { DATABASE_URL: url, USERS: 'true' };
  const application = await startApplication(onEnd, env).boot();
  const userId = await application.call('createUser', { email: 'chief@example.com' });
  await application.call('assignRole', userId, 'administrator');
  const { accessToken } = await application.call('openSession', { userId, permissions: ['*'] });
  const credential = bearer(accessToken);
  for (const { path, expected, idOf } of [
    { path: '/auth/users', expected: USERS + 1, idOf: (user) => user.userId },
    { path: '/auth/roles', expected: ROLES + 1, idOf: (role) => role.name },
  ]) {
    const { found, most, times } = await pages(application, path, credential, idOf);
    const measured = `${found} on pages of ${most}`;
    const wanted = `${expected} on pages of 100`;
    figure(`GET ${path}: all of them`, measured, wanted, measured === wanted);
    figure(`GET ${path}: a page`, `p50 ${quantile(times, 0.5).toFixed(1)} ms`);
    const { body } = await send(application, 'GET', path, credential);
    const usual = (body.users ?? body.roles).length;
    figure(`GET ${path}: a page of which nothing is said`, usual, '50', usual === 50);
    const { status } = await send(application, 'GET', `${path}?limit=101`, credential);
    figure(`GET ${path}: a page of 101`, status, '400', status === 400);
  }
  await application.kill();
}

async function cost(onEnd) {
  const { url, pool: filling } = await createDatabase(onEnd);
  await fill(filling);
  progress(`${USERS} people, ${ROLES} roles`);
  const { pool, queries } = countingPool(url);
  onEnd(() => pool.end());
  const { roles } = postgresStores(pool);
  const options = { roles: [] };
  const subjects = new StoredSubjects(options, roles);
  const [first, other] = [
    await subjects.find('user-1', undefined, 'user'),
    await subjects.find('user-77', undefined, 'user'),
  ];
  const wanted = `${ROLES} roles, ${ROLES * PERMISSIONS} permissions`;
  const found = `${first.roles.length} roles, ${first.permissions.length} permissions`;
  figure('the one who holds the most', found, wanted, found === wanted);
  figure('somebody else', `${other.roles.length} roles, ${other.permissions.length} permissions`);

  queries.length = 0;
  const whole = [];
  for (let i = 0; i < LOOKS; i++) {
    const start = performance.now();
    await subjects.find('user-1', undefined, 'user');
    whole.push(performance.now() - start);
  }
  const isOne = queries.length === LOOKS;
  figure(`queries of ${LOOKS} looks at one subject`, queries.length, `${LOOKS}`, isOne);

  const holdings = await roles.holdingsOf('user-1');
  const inProcess = new StoredSubjects(options, { holdingsOf: async () => holdings });
  const times = [];
  const before = process.cpuUsage();
  for (let i = 0; i < LOOKS; i++) {
    const start = performance.now();
    await inProcess.find('user-1', undefined, 'user');
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const middle = quantile(times, 0.5);
  const busy = (user + system) / 1_000 / LOOKS;
  const measured = `p50 ${middle.toFixed(2)} ms, ${busy.toFixed(2)} ms of processor each`;
  figure('what they hold, in process', measured, 'both < 5 ms', Math.max(middle, busy) < 5);
  figure('the same with its query', `p50 ${quantile(whole, 0.5).toFixed(1)} ms`);
  await lists(onEnd, url);
}

/** How long until `seeing` answers as it should. */
async function seen(seeing, credential, status, change) {
  const start = performance.now();
  const changed = change();
  while ((await send(seeing, 'GET', '/edited', credential)).status !== status) {
    if (performance.now() - start > 10_000) throw new Error(`not ${status} after ten seconds`);
    await sleep(1);
  }
  const time = performance.now() - start;
  await changed;
  return time;
}

async function latency(onEnd) {
  const { url } = await createDatabase(onEnd);
  const env = { DATABASE_URL: url, NOTIFICATIONS: 'postgres', USERS: 'true' };
  const [changing, seeing] = await Promise.all([0, 1].map(() => startApplication(onEnd, env).boot()));
  await changing.call('createRole', { name: 'reader', permissions: ['note:read'] });
  await changing.call('createRole', { name: 'editor', permissions: ['note:update'], inherits: ['reader'] });
  const person = async (name) => {
    const userId = await changing.call('createUser', { email: `${name}@example.com` });
    await changing.call('assignRole', userId, 'editor');
    const { accessToken } = await changing.call('openSession', { userId, permissions: ['*'] });
    const { key } = await changing.call('createKey', { name, userId, permissions: ['note:update'] });
    return { userId, credentials: { token: bearer(accessToken), 'API key': apiKey(key) } };
  };
  const one = await person('one');
  const standing = await Promise.all(Array.from({ length: STANDING }, (_, i) => person(`standing-${i}`)));
  const others = standing.flatMap(({ credentials }) => Object.values(credentials));
  let refused = 0;
  const askOthers = async (i) => {
    const { status } = await send(seeing, 'GET', '/edited', others[i % others.length]);
    if (status !== 200) refused += 1;
  };
  const all = [...others, ...Object.values(one.credentials)];
  for (const credential of all) await send(seeing, 'GET', '/edited', credential);
  await seeing.call('forgetQueries');

  let changes = 0;
  for (const [kind, credential] of Object.entries(one.credentials)) {
    const times = [];
    for (let i = 0; i < CHANGES; i++) {
      const [command, status] = i % 2 === 0 ? ['unassignRole', 403] : ['assignRole', 200];
      times.push(await seen(seeing, credential, status, () => changing.call(command, one.userId, 'editor')));
      changes += 1;
      for (let j = 0; j < 5; j++) await askOthers(i * 5 + j);
    }
    const [middle, worst] = [quantile(times, 0.5), Math.max(...times)];
    const measured = `p50 ${middle.toFixed(1)} ms, worst ${worst.toFixed(0)} ms`;
    figure(
      `${kind}: ${CHANGES} changes seen`,
      measured,
      'p50 < 50 ms, worst < 1000 ms',
      middle < 50 && worst < 1_000,
    );
    progress(`${kind}: ${measured}`);
  }

  const { queries } = await seeing.call('counted');
  const isOfFeed = ([text]) => /gatehouse"?\."?revocations|^listen |^select 1$/.test(text);
  const isOfLastUse = ([text]) => text.includes('json_to_recordset');
  const rest = queries.filter((query) => !isOfFeed(query) && !isOfLastUse(query));
  const isOfOne = ([text, values]) => values.includes(one.userId) || /"key_hash" = \$1/.test(text);
  const ofOthers = rest.filter((query) => !isOfOne(query));
  for (const [text] of ofOthers.slice(0, 5)) console.error('a query of no use:', text);
  figure('remembered credentials of others refused', refused, '0', refused === 0);
  figure('queries about them', ofOthers.length, '0', ofOthers.length === 0);
  const looks = rest.length - ofOthers.length;
  // A token's subject is looked at once for each change, a key's record and its owner once; some meet a change half-way.
  const most = 2 * changes;
  figure(`queries about the one who changed, ${changes} times`, looks, `<= ${most}`, looks <= most);
  for (const application of [changing, seeing]) {
    const { unhandled } = application;
    if (unhandled.length > 0) figure('unhandled rejections', unhandled.length, '0', false);
    await application.kill();
  }
}

await run(Number(process.env.TIME_LIMIT ?? 600), async (onEnd) => {
  await cost(onEnd);
  await latency(onEnd);
});
