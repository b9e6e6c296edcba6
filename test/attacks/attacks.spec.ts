import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { PLATFORMS } from '../support/platforms.js';
import { get, rawRequest, type RawAnswer } from '../support/raw-http.js';
import { EXPIRED, INVALID, judge, MALFORMED, MISSING } from './answers.js';
import { apiKey, bearer, ME, SERVERS, type Attack, type AttackGroup } from './attack.js';
import { controls } from './controls.js';
import { FORGER } from './forge.js';
import { GROUPS } from './groups.js';
import { resources } from './resources.attacks.js';
import { openTargets, type OpenTargets } from './targets.js';
import { leakedBy, Watch } from './watch.js';

/*
 * Forged and malformed credentials against the real demo, and against servers that verify with RSA and EC keys, byte for
 * byte over sockets, on both adapters. The table covers: algorithms (none, other, misspelt) and keys (guessed and nearly
 * right secrets, public keys as secrets, foreign and embedded keys), signatures and tampering, members of the header (typ,
 * kid, crit, b64, jwk, jku, x5u, x5c, cty, zip), every claim in every wrong type and value, base64url and JSON that is
 * not quite such, schemes, bytes in and around headers, doubled headers, credentials in other places (query, cookie,
 * body, trailer, proxies' headers), paths, methods and framing, API keys, permissions, and requests that are meant to
 * be expensive. Tokens and keys are forged with node:crypto, by nothing of the package; each attack names the answers it
 * may get, and answers are compared as a whole, so none is a 5xx and none has a word of a library in it. After each
 * group what is genuine still passes. All levels of the log are searched for what was sent. A rejection that nobody
 * handles fails the test that it happens in: Jest sees to that.
 */
describe.each(PLATFORMS)('attacks on %s', (platform) => {
  const watch = new Watch();
  const sent = new Set<string>();
  const refusals = new Map<string, string>();
  const untouched = Reflect.ownKeys(Object.prototype);
  let targets: OpenTargets;
  let restoreConsole: () => void;

  beforeAll(async () => {
    restoreConsole = watch.overConsole();
    targets = await openTargets(platform, watch);
  });
  afterAll(async () => {
    await targets?.close();
    restoreConsole();
  });

  it('lets in what is genuine', async () => {
    const refused: string[] = [];
    for (const [name, request] of Object.entries(controls(targets.target('demo')))) {
      const { status, body } = await rawRequest(targets.url('demo'), request);
      if (status !== 200) refused.push(`${name}: ${status} ${body}`);
    }
    expect(refused).toEqual([]);
    for (const server of SERVERS) await expectGenuineToPass(server);
  });

  it.each(GROUPS)('$name', async (group) => {
    const problems: string[] = [];
    watch.take();
    for (const attack of group.attacks(targets.target(group.server))) {
      sent.add(attack.request.toString('latin1'));
      problems.push(...(await problemsOf(group, attack)));
      if (looksAtTheCredential(attack))
        problems.push(...(await problemsOf(group, whereItIsOptional(attack))));
    }
    expect(problems).toEqual([]);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(untouched);
    await expectGenuineToPass(group.server);
  });

  it('keeps requests of one connection apart', async () => {
    const { token, apiKey: key } = targets.target('demo');
    const open = (request: string): string => request.replace('close', 'keep-alive');
    const inARow = [open(bearer(token)), open(get(ME)), open(apiKey(key)), get(ME)].join('\r\n\r\n');
    const { status, body } = await rawRequest(targets.url('demo'), inARow);
    expect(
      [status, ...body.matchAll(/HTTP\/1\.1 (\d+)/g)].map((one) => Number(Array.isArray(one) ? one[1] : one)),
    ).toEqual([200, 401, 200, 401]);
  });

  it('spends no time on what is meant to be expensive', async () => {
    const usual = await fastest('demo', bearer('a.b.c'));
    const slow: string[] = [];
    for (const { name, request } of resources.attacks(targets.target('demo'))) {
      const took = await fastest('demo', request);
      if (took > usual + 25) slow.push(`${name}: ${took} ms`);
    }
    expect(slow).toEqual([]);
  });

  it('asks nobody for keys', async () => {
    const before = targets.canary.hits;
    await fetch(targets.target('demo').canaryUrl);
    expect([before, targets.canary.hits]).toEqual([0, 1]);
  });

  it('is 300 different requests at least, and each was logged', () => {
    process.stdout.write(`${sent.size} different attacks on ${platform}\n`);
    expect(sent.size).toBeGreaterThanOrEqual(300);
    expect(watch.count).toBeGreaterThanOrEqual(300);
  });

  async function problemsOf(
    { server }: AttackGroup,
    { name, request, answer: allowed }: Attack,
  ): Promise<string[]> {
    const answer = await send(server, request);
    const { secret } = targets.target(server);
    const leaked = leakedBy(request, answer, watch.take(), [secret, FORGER]);
    return [
      judge(answer, allowed, platform),
      leaked && `leaked ${leaked}`,
      differsFromOthers(request, answer),
    ].flatMap((problem) => (problem === undefined ? [] : [`${name}: ${problem}`]));
  }

  /** Headers and bodies of a refusal are the same to the last byte, whatever the reason (and the server) was. */
  function differsFromOthers(
    request: Attack['request'],
    { status, headers, body }: RawAnswer,
  ): string | undefined {
    if (status !== 401 || request.toString('latin1', 0, 4) === 'HEAD') return undefined;
    const { date, ...rest } = headers;
    const text = JSON.stringify([rest, body]);
    const code = /"code":"(\w+)"/.exec(body)?.[1] ?? '';
    const first = refusals.get(code) ?? text;
    refusals.set(code, first);
    return first === text ? undefined : `${text} is not ${first}`;
  }

  async function expectGenuineToPass(server: AttackGroup['server']): Promise<void> {
    const { token, apiKey: key } = targets.target(server);
    const url = targets.url(server);
    expect(await rawRequest(url, bearer(token))).toMatchObject({ status: 200 });
    if (server !== 'demo') return;
    expect(await rawRequest(url, apiKey(key))).toMatchObject({ status: 200 });
    expect(await rawRequest(url, get('/health'))).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  }

  async function send(server: AttackGroup['server'], request: Attack['request']): Promise<RawAnswer> {
    try {
      return await rawRequest(targets.url(server), request);
    } catch (error) {
      // Closed without an answer; whether that is allowed, the attack says.
      return { status: 0, headers: {}, body: (error as Error).message.replace('no HTTP answer: ""', '') };
    }
  }

  /** Milliseconds, the least of five tries: what the machine does beside is not the request's fault. */
  async function fastest(server: AttackGroup['server'], request: Attack['request']): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < 5; i += 1) {
      const start = performance.now();
      await send(server, request);
      least = Math.min(least, performance.now() - start);
    }
    return least;
  }
});

function looksAtTheCredential({ request, answer }: Attack): boolean {
  const refusesIt = answer === INVALID || answer === EXPIRED || answer === MALFORMED;
  return refusesIt && answer !== MISSING && request.toString().startsWith(`GET ${ME} `);
}

/** A bad credential is refused even where none is needed. */
function whereItIsOptional({ name, request, answer }: Attack): Attack {
  return {
    name: `${name}, where it is optional`,
    request: request.toString('latin1').replace(ME, '/api/v1/greeting'),
    answer,
  };
}
