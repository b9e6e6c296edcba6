import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteAudit } from 'nestjs-gatehouse';

import { tryIt } from '../../apps/demo/src/try-it.js';
import { PLATFORMS } from '../support/platforms.js';
import { startDemoApp, type DemoApp } from './demo-app.js';

/** Every route of the demo's own, and the statuses for TOKEN, API_KEY, ADMIN_TOKEN and nobody. */
const ANSWERS = [
  ['GET', '/health', 200, 200, 200, 200],
  ['GET', '/health/live', 200, 200, 200, 200],
  ['GET', '/health/ready', 200, 200, 200, 200],
  ['GET', '/api/v1/greeting', 200, 200, 200, 200],
  ['GET', '/api/v1/me', 200, 200, 200, 401],
  ['GET', '/api/v1/admin/stats', 403, 403, 200, 401],
  ['POST', '/api/v1/sessions', 201, 403, 403, 401],
  ['GET', '/api/v1/sessions', 200, 200, 403, 401],
  ['GET', '/api/v1/sessions/:id', 200, 200, 403, 401],
  ['PATCH', '/api/v1/sessions/:id', 200, 403, 403, 401],
  ['DELETE', '/api/v1/sessions/:id', 204, 403, 403, 401],
  ['POST', '/api/v1/memories', 201, 403, 403, 401],
  ['GET', '/api/v1/memories', 200, 200, 403, 401],
  ['GET', '/api/v1/memories/search', 200, 200, 403, 401],
  ['GET', '/api/v1/memories/:id', 200, 200, 403, 401],
  ['PATCH', '/api/v1/memories/:id', 200, 403, 403, 401],
  ['DELETE', '/api/v1/memories/:id', 204, 403, 403, 401],
] as const;

const CONTENT = { sessions: { title: 'x' }, memories: { text: 'x' } };

describe.each(PLATFORMS)('the credentials that the demo prints, on %s', (platform) => {
  let demo: DemoApp;
  let headers: Readonly<Record<string, Record<string, string>>>;

  beforeAll(async () => {
    demo = await startDemoApp(platform);
    const lines = await tryIt(demo.app, demo.url);
    const printed = (name: string): string =>
      lines.find((line) => line.startsWith(`${name} `))!.split(' ')[1]!;
    headers = {
      TOKEN: { authorization: `Bearer ${printed('TOKEN')}` },
      API_KEY: { 'x-api-key': printed('API_KEY') },
      ADMIN_TOKEN: { authorization: `Bearer ${printed('ADMIN_TOKEN')}` },
      nobody: {},
    };
  });
  afterAll(() => demo.app.close());

  /** Calls a route as somebody, on a record that the owner of TOKEN has just made. */
  async function answer(method: string, route: string, who: string): Promise<number> {
    const kind = route.includes('/memories') ? 'memories' : 'sessions';
    const send = (verb: string, path: string, as: string): Promise<Response> => {
      const hasBody = verb === 'POST' || verb === 'PATCH';
      return fetch(demo.url + path, {
        method: verb,
        headers: { ...headers[as], ...(hasBody && { 'content-type': 'application/json' }) },
        ...(hasBody && { body: JSON.stringify(CONTENT[kind]) }),
      });
    };
    const path = route.replace('search', 'search?q=x');
    if (!path.endsWith(':id')) return (await send(method, path, who)).status;
    const made = (await (await send('POST', path.slice(0, -'/:id'.length), 'TOKEN')).json()) as {
      id: string;
    };
    return (await send(method, path.replace(':id', made.id), who)).status;
  }

  it('are tried on every route that the package does not bring (test/endpoints has those)', () => {
    const routes = demo.app
      .get(RouteAudit)
      .routes()
      .filter(({ path }) => !path.startsWith('/api/v1/auth/') && !path.startsWith('/.well-known/'));
    const found = routes.map(({ method, path }) => `${method} ${path}`);
    expect(found.toSorted()).toEqual(ANSWERS.map(([method, route]) => `${method} ${route}`).toSorted());
  });

  it.each(ANSWERS)('%s %s: %i to TOKEN, %i to API_KEY, %i to ADMIN_TOKEN, %i to nobody', async (...row) => {
    const [method, route, ...announced] = row;
    const answers: number[] = [];
    for (const who of Object.keys(headers)) answers.push(await answer(method, route, who));
    expect(answers).toEqual(announced);
  });
});
