import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { call, type CallAnswer } from '../support/call.js';
import { HAS_CURL, killChildren, statusesOf } from '../support/child.js';
import { PLATFORMS } from '../support/platforms.js';
import { describeKeyPair } from './key-pair.suite.js';
import { describeMoving } from './moving.suite.js';
import { describeOAuth } from './oauth.suite.js';
import { describePeople } from './people.suite.js';
import { makeProject, type Project } from './project.js';
import { blocks } from './readme.js';
import { ENV, startStage, token } from './stage.js';
import { describeTransports } from './transports.suite.js';

const run = promisify(execFile);
/** Whole processes of Nest start in each of them. */
jest.setTimeout(90_000);

let project: Project;
beforeAll(async () => void (project = await makeProject()), 240_000);
afterEach(killChildren);
afterAll(() => project.remove());

describeTransports(() => project);
describeKeyPair(() => project);
describeMoving(() => project);
describePeople(() => project);
describeOAuth(() => project);

describe('the snippets of the README', () => {
  it('compile, section by section', () => {
    expect(project.stages.length).toBeGreaterThan(7);
    const problems = project.stages
      .filter((stage) => stage !== 'typo')
      .flatMap((stage) => project.problems(stage).map((problem) => `${stage}/${problem}`));
    expect(problems).toEqual([]);
  });

  it('do not compile with a typo in a permission', () => {
    expect(project.problems('typo')).toEqual([
      expect.stringMatching(/^sessions\.controller\.ts: .*"sesion:read"/),
    ]);
  });

  it.each(['sessions.controller.spec', 'expiry.spec', 'my-stores.spec'])(
    'pass as tests: %s',
    async (name) => {
      const args = ['--test', join(project.dist, 'testing', `${name}.js`)];
      const { stdout } = await run(process.execPath, args, { env: ENV });
      expect(stdout).toMatch(/^# fail 0$/m);
      expect(Number(/^# pass (\d+)$/m.exec(stdout)![1])).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe.each(PLATFORMS)('the application of the README, on %s', (platform) => {
  it('says at boot what is public, closes the rest, and answers as shown', async () => {
    const app = await startStage(project, 'protect-a-route', platform);

    const [log] = blocks('text', 'Protect a route');
    expect(app.stdout()).toContain(log!.text.trim());
    expect(await call(`${app.url}/sessions`, { token: token([]) })).toMatchObject({
      status: 200,
      body: { owner: 'ada' },
    });
    expect((await call(`${app.url}/sessions/version`)).body).toEqual({ version: 1 });
    expect((await call(`${app.url}/sessions/feed`)).body).toEqual({ for: 'anyone' });
    expect((await call(`${app.url}/sessions/feed`, { token: token([]) })).body).toEqual({ for: 'ada' });
    expect((await call(`${app.url}/sessions/feed`, { token: 'bad' })).status).toBe(401);

    const [shown] = blocks('http', 'Protect a route');
    const [head, body] = shown!.text.trim().split('\n\n');
    const [status, challenge] = head!.split('\n');
    const answer = await call(`${app.url}/sessions`);
    expect(`HTTP/1.1 ${answer.status} Unauthorized`).toBe(status);
    expect(`WWW-Authenticate: ${answer.headers.get('www-authenticate')}`).toBe(challenge);
    expect(JSON.stringify(answer.body)).toBe(body);
  });

  it('logs in, stays logged in, and logs out', async () => {
    const { url } = await startStage(project, 'application', platform);
    const login = await call(`${url}/auth/login`, {
      method: 'POST',
      body: { email: 'ada@example.com', password: 'correct horse battery staple' },
    });
    expect([login.status, login.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const first = login.body as { refreshToken: string };
    expect(Object.keys(first)).toEqual(['accessToken', 'refreshToken', 'expiresIn', 'sessionId']);
    const post = (path: string, refreshToken: string): Promise<CallAnswer> =>
      call(`${url}/auth/${path}`, { method: 'POST', body: { refreshToken } });
    const next = (await post('refresh', first.refreshToken)).body as {
      accessToken: string;
      refreshToken: string;
    };
    expect((await call(`${url}/sessions`, { token: next.accessToken })).body).toEqual({ owner: 'ada' });
    expect((await post('logout', next.refreshToken)).status).toBe(204);
    expect((await call(`${url}/sessions`, { token: next.accessToken })).status).toBe(401);
    expect((await post('refresh', next.refreshToken)).status).toBe(401);
  });

  it('logs in and out with a token alone', async () => {
    const { url } = await startStage(project, 'tokens', platform);
    const login = (password: string): Promise<Response> =>
      fetch(`${url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', password }),
      });

    expect((await login('wrong')).status).toBe(401);
    const answer = await login('correct horse battery staple');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { access_token, token_type } = (await answer.json()) as Record<string, string>;
    expect(token_type).toBe('Bearer');
    const claims = JSON.parse(Buffer.from(access_token!.split('.')[1]!, 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    expect(claims.exp - claims.iat).toBe(15 * 60);
    expect((await call(`${url}/sessions`, { token: access_token })).body).toEqual({ owner: 'ada' });
    expect((await call(`${url}/auth/logout`, { token: access_token, method: 'POST' })).status).toBe(204);
    expect(await call(`${url}/sessions`, { token: access_token })).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
  });

  it('makes, lists and revokes API keys', async () => {
    const { url } = await startStage(project, 'application', platform);
    const post = { method: 'POST', token: token(['session:read']) };
    const made = await call(`${url}/api-keys`, post);
    const { key, keyId } = made.body as { key: string; keyId: string };

    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect((await call(`${url}/api-keys`, { method: 'POST', token: token([]) })).status).toBe(403);
    expect((await call(`${url}/sessions`, { apiKey: key })).body).toEqual({ owner: 'ada' });
    expect((await call(`${url}/api-keys`, { method: 'POST', apiKey: key })).status).toBe(401);
    const listed = await call(`${url}/api-keys`, { token: token([]) });
    expect(listed.body).toMatchObject([{ keyId, name: 'reader', permissions: ['session:read'] }]);
    expect(JSON.stringify(listed.body)).not.toContain(hash('sha256', key));
    const path = `${url}/api-keys/${keyId}`;
    expect((await call(path, { method: 'DELETE', token: token([], { sub: 'eve' }) })).status).toBe(404);
    expect((await call(path, { method: 'DELETE', token: token([]) })).status).toBe(204);
    expect((await call(`${url}/sessions`, { apiKey: key })).status).toBe(401);
  });

  it('asks for permissions', async () => {
    const { url } = await startStage(project, 'permissions', platform);
    const status = async (method: string, path: string, ...permissions: string[]): Promise<number> =>
      (await call(`${url}/sessions${path}`, { method, token: token(permissions) })).status;

    expect(await status('GET', '', 'session:read')).toBe(200);
    expect(await status('GET', '', 'session:*')).toBe(200);
    expect(await status('GET', '', 'session:create', 'sessions:read')).toBe(403);
    expect(await status('POST', '', 'session:read', 'session:create')).toBe(201);
    expect(await status('POST', '', 'session:create')).toBe(403);
    expect(await status('POST', '', 'session:read')).toBe(403);
    expect(await status('GET', '/stats', 'session:read', 'admin:write')).toBe(200);
    expect(await status('GET', '/stats', 'session:read')).toBe(403);
    expect(await status('POST', '/import', '*')).toBe(401);
    expect(await status('DELETE', '', '*')).toBe(200);
    expect(await status('DELETE', '', 'session:*')).toBe(403);
  });
});

(HAS_CURL ? describe : describe.skip)('the commands of the README, given to its application', () => {
  it.each(PLATFORMS)('make a secret and a token that work, on %s', async (platform) => {
    const [, secret] = blocks('sh', 'Install');
    const { stdout } = await run('sh', ['-c', `${secret!.text}printf %s "$AUTH_JWT_SECRET_KEY"`], {
      env: ENV,
    });
    expect(stdout).toMatch(/^[\w-]{64}$/);

    const stage = join(project.dist, 'issue-a-token');
    const { url } = await startStage(project, 'issue-a-token', platform);
    const [commands] = blocks('sh', 'Issue a token');
    const script = commands!.text
      .replace('node dist/', `'${process.execPath}' '${stage}'/`)
      .replaceAll('http://localhost:3000', url);
    expect(await statusesOf(script, ENV)).toEqual([200]);
  });
});
