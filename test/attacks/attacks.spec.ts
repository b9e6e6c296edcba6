import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { PLATFORMS } from '../support/platforms.js';
import { get, rawRequest, type RawAnswer } from '../support/raw-http.js';
import { EXPIRED, INVALID, judge, MALFORMED, MISSING } from './answers.js';
import { apiKey, bearer, ME, SERVERS, type Attack, type AttackGroup } from './attack.js';
import { controls } from './controls.js';
import { claims, compact, FORGER, HEADER, hmac, type Claims } from './forge.js';
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
 * group what is genuine still passes. Titles begin with the rows of requirements.ts that they show. All levels of the log are searched for what was sent. A rejection that nobody
 * handles fails the test that it happens in: Jest sees to that.
 */

/** Why some requests of the resources group are refused: every one of these reasons is found in the text alone. */
const CHEAP_REASONS: Readonly<Record<string, string>> = {
  'a right token that is just too long': 'the token is too long',
  'a right token of 15 KB': 'the token is too long',
  'ten thousand dots': 'the token is too long',
  'eight thousand dots': 'the token is not three base64url segments',
  'two thousand lists in the header': 'the header is not a plain JSON object',
  'two thousand lists in the claims': 'the claims are not a plain JSON object',
  'a name five hundred times': 'the claims are not a plain JSON object',
  'PBES2 with two thousand million rounds': 'the token is not three base64url segments',
  'PBES2 in the place of HS256': 'the header has the member enc',
  'claims that unfold to a megabyte': 'the header has the member zip',
};

describe.each(PLATFORMS)('attacks on %s', (platform) => {
  const watch = new Watch();
  const names: string[] = [];
  const requests = new Set<string>();
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

  it('A13, A18, B1, B10, B11: lets in what is genuine, and shows no credential of it', async () => {
    const problems: string[] = [];
    watch.take();
    for (const [name, request] of Object.entries(controls(targets.target('demo')))) {
      const answer = await rawRequest(targets.url('demo'), request);
      if (answer.status !== 200) problems.push(`${name}: ${answer.status} ${answer.body}`);
      const leaked = leakedBy(request, answer, watch.take(), [targets.target('demo').secret]);
      if (leaked !== undefined) problems.push(`${name}: leaked ${leaked}`);
    }
    expect(problems).toEqual([]);
    for (const server of SERVERS) await expectGenuineToPass(server);
  });

  it.each(GROUPS.map((group) => [group.rows.join(', '), group.name, group] as const))(
    '%s: %s',
    async (_rows, _name, group) => {
      const attacks = group.attacks(targets.target(group.server));
      const everywhere = attacks.flatMap((attack) =>
        looksAtTheCredential(attack) ? [attack, whereItIsOptional(attack)] : [attack],
      );
      const problems: string[] = [];
      watch.take();
      for (let i = 0; i < everywhere.length; i += 16) {
        problems.push(...(await problemsOf(group, everywhere.slice(i, i + 16))));
      }
      expect(problems).toEqual([]);
      expect(Reflect.ownKeys(Object.prototype)).toEqual(untouched);
      await expectGenuineToPass(group.server);
      names.push(...attacks.map(({ name }) => `${group.name}: ${name}`));
      for (const { request } of attacks) requests.add(request.toString('latin1'));
    },
  );

  it('B5: keeps requests of one connection apart', async () => {
    const { token, apiKey: key } = targets.target('demo');
    const open = (request: string): string => request.replace('close', 'keep-alive');
    const inARow = [open(bearer(token)), open(get(ME)), open(apiKey(key)), get(ME)].join('\r\n\r\n');
    const { status, body } = await rawRequest(targets.url('demo'), inARow);
    const others = [...body.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, one]) => Number(one));
    expect([status, ...others]).toEqual([200, 401, 200, 401]);
  });

  it('A19: refuses what is long or strange before its signature is looked at', async () => {
    const attacks = resources.attacks(targets.target('demo'));
    const reasons: Record<string, string[]> = {};
    for (const name of Object.keys(CHEAP_REASONS)) {
      watch.take();
      await send('demo', attacks.find((attack) => attack.name === name)!.request);
      reasons[name] = watch.take();
    }
    const expected = Object.entries(CHEAP_REASONS).map(([name, reason]) => [
      name,
      [`credentials_invalid: ${reason} AuthGuard`],
    ]);
    expect(reasons).toEqual(Object.fromEntries(expected));
  });

  it('A21: tells by no word whom it knows when a signature is wrong', async () => {
    const by = (changes: Claims): string => bearer(compact(HEADER, claims(changes), hmac('not the secret')));
    const told = new Set<string>();
    for (const changes of [
      { sub: 'owner_1' },
      { sub: 'nobody' },
      { jti: 'revoked-token' },
      { exp: 1 },
      { iss: 'https://evil.test' },
      { permissions: [] },
    ]) {
      watch.take();
      const { status, headers, body } = await rawRequest(targets.url('demo'), by(changes));
      told.add(JSON.stringify([status, { ...headers, date: '' }, body, watch.take()]));
    }
    expect([...told]).toHaveLength(1);
    expect([...told][0]).toContain('credentials_invalid');
  });

  it('A8: asks nobody for keys', async () => {
    const before = targets.canary.hits;
    const { canaryUrl } = targets.target('demo');
    await rawRequest(canaryUrl, get(new URL(canaryUrl).pathname));
    expect([before, targets.canary.hits]).toEqual([0, 1]);
  });

  it('B7, B10: is 300 different requests at least, each of a name of its own, and each was logged', () => {
    process.stdout.write(`${names.length} attacks (${requests.size} different requests) on ${platform}\n`);
    expect(requests.size).toBeGreaterThanOrEqual(300);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(watch.count).toBeGreaterThanOrEqual(300);
  });

  /** What is wrong with the answers to some attacks. What is logged meanwhile may show nothing of any of them. */
  async function problemsOf({ server }: AttackGroup, attacks: readonly Attack[]): Promise<string[]> {
    const answers = await Promise.all(attacks.map(({ request }) => send(server, request)));
    const logged = watch.take();
    const { secret } = targets.target(server);
    return attacks.flatMap(({ name, request, answer: allowed }, i) => {
      const leaked = leakedBy(request, answers[i]!, logged, [secret, FORGER]);
      return [
        judge(answers[i]!, allowed, platform),
        leaked && `leaked ${leaked}`,
        differsFromOthers(request, answers[i]!),
      ].flatMap((problem) => (problem === undefined ? [] : [`${name}: ${problem}`]));
    });
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
