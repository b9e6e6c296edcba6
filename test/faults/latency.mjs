// How long it takes until a revocation at one process is seen at another one.
//   npm run test:faults -- latency
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDatabase, REDIS } from './support/database.mjs';
import { apiKey, bearer, send, startApplication } from './support/processes.mjs';
import { figure, progress, quantile, run } from './support/report.mjs';

const REVOCATIONS = Number(process.env.REVOCATIONS ?? 1_000);
const KINDS = ['token', 'session', 'api-key', 'subject'];
const STANDING = 10;
/**
 * How many are revoked at once, and the milliseconds between two looks at each of them. Without notifications each takes
 * up to a second.
 */
const SETTINGS = [
  { notifications: 'postgres', title: 'Postgres', atOnce: 1, pause: 1, p50: 50, worst: 1_000 },
  { notifications: 'redis', title: 'Postgres and Redis', atOnce: 1, pause: 1, p50: 50, worst: 1_000 },
  {
    notifications: 'none',
    title: 'notifications cut off',
    atOnce: 25,
    pause: 25,
    p50: Infinity,
    worst: 1_500,
  },
];

const hashOf = (key) => createHash('sha256').update(key).digest('hex');

/** A credential, and how it is revoked. */
async function victim(application, kind, name) {
  if (kind === 'api-key') {
    const { key, apiKey: record } = await application.call('createKey', {
      name,
      userId: name,
      permissions: [],
    });
    return {
      credential: apiKey(key),
      hash: hashOf(key),
      revoke: () => application.call('revokeApiKey', record.keyId),
    };
  }
  if (kind === 'token') {
    const token = await application.call('createToken', { userId: name });
    return { credential: bearer(token), revoke: () => application.call('revokeToken', token) };
  }
  const { accessToken, sessionId } = await application.call('openSession', { userId: name });
  const command = kind === 'session' ? ['revokeSession', sessionId] : ['revokeSubject', name];
  return { credential: bearer(accessToken), revoke: () => application.call(...command) };
}

async function measure(onEnd, { notifications, title, atOnce, pause, p50, worst }) {
  const { url } = await createDatabase(onEnd);
  const env = {
    DATABASE_URL: url,
    NOTIFICATIONS: notifications,
    ...(notifications === 'redis' && { REDIS_URL: REDIS }),
  };
  const [revoking, seeing] = await Promise.all([0, 1].map(() => startApplication(onEnd, env).boot()));
  const standing = await Promise.all(
    Array.from({ length: STANDING }, (_, i) =>
      victim(revoking, i % 2 === 0 ? 'token' : 'api-key', `standing-${i}`),
    ),
  );
  const hashes = new Set();
  let requests = 0;
  let refused = 0;
  let unavailable = 0;
  const ask = async ({ credential }) => {
    requests += 1;
    return (await send(seeing, 'GET', '/notes', credential)).status;
  };
  const askStanding = async (i) => {
    if ((await ask(standing[i % STANDING])) !== 200) refused += 1;
  };
  for (let i = 0; i < STANDING; i++) await askStanding(i);
  await seeing.call('forgetQueries');
  requests = 0;

  for (const kind of KINDS) {
    const times = [];
    for (let done = 0; done < REVOCATIONS; done += atOnce) {
      const victims = await Promise.all(
        Array.from({ length: atOnce }, (_, i) => victim(revoking, kind, `${kind}-${done + i}`)),
      );
      await Promise.all(
        victims.map(async (one, i) => {
          if (one.hash !== undefined) hashes.add(one.hash);
          if ((await ask(one)) !== 200) refused += 1;
          let start;
          const revoke = async () => {
            for (;;) {
              start = performance.now();
              try {
                return await one.revoke();
              } catch {
                unavailable += 1;
              }
            }
          };
          const revoked = revoke();
          while ((await ask(one)) === 200) {
            await askStanding(i);
            await sleep(pause);
          }
          times.push(performance.now() - start);
          await revoked;
        }),
      );
    }
    const [middle, latest] = [quantile(times, 0.5), Math.max(...times)];
    const measured = `p50 ${middle.toFixed(0)} ms, worst ${latest.toFixed(0)} ms`;
    const bounds = p50 === Infinity ? `worst < ${worst} ms` : `p50 < ${p50} ms, worst < ${worst} ms`;
    figure(`${title}: ${times.length} × ${kind}`, measured, bounds, middle < p50 && latest < worst);
    progress(`${title}: ${kind} ${measured}`);
  }

  const { queries } = await seeing.call('counted');
  const isOfFeed = ([text]) => /gatehouse"?\."?revocations|^listen |^select 1$/.test(text);
  const isOfLastUse = ([text]) => text.includes('json_to_recordset');
  const lookUps = queries.filter(([text]) => /"key_hash" = \$1/.test(text));
  // A key is looked up when it is new, and once more after it was revoked.
  const ofVictims = lookUps.filter(([, [hash]]) => hashes.has(hash));
  const others = queries.filter(
    (query) => !isOfFeed(query) && !isOfLastUse(query) && !ofVictims.includes(query),
  );
  for (const [text] of others.slice(0, 5)) console.error('a query of no use:', text);
  figure(`${title}: 503 to a revocation, which is tried again`, unavailable);
  figure(`${title}: standing credentials refused`, refused, '0', refused === 0);
  figure(
    `${title}: queries of ${requests} requests with remembered credentials`,
    others.length,
    '0',
    others.length === 0,
  );
  figure(
    `${title}: look-ups of keys, first and after their revocation`,
    ofVictims.length,
    `${2 * hashes.size}`,
    ofVictims.length <= 2 * hashes.size,
  );
  for (const application of [revoking, seeing]) {
    const { unhandled } = application;
    if (unhandled.length > 0) figure(`${title}: unhandled rejections`, unhandled.length, '0', false);
    await application.kill();
  }
}

await run(Number(process.env.TIME_LIMIT ?? 900), async (onEnd) => {
  const only = process.env.NOTIFICATIONS;
  for (const setting of SETTINGS) {
    if (only === undefined || only === setting.notifications) await measure(onEnd, setting);
  }
});
