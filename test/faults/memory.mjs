// Credentials that nobody has issued leave nothing behind in memory, and those with a bad checksum are not looked up.
//   npm run test:faults -- memory
import { randomBytes } from 'node:crypto';

import { forgedKey } from './support/forged-keys.mjs';
import { apiKey, bearer, send, startApplication } from './support/processes.mjs';
import { figure, progress, run } from './support/report.mjs';

const CREDENTIALS = Number(process.env.CREDENTIALS ?? 200_000);
const AT_ONCE = 32;
const MIB = 2 ** 20;
const GROWTH = 20;

const segment = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = segment({ alg: 'HS256', typ: 'at+jwt' });
/** A token of the right form, with a signature of nobody's. */
function forgedToken() {
  const iat = Math.floor(Date.now() / 1_000);
  const jti = randomBytes(16).toString('hex');
  const claims = { iss: 'gatehouse', aud: 'gatehouse', sub: jti, jti, iat, exp: iat + 600, permissions: [] };
  return `${HEADER}.${segment(claims)}.${randomBytes(32).toString('base64url')}`;
}

await run(Number(process.env.TIME_LIMIT ?? 900), async (onEnd) => {
  const application = await startApplication(onEnd, {}, ['--expose-gc']).boot();
  application.agent.maxSockets = AT_ONCE;
  const statuses = {};
  const flood = async (count, make) => {
    let left = count;
    const worker = async () => {
      while (left-- > 0) {
        const { status } = await send(application, 'GET', '/notes', make());
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  const lookUps = async () => (await application.call('counted')).queries.length;

  // Code that has run is compiled, and pools have their size.
  for (const make of [() => bearer(forgedToken()), () => apiKey(forgedKey()), () => apiKey(forgedKey(1))])
    await flood(CREDENTIALS / 20, make);
  await application.call('forgetQueries');
  const before = await application.call('memory');
  const grown = async (title) => {
    const after = await application.call('memory');
    for (const [name, says] of [
      ['heapUsed', 'heap'],
      ['rss', 'RSS'],
    ]) {
      const growth = (after[name] - before[name]) / MIB;
      figure(`${title}: ${says} grows by`, `${growth.toFixed(1)} MiB`, `${GROWTH} MiB`, growth <= GROWTH);
    }
    progress(title);
  };

  await flood(CREDENTIALS, () => bearer(forgedToken()));
  await grown(`${CREDENTIALS} random tokens`);
  await flood(CREDENTIALS / 2, () => apiKey(forgedKey(1 + Math.floor(Math.random() * 1_000))));
  const bad = await lookUps();
  figure(`look-ups of ${CREDENTIALS / 2} keys with a bad checksum`, bad, '0', bad === 0);
  await flood(CREDENTIALS, () => apiKey(forgedKey()));
  await application.call('forgetQueries');
  await grown(`and ${CREDENTIALS} random keys`);
  figure('answers', JSON.stringify(statuses), 'all 401', Object.keys(statuses).join() === '401');
});
