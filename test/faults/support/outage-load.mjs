// Steady requests of all kinds of credentials.
import { createHmac, randomBytes } from 'node:crypto';

import { apiKey, bearer, send } from './processes.mjs';

const KEYS_SEEN_ONCE = 2_000;
const SESSIONS = 10;
/** Milliseconds before a client asks again that was told to come back. */
const RETRY = 200;

/** A kind of credential: `accepted` says what it must be answered when everything runs. */
function kinds({ tokens, keys, fresh, revokedTokens, revokedKeys, forgedTokens, forgedKeys, sessions }) {
  const turn = (list, credential) => {
    let i = 0;
    return () => ['GET', '/notes', credential(list[(i += 1) % list.length])];
  };
  return [
    { name: 'valid token', accepted: true, next: turn(tokens, bearer) },
    { name: 'valid key', accepted: true, next: turn(keys, apiKey) },
    { name: 'valid key, not remembered', accepted: true, next: turn(fresh, apiKey) },
    { name: 'refresh token', accepted: true, sessions },
    { name: 'revoked token', accepted: false, next: turn(revokedTokens, bearer) },
    { name: 'revoked key', accepted: false, next: turn(revokedKeys, apiKey) },
    { name: 'forged token', accepted: false, next: turn(forgedTokens, bearer) },
    { name: 'forged key', accepted: false, next: turn(forgedKeys, apiKey) },
  ];
}

/** A right form, and a signature by somebody else. */
function forge(token) {
  const [header, payload] = token.split('.');
  const signature = createHmac('sha256', randomBytes(32)).update(`${header}.${payload}`).digest('base64url');
  return `${header}.${payload}.${signature}`;
}

async function many(count, make) {
  const made = [];
  while (made.length < count) {
    const batch = Math.min(50, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: batch }, (_, i) => make(made.length + i)))));
  }
  return made;
}

export async function makeCredentials(application, forgedKey) {
  const token = (i) => application.call('createToken', { userId: `user-${i}` });
  const key = (i) =>
    application.call('createKey', {
      name: `${i}`,
      userId: `owner-${i}`,
      permissions: [],
      rateLimit: { limit: 1_000_000, window: 60 },
    });
  const tokens = await many(10, token);
  const revokedTokens = await many(10, token);
  for (const one of revokedTokens) await application.call('revokeToken', one);
  const revokedKeys = await many(10, key);
  for (const { apiKey: record } of revokedKeys) await application.call('revokeApiKey', record.keyId);
  const secrets = (made) => made.map((one) => one.key);
  return {
    tokens,
    revokedTokens,
    revokedKeys: secrets(revokedKeys),
    keys: secrets(await many(10, key)),
    fresh: secrets(await many(KEYS_SEEN_ONCE, key)),
    forgedTokens: tokens.map(forge),
    forgedKeys: await many(200, forgedKey),
    sessions: await many(SESSIONS, (i) => application.call('openSession', { userId: `session-${i}` })),
  };
}

/** @returns the answers so far, and a function that ends the load. */
export function startLoad(application, credentials, interval) {
  const answers = [];
  const all = kinds(credentials);
  const waiting = new Set();
  let isOver = false;
  const ask = async (kind, request) => {
    const at = performance.now();
    const { status, body, ms } = await send(application, ...request);
    answers.push({ kind: kind.name, accepted: kind.accepted, at, status, ms, code: body?.code });
    return { status, body };
  };
  const track = (work) => waiting.add(work.finally(() => waiting.delete(work)));
  const refreshing = async (kind, session) => {
    let { refreshToken } = session;
    while (!isOver) {
      const { status, body } = await ask(kind, ['POST', '/auth/refresh', { body: { refreshToken } }]);
      if (status === 200) refreshToken = body.refreshToken;
      else if (status === 401) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  };
  let i = 0;
  const steady = all.filter(({ next }) => next !== undefined);
  const timer = setInterval(() => {
    const kind = steady[(i += 1) % steady.length];
    track(ask(kind, kind.next()));
  }, interval);
  const loops = all
    .filter(({ sessions }) => sessions !== undefined)
    .flatMap((kind) => kind.sessions.map((session) => refreshing(kind, session)));
  return {
    answers,
    async end() {
      isOver = true;
      clearInterval(timer);
      await Promise.all([...waiting, ...loops]);
    },
  };
}
