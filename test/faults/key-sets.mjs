// Whatever the endpoint of an issuer's keys answers: nothing is accepted, nothing breaks, and nothing of it is kept.
//   npm run test:faults -- key-sets
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import { BAD_KEY_SETS } from './support/bad-key-sets.mjs';
import { figure, progress, run } from './support/report.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MIB = 2 ** 20;
/** MiB that are kept, and that are in buffers at the same time, those that were not collected yet included. */
const GROWTH = 5;
const BUFFERS = 20;

async function makeKey(kid) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const said = { kid, alg: 'ES256' };
  const [jwk, privateJwk] = await Promise.all([publicKey, privateKey].map((key) => exportJWK(key)));
  return { privateKey, jwk: { ...jwk, ...said }, privateJwk: { ...privateJwk, ...said } };
}

await run(Number(process.env.TIME_LIMIT ?? 600), async (onEnd) => {
  const [key, strangers, forger] = await Promise.all(['one', 'two', 'one'].map(makeKey));
  const many = Array.from({ length: 10_000 }, (_, i) => {
    const { kty, crv, x } = { kty: 'OKP', crv: 'Ed25519', x: randomBytes(32).toString('base64url') };
    return { kty, crv, x, kid: String(i) };
  });
  const answers = {
    ...BAD_KEY_SETS,
    '10,000 keys': (_request, response) => response.end(JSON.stringify({ keys: many })),
  };
  const names = Object.keys(answers);
  let good = false;
  const fetches = {};
  const server = createServer((request, response) => {
    const [, index, file] = request.url.split('/');
    const issuer = `${origin}/${index}`;
    if (file !== 'jwks') return void response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
    const name = names[Number(index)];
    fetches[name] = (fetches[name] ?? 0) + 1;
    if (good) return void response.end(JSON.stringify({ keys: [key.jwk] }));
    return answers[name](request, response, { jwk: key.jwk, strangers });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  onEnd(async () => {
    server.closeAllConnections();
    server.close();
  });

  const child = fork(new URL('support/trusting-application.mjs', import.meta.url), {
    execArgv: ['--expose-gc'],
    env: {
      PATH: process.env.PATH,
      SECRET: randomBytes(48).toString('base64url'),
      ISSUERS: names.map((_, i) => `${origin}/${i}`).join(' '),
    },
  });
  onEnd(async () => child.kill());
  const [{ url }] = await once(child, 'message');
  const answered = new Map();
  child.on('message', ({ id, value }) => answered.get(id)?.(value));
  let calls = 0;
  const call = (command, ...args) => {
    const id = (calls += 1);
    child.send({ id, command, args });
    return new Promise((resolve) => answered.set(id, resolve)).finally(() => answered.delete(id));
  };
  const ask = async (name, { privateKey } = key, kid = 'one') => {
    const now = await call('now');
    const issuer = `${origin}/${names.indexOf(name)}`;
    const token = await new SignJWT({ iss: issuer, aud: 'api', sub: 'ada', iat: now, exp: now + 7_200 })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(privateKey);
    const response = await fetch(`${url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response.status;
  };

  // Code that has run is compiled, and pools have their size.
  for (const name of names) await ask(name);
  for (const name of names) {
    const before = await call('memory');
    const statuses = new Set();
    for (let round = 0; round < ROUNDS; round++) {
      await call('advance', name === '10,000 keys' ? 3_600 : 30);
      statuses
        .add(await ask(name))
        .add(await ask(name, forger))
        .add(await ask(name, forger, `forged-${round}`));
    }
    const after = await call('memory');
    const said = [...statuses].join();
    figure(`${name}: answers`, said, 'no 200', said === (name === '10,000 keys' ? '401' : '503'));
    const kept = (after.kept - before.kept) / MIB;
    figure(`${name}: kept`, `${kept.toFixed(2)} MiB`, `${GROWTH} MiB`, kept < GROWTH);
    const peak = (after.peak - before.arrayBuffers) / MIB;
    figure(`${name}: buffers at the most`, `${peak.toFixed(2)} MiB`, `${BUFFERS} MiB`, peak < BUFFERS);
    progress(name);
  }

  good = true;
  await call('advance', 3_600);
  const known = await Promise.all(names.map((name) => ask(name)));
  figure(
    'accepted once the endpoints are well',
    known.filter((one) => one === 200).length,
    `${names.length}`,
    known.every((one) => one === 200),
  );
  good = false;
  await call('advance', 3_599);
  const others = names.filter((name) => name !== '10,000 keys');
  const later = [];
  for (const name of others) later.push(await ask(name));
  figure(
    'accepted an hour after that',
    later.filter((one) => one === 200).length,
    `${others.length}`,
    later.every((one) => one === 200),
  );
  const forged = await Promise.all(others.map((name) => ask(name, forger)));
  figure(
    'forged ones accepted meanwhile',
    forged.filter((one) => one === 200).length,
    '0',
    !forged.includes(200),
  );
  await call('advance', 1);
  const over = await Promise.all(others.map((name) => ask(name)));
  figure('accepted after the hour', over.filter((one) => one === 200).length, '0', !over.includes(200));
  figure('the process lives', child.exitCode === null, 'true', child.exitCode === null);
});
